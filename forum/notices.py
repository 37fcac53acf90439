"""What a notice about a post says, to whom it may still say it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import BigIntegerField, Exists, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.urls import reverse

from forum.mails import TOLD_AT_MOST, happened_letter, post_letter, posts_letter, put_back_letter, reminder_letter
from forum.models import Bookmark, Post, TopicNote
from forum.readers import posts_to_tell_of
from forum.readers.polls import asked_with
from forum.rendering import author_name, gist, in_quotes, place_of, post_address
from mail.kinds import Letter
from notifications.kinds import NoticeText, SummaryLine, notice_kind
from notifications.models import Event, Notice

_MOVES: Final = (TopicNote.Kind.MOVED, TopicNote.Kind.SPLIT_FROM, TopicNote.Kind.MERGED)


class _AboutPost(ABC):
    """The right to read is asked through the same rule as everywhere, when the notice is shown and when it is mailed."""

    by_mail_default: ClassVar = True

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return Post.objects.visible_to(user).not_from_blocked(user).filter(pk=event.data["post"]).exists()

    def seen_by(self, user: AbstractBaseUser) -> Q:
        told_of = Cast(KeyTextTransform("post", OuterRef("event__data")), BigIntegerField())
        return Q(Exists(Post.objects.visible_to(user).not_from_blocked(user).filter(pk=told_of)))

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        return {notice.pk: self._text(user, post) for notice, post in _seen(user, notices)}

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        ((_, post),) = _seen(user, [notice])
        return post_letter(post, sentence=self.sentence(user, post), user=user, at=notice.at, is_news=_is_news(notice, post))

    def _text(self, user: AbstractBaseUser, post: Post) -> NoticeText:
        mute = reverse("forum:mute", args=[post.topic_id])
        return NoticeText(self.sentence(user, post), self.url(post), gist(post.html), mute)

    def lines(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, SummaryLine]:
        return {notice.pk: self._line(user, post) for notice, post in _seen(user, notices)}

    def _line(self, user: AbstractBaseUser, post: Post) -> SummaryLine:
        """As in the letter: words, but no title where not everybody may read."""
        public, place = post.topic.category.is_public, place_of(post.topic)
        return SummaryLine(
            group=f"forum.topic:{post.topic_id}",
            heading=post.topic.title if public else place[0].upper() + place[1:],
            sentence=self.brief(user, post),
            url=post_address(post),
            detail=gist(post.html),
        )

    def brief(self, user: AbstractBaseUser, post: Post) -> str:
        """Below the name of its topic, or of the place that it is in."""
        public = post.topic.category.is_public
        return self.sentence(user, post) if public else f"About a post in {place_of(post.topic)}"

    @abstractmethod
    def sentence(self, user: AbstractBaseUser, post: Post) -> str: ...

    def url(self, post: Post) -> str:
        """Where the notice leads."""
        return post.get_absolute_url()


class _AboutNewPost(_AboutPost):
    """Several in a topic within a short time are told by one letter."""

    at_once: ClassVar = False

    def batch(self, event: Event) -> str:
        return f"forum.topic:{event.data['topic']}"

    def gathered(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Letter:
        seen = _seen(user, notices[:TOLD_AT_MOST])
        told = [(post, _words_of(notice.kind).sentence(user, post)) for notice, post in seen]
        return posts_letter(told, more=max(0, len(notices) - TOLD_AT_MOST), user=user, at=notices[0].at)


class Reply(_AboutNewPost):
    """Somebody answered the reader, in the reader's topic, or in one that the reader watches."""

    label = "Somebody replies to me, in my topic, or in one I watch"
    mail_kind = "forum.reply"

    def brief(self, user: AbstractBaseUser, post: Post) -> str:
        answered = getattr(post, "parent_author_id", None) == user.pk
        return f"{author_name(post)} {'answered you' if answered else 'replied'}"

    def sentence(self, user: AbstractBaseUser, post: Post) -> str:
        title = in_quotes(post.topic.title)
        if getattr(post, "parent_author_id", None) == user.pk:
            return f"{self.brief(user, post)} in {title}"
        if post.topic.author_id == user.pk:
            return f"{author_name(post)} replied in your topic {title}"
        return f"{author_name(post)} replied in {title}, which you watch"


