"""What a notice about a post says, to whom it may still say it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser

from forum.mails import post_letter
from forum.models import Post
from forum.readers import posts_to_tell_of
from forum.rendering import author_name, in_quotes, snippet
from mail.kinds import Letter
from notifications.kinds import NoticeText
from notifications.models import Event, Notice


class _AboutPost:
    """The right to read is asked through the same rule as everywhere, when the notice is shown and when it is mailed."""

    by_mail_default: ClassVar = True

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return Post.objects.visible_to(user).not_from_blocked(user).filter(pk=event.data["post"]).exists()

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        posts = posts_to_tell_of(user, [notice.event.data["post"] for notice in notices])
        told = ((notice.pk, posts.get(notice.event.data["post"])) for notice in notices)
        return {pk: self._text(user, post) for pk, post in told if post is not None}

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        post = posts_to_tell_of(user, [notice.event.data["post"]])[notice.event.data["post"]]
        return post_letter(post, sentence=self.sentence(user, post), user=user)

    def _text(self, user: AbstractBaseUser, post: Post) -> NoticeText:
        return NoticeText(self.sentence(user, post), post.get_absolute_url(), snippet(post.html))

    def sentence(self, user: AbstractBaseUser, post: Post) -> str:
        raise NotImplementedError


class Reply(_AboutPost):
    """Somebody answered the reader, in the reader's topic, or in one that the reader watches."""

    label = "Somebody replies to me, in my topic, or in one I watch"
    mail_kind = "forum.reply"

    def sentence(self, user: AbstractBaseUser, post: Post) -> str:
        title = in_quotes(post.topic.title)
        if getattr(post, "parent_author_id", None) == user.pk:
            return f"{author_name(post)} answered you in {title}"
        if post.topic.author_id == user.pk:
            return f"{author_name(post)} replied in your topic {title}"
        return f"{author_name(post)} replied in {title}, which you watch"


class Mention(_AboutPost):
    """Somebody wrote the reader's handle."""

    label = "Somebody names me"
    mail_kind = "forum.mention"

    def sentence(self, user: AbstractBaseUser, post: Post) -> str:
        return f"{author_name(post)} named you in {in_quotes(post.topic.title)}"


class Accepted(_AboutPost):
    """The reader's reply was accepted as the answer to a question."""

    label = "My reply is accepted as the answer to a question"
    mail_kind = "forum.accepted"

    def sentence(self, user: AbstractBaseUser, post: Post) -> str:
        return f"Your reply was accepted as the answer in {in_quotes(post.topic.title)}"


class Moved(_AboutPost):
    """A moderator moved what the reader wrote."""

    label = "A moderator moves what I wrote"
    mail_kind = None
    by_mail_default: ClassVar = False

    def sentence(self, user: AbstractBaseUser, post: Post) -> str:
        return f"A moderator moved what you wrote: it is #{post.number} of {in_quotes(post.topic.title)}"
