"""The letters about posts, and about an answer by mail that was not posted. Their words are written at hand-over, after the right
to read was asked once more."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Literal

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse

from common.mail_text import mail_text
from common.markdown import as_html, for_mail
from forum.mail_tokens import mute_link, reply_address
from forum.models import Post, Revision, Topic
from forum.permissions import can_reply
from forum.readers.polls import asked_with
from forum.rendering import author_name, place_of, post_address, standing_in_words, standing_of_post
from mail.kinds import Dropped, Letter
from mail.messages import letter_from, thread_id
from mail.models import InboundMail, Mail

TOLD_AT_MOST: Final = 20
"""So many posts stand in one letter; of the others it says how many."""


def post_letter(post: Post, *, sentence: str, user: AbstractBaseUser, at: datetime, is_news: bool = True) -> Letter:
    """One post as a letter, which an answer by mail answers; `is_news`: the one letter that tells this reader of it. The subject
    names a public topic only; letters about one topic stand together in a mail reader. Wants `parent_pk`."""
    context = _about(post.topic, user) | _told(post, sentence) | {"first": post.number == 1}
    if not post.topic.category.is_public:
        context["sentence"] = f"{author_name(post)} wrote in {place_of(post.topic)}"
    headers = _headers(post, user, at=at, answers_post=True)
    context["may_answer"] = "Reply-To" in headers
    letter = letter_from("forum/mail/post", context, headers=headers)
    return replace(letter, message_id=thread_id(f"post.{post.pk}", user.pk)) if is_news else letter


def posts_letter(told: Sequence[tuple[Post, str]], *, more: int, user: AbstractBaseUser, at: datetime) -> Letter:
    """Several posts of a topic as one letter, oldest first, with the sentence about each; an answer by mail answers the topic."""
    first = told[0][0]
    public = all(post.topic.category.is_public for post, _ in told)
    sentences = {post.pk: sentence if public else f"{author_name(post)} wrote" for post, sentence in told}
    context = _about(first.topic, user) | {
        "topic_title": first.topic.title if public else "",
        "posts": [_told(post, sentences[post.pk]) for post, _ in told],
        "count": len(told) + more,
        "more": more,
        "link": post_address(first),
    }
    headers = _headers(first, user, at=at, answers_post=False)
    context["may_answer"] = "Reply-To" in headers
    letter = letter_from("forum/mail/posts", context, headers=headers)
    return replace(letter, message_id=thread_id(f"post.{first.pk}", user.pk))


class AnswerRefused:
    """To whoever answered by mail and was not posted, at the address that they are known by: why, and what became of the text."""

    lane: Literal["critical", "notify"] = "notify"

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        came = InboundMail.objects.filter(pk=mail.params["inbound"]).first()
        if came is None or mail.address.account is None or not mail.address.account.is_active:
            return Dropped("the account is closed")
        user = mail.address.account
        topic = Topic.objects.visible_to(user).select_related("category").filter(pk=mail.params.get("topic", 0)).first()
        kept = topic is not None and bool(mail.params.get("kept"))
        context: dict[str, object] = {
            "name": user.get_short_name(),
            "reason": came.answer,
            "headline": "Your answer was posted without its files" if mail.params.get("posted") else "Your answer was not posted",
            "topic_title": topic.title if topic is not None and topic.category.is_public else "",
            "kept": kept,
            "link": _whole(
                reverse("forum:reply", args=[topic.pk]) if topic and kept else topic.get_absolute_url() if topic else "/"
            ),
            "office": settings.REPLY_TO,
        }
        headers = {"In-Reply-To": came.message_id, "References": came.message_id} if _quotable(came.message_id) else {}
        return letter_from("forum/mail/answer_refused", context, headers=headers)


def _about(topic: Topic, user: AbstractBaseUser) -> dict[str, object]:
    return {
        "name": user.get_short_name(),  # type: ignore[attr-defined]
        "under": str(user),
        "place": place_of(topic),
        "topic_title": topic.title if topic.category.is_public else "",
        "mute": mute_link(user.pk, topic.pk),
        "preferences": _whole(reverse("notifications:preferences")),
    }


def _told(post: Post, sentence: str) -> dict[str, object]:
    return {
        "sentence": sentence,
        "author": author_name(post),
        "facts": standing_in_words(standing_of_post(post)),
        "asked": asked_with(post),
        "html": as_html(for_mail(post.html, site=settings.SITE_URL)),
        "words": mail_text(post.html),
        "link": post_address(post),
    }


def reminder_letter(sentence: str, *, note: str, url: str, user: AbstractBaseUser) -> Letter:
    """A reminder as a letter; its subject says nothing of what."""
    context: dict[str, object] = {
        "name": user.get_short_name(),  # type: ignore[attr-defined]
        "sentence": sentence,
        "own_words": note,
        "link": _whole(url),
        "preferences": _whole(reverse("notifications:preferences")),
    }
    return letter_from("forum/mail/reminder", context)


def happened_letter(
    post: Post, *, headline: str, sentence: str, said: str = "", link: str, button: str, user: AbstractBaseUser, at: datetime
) -> Letter:
    """That something happened to a post, in the thread of its topic, ended by one click as letters about posts are. `said`: what
    stands there about it. Subject and heading name nothing, the `sentence` no title of what is not public."""
    context = _about(post.topic, user) | {"headline": headline, "sentence": sentence, "said": said}
    context |= {"link": _whole(link), "button": button}
    headers = _headers(post, user, at=at, answers_post=False)
    headers["In-Reply-To"] = thread_id(f"post.{post.pk}", user.pk)  # below the post itself, not beside it
    headers["References"] += f" {headers['In-Reply-To']}"
    headers.pop("Reply-To", None)  # it is told by nobody whom one could answer
    return letter_from("forum/mail/happened", context, headers=headers)


def put_back_letter(post: Post, *, version: int, user: AbstractBaseUser) -> Letter:
    """To an author whose post says again what it said before: why, as the history tells it. The subject names nothing."""
    context: dict[str, object] = {
        "name": user.get_short_name(),  # type: ignore[attr-defined]
        "topic_title": post.topic.title if post.topic.category.is_public else "",
        "said": Revision.objects.filter(post=post, number=version).values_list("note", flat=True).first() or "",
        "link": _whole(reverse("forum:history", args=[post.topic_id, post.number])),
        "office": settings.REPLY_TO,
        "preferences": _whole(reverse("notifications:preferences")),
    }
    return letter_from("forum/mail/put_back", context)


def _headers(post: Post, user: AbstractBaseUser, *, at: datetime, answers_post: bool) -> dict[str, str]:
    """How it hangs in its thread, how to end it, and, for whoever may answer, where an answer goes."""
    root, parent = thread_id(f"topic.{post.topic_id}"), getattr(post, "parent_pk", None)
    chain = [root, *([thread_id(f"post.{parent}", user.pk)] if parent else [])]
    headers = {
        "In-Reply-To": chain[-1],
        "References": " ".join(chain),
        "List-Id": f"Plenary forum <forum.{settings.MAIL_DOMAIN}>",
        "List-Unsubscribe": f"<{mute_link(user.pk, post.topic_id)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if (settings.INBOUND_SECRET or settings.INBOUND_IMAP_URL) and can_reply(user, post.topic):
        headers["Reply-To"] = f"Plenary <{reply_address(user.pk, post.pk, day=at.date(), answers_post=answers_post)}>"
    return headers


def _quotable(message_id: str) -> bool:
    """Fit to stand in a header of ours: whatever a stranger wrote there stays out."""
    return (
        bool(message_id) and message_id.isascii() and message_id.isprintable() and len(message_id) < 200 and " " not in message_id
    )


def _whole(path: str) -> str:
    return settings.SITE_URL + path
