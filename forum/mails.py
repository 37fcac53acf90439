"""The letter about a post. Its words are written at hand-over, after the right to read was asked once more."""

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse

from common.html_reading import plain_text
from common.markdown import as_html
from forum.models import Post, Revision
from forum.rendering import author_name, post_address
from mail.kinds import Letter
from mail.messages import letter_from


def post_letter(post: Post, *, sentence: str, user: AbstractBaseUser) -> Letter:
    """One post as a letter. The subject names a public topic only; letters about one topic stand together in a mail reader."""
    public = post.topic.category.is_public
    place = "a topic of a private group" if post.topic.category.is_private else "a topic for members"
    context: dict[str, object] = {
        "name": user.get_short_name(),  # type: ignore[attr-defined]
        "sentence": sentence if public else f"{author_name(post)} wrote in {place}",
        "place": place,
        "topic_title": post.topic.title if public else "",
        "author": author_name(post),
        "facts": str(getattr(post.author, "facts", "")) if post.author else "",
        "html": as_html(post.html),
        "words": plain_text(post.html),
        "link": post_address(post),
        "preferences": settings.SITE_URL + reverse("notifications:preferences"),
    }
    return letter_from("forum/mail/post", context, headers=_thread(post.topic_id))


def put_back_letter(post: Post, *, version: int, user: AbstractBaseUser) -> Letter:
    """To an author whose post says again what it said before: why, as the history tells it. The subject names nothing."""
    context: dict[str, object] = {
        "name": user.get_short_name(),  # type: ignore[attr-defined]
        "topic_title": post.topic.title if post.topic.category.is_public else "",
        "said": Revision.objects.filter(post=post, number=version).values_list("note", flat=True).first() or "",
        "link": settings.SITE_URL + reverse("forum:history", args=[post.topic_id, post.number]),
        "office": settings.REPLY_TO,
        "preferences": settings.SITE_URL + reverse("notifications:preferences"),
    }
    return letter_from("forum/mail/put_back", context)


def _thread(topic_id: int) -> dict[str, str]:
    name = f"<topic.{topic_id}@{settings.MAIL_DOMAIN}>"
    return {"In-Reply-To": name, "References": name}