class Mention(_AboutNewPost):
    """Somebody wrote the reader's handle: its mail does not wait for others."""

    label = "Somebody names me"
    mail_kind = "forum.mention"
    at_once = True

    def brief(self, user: AbstractBaseUser, post: Post) -> str:
        return f"{author_name(post)} named you"

    def sentence(self, user: AbstractBaseUser, post: Post) -> str:
        return f"{self.brief(user, post)} in {in_quotes(post.topic.title)}"


class Accepted(_AboutPost):
    """The reader's reply was accepted as the answer to a question."""

    label = "My reply is accepted as the answer to a question"
    mail_kind = "forum.accepted"

    def sentence(self, user: AbstractBaseUser, post: Post) -> str:
        return f"Your reply was accepted as the answer in {in_quotes(post.topic.title)}"


class Moved(_AboutPost):
    """A moderator moved what the reader wrote."""

    label = "A moderator moves what I wrote"
    mail_kind = "forum.moved"
    by_mail_default: ClassVar = False

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        return {
            notice.pk: replace(self._text(user, post), sentence=self.sentence(user, post) + _into(notice, post))
            for notice, post in _seen(user, notices)
        }

    def brief(self, user: AbstractBaseUser, post: Post) -> str:
        return f"A moderator moved what you wrote: it is #{post.number} there"

    def sentence(self, user: AbstractBaseUser, post: Post) -> str:
        return f"A moderator moved what you wrote: it is #{post.number} of {in_quotes(post.topic.title)}"

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        """With the reason, as it stands on the topic."""
        ((_, post),) = _seen(user, [notice])
        there = place_of(post.topic) + _into(notice, post)
        notes = TopicNote.objects.filter(topic=post.topic_id, kind__in=_MOVES, at=notice.event.at)
        return happened_letter(
            post,
            headline="A moderator moved what you wrote",
            sentence=f"What you wrote is #{post.number} of {there} now. Its old address leads there.",
            said=notes.values_list("reason", flat=True).first() or "",
            link=self.url(post),
            button="See where it stands",
            user=user,
            at=notice.at,
        )


class PollClosed(_AboutPost):
    """A poll in which the reader voted is closed. Off for whoever did not ask for it."""

    label = "A poll that I voted in closes"
    mail_kind = "forum.poll_closed"
    by_mail_default: ClassVar = False
    off_by_default: ClassVar = True
    closed: ClassVar = "The poll that you voted in is closed"

    def brief(self, user: AbstractBaseUser, post: Post) -> str:
        return self.closed

    def sentence(self, user: AbstractBaseUser, post: Post) -> str:
        return f"{self.closed}, in {in_quotes(post.topic.title)}"

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        """What it asked, and never its numbers: a mailbox may be read by others."""
        ((_, post),) = _seen(user, [notice])
        asked = asked_with(post)
        return happened_letter(
            post,
            headline=self.closed,
            sentence=f"{self.sentence(user, post) if post.topic.category.is_public else self.closed}. It asked:",
            said=asked.question if asked else "",
            link=self.url(post),
            button="See how it ended",
            user=user,
            at=notice.at,
        )

    def url(self, post: Post) -> str:
        return reverse("forum:poll", args=[post.topic_id, post.number])


class OwnPollClosed(PollClosed):
    """The same of a poll that the reader asked."""

    label = "A poll of mine closes"
    off_by_default: ClassVar = False
    closed: ClassVar = "Your poll is closed"


class NewTopic(_AboutPost):
    """A topic was started in a category that the reader watches."""

    label = "A topic begins in a category that I watch"
    mail_kind = "forum.topic"

    def sentence(self, user: AbstractBaseUser, post: Post) -> str:
        return f"{author_name(post)} started {in_quotes(post.topic.title)} in {post.topic.category.name}, which you watch"


class Reminder:
    """The reader asked to be reminded of a post. Where they may not read it any more, only their own note is left."""

    label = "A reminder that I set on a bookmark"
    mail_kind = "forum.reminder"
    by_mail_default: ClassVar = True

    def may_still_see(self, user: AbstractBaseUser, event: Event, at: datetime) -> bool:
        return Bookmark.objects.of(user.pk).filter(pk=event.data.get("bookmark")).exists()

    def render(self, user: AbstractBaseUser, notices: Sequence[Notice], at: datetime) -> Mapping[int, NoticeText]:
        kept = Bookmark.objects.of(user.pk).in_bulk([notice.event.data.get("bookmark", 0) for notice in notices])
        posts = posts_to_tell_of(user, [bookmark.post_id for bookmark in kept.values()])
        told = ((notice.pk, kept.get(notice.event.data.get("bookmark", 0))) for notice in notices)
        return {pk: self._text(bookmark, posts.get(bookmark.post_id)) for pk, bookmark in told if bookmark is not None}

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        """Names no title of what is not public, as every letter of ours."""
        bookmark = Bookmark.objects.of(user.pk).get(pk=notice.event.data["bookmark"])
        post = posts_to_tell_of(user, [bookmark.post_id]).get(bookmark.post_id)
        text = self._text(bookmark, post)
        hidden = post is not None and not post.topic.category.is_public
        sentence = "You wanted to be reminded of a post in the forum" if hidden else text.sentence
        return reminder_letter(sentence, note=text.detail, url=text.url, user=user)

    def _text(self, bookmark: Bookmark, post: Post | None) -> NoticeText:
        if post is None:
            sentence = "You wanted to be reminded of a post that you cannot read any more"
            return NoticeText(sentence, reverse("forum:bookmarks"), bookmark.note)
        sentence = f"You wanted to be reminded of #{post.number} in {in_quotes(post.topic.title)}"
        return NoticeText(sentence, post.get_absolute_url(), bookmark.note)


class PutBack(_AboutPost):
    """A moderator put back an earlier version of the reader's post: a letter of its own, which gives the reason."""

    label = "Moderators change something of mine back"
    mail_kind = "forum.put_back"
    can_be_off: ClassVar = False

    def sentence(self, user: AbstractBaseUser, post: Post) -> str:
        return f"A moderator put back an earlier version of your post in {in_quotes(post.topic.title)}"

    def letter(self, user: AbstractBaseUser, notice: Notice, at: datetime) -> Letter:
        post = posts_to_tell_of(user, [notice.event.data["post"]])[notice.event.data["post"]]
        return put_back_letter(post, version=notice.event.data.get("version", 0), user=user)

    def url(self, post: Post) -> str:
        return reverse("forum:history", args=[post.topic_id, post.number])


def _seen(user: AbstractBaseUser, notices: Sequence[Notice]) -> list[tuple[Notice, Post]]:
    """Each with its post, as far as this person may read it. One statement."""
    posts = posts_to_tell_of(user, [notice.event.data["post"] for notice in notices])
    found = ((notice, posts.get(notice.event.data["post"])) for notice in notices)
    return [(notice, post) for notice, post in found if post is not None]


def _into(notice: Notice, post: Post) -> str:
    """The category that a whole topic was moved into, where everybody may read it."""
    category = post.topic.category
    return f" in {category.name}" if "category" in notice.event.data and category.is_public else ""


def _is_news(notice: Notice, post: Post) -> bool:
    """It tells of the post itself, as one notice a person and post does: its letter may have the post's own Message-ID."""
    return notice.key == f"forum.reply:{post.pk}"


def _words_of(kind: str) -> _AboutPost:
    found = notice_kind(kind)
    if not isinstance(found, _AboutPost):
        raise TypeError(f"{kind} is not about a post")
    return found
