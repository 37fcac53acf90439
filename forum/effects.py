"""Who hears of a new post."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from accounts.models import Block, GroupMember, RoleGrant, User
from accounts.models.user import UserQuerySet
from common.html_reading import read_html
from forum.models import Bookmark, Category, CategoryMember, Level, PollVote, Post, TopicMember
from forum.permissions import can_see_post
from notifications.kinds import LiveMessage, Recipient
from notifications.models import Event

MOST_NAMED: Final = 50
"""Of those whom a change names so many are told, all at once."""

LONGEST_WAIT: Final = timedelta(days=1)
"""A topic locked for longer than this is told of no more: the notices would come out of the blue."""


class Posted:
    """A topic was started or answered. Told: whom it answers, who started the topic, who watches it or, of a new one, its
    category, who is named in it."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        post = Post.objects.select_related("topic__category").filter(pk=event.data["post"]).first()
        if post is None or post.state != Post.State.PUBLISHED or post.topic.is_locked or _tells_whose(post):
            return ()
        told: list[Recipient] = []
        candidates = _candidates(post)
        named = set(read_html(post.html).mentions)
        while not told:
            # whoever may not see it is left out here, so one round may leave nobody though others follow
            people = list(candidates.filter(pk__gt=after).order_by("pk")[:limit])
            if not people:
                break
            after = people[-1].pk
            told = [_recipient(person, post, named) for person in people if can_see_post(person, post)]
        return told

    def live(self, event: Event) -> Sequence[LiveMessage]:
        if Post.objects.filter(pk=event.data["post"], kept_from__isnull=False, number__gt=1).exists():
            return ()  # all on the page hear the same, and some of them must not know of it
        data = {"post": event.data["post"], "number": event.data["number"]}
        return (LiveMessage("topic", event.data["topic"], data),)

    def ready(self, event: Event, at: datetime) -> bool:
        """No fan-out while a topic is locked."""
        locked = Post.objects.filter(pk=event.data["post"], topic__locked_at__isnull=False).exists()
        return not locked or event.at < at - LONGEST_WAIT


class _Quiet:
    """No page waits for it."""

    def live(self, event: Event) -> Sequence[LiveMessage]:
        return ()

    def ready(self, event: Event, at: datetime) -> bool:
        return True


class NamedLater(_Quiet):
    """A change of a post named somebody. Told: whoever is named in it now and was not told of the post before (the notice has the
    same key); not where they muted it, nor of a persona's post that is kept from a practice."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        post = Post.objects.select_related("topic__category").filter(pk=event.data["post"]).first()
        if post is None or post.state != Post.State.PUBLISHED or _tells_whose(post):
            return ()
        named = read_html(post.html).mentions
        people = list(_candidates(post).filter(handle__in=named, pk__gt=after).order_by("pk")[:MOST_NAMED])
        return [_recipient(person, post, set(named)) for person in people if can_see_post(person, post)]


class Accepted(_Quiet):
    """A reply was accepted as the answer. Told: whoever wrote it, unless they accepted it themselves; nobody for a persona's."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        post = Post.objects.select_related("topic__category").filter(pk=event.data["post"]).first()
        if post is None or post.author_id is None or post.author_id == event.actor_id or post.author_id <= after:
            return ()
        if post.topic.solution_number != post.number:
            return ()
        person = User.objects.with_roles().filter(pk=post.author_id, is_active=True).first()
        if person is None or not can_see_post(person, post):
            return ()
        return (Recipient(person.pk, "forum.accepted", key=f"forum.accepted:{post.pk}"),)


class Moved(_Quiet):
    """Moderators moved a post, or its topic. Told: whoever wrote it, where they may read it now and did not mute it."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        post = Post.objects.select_related("topic__category").filter(pk=event.data["post"]).first()
        if post is None or post.author_id is None or post.author_id <= after or post.author_id == event.actor_id:
            return ()
        person = User.objects.with_roles().filter(pk=post.author_id, is_active=True).first()
        if person is None or not can_see_post(person, post):
            return ()
        if TopicMember.objects.filter(topic=post.topic_id, user=person.pk, level=Level.MUTED).exists():
            return ()
        return (Recipient(person.pk, "forum.moved", key=f"forum.moved:{event.pk}"),)


def _tells_whose(post: Post) -> bool:
    """A persona's post that is kept from a practice is told to nobody: whoever were not told would be of that practice."""
    return post.persona_id is not None and (post.kept_from is not None or post.topic.kept_from is not None)


def _candidates(post: Post) -> UserQuerySet:
    """Everybody who might be told, as one query: an author is never told of their own post. What somebody chose for the topic
    goes before what they chose for its category.

    A persona's owner is not left out, on purpose: with all watchers told but one, the notices would name that one.
    """
    topic, members = post.topic, TopicMember.objects.filter(topic=post.topic_id)
    in_category = CategoryMember.objects.filter(category=topic.category_id)
    wanted = Q(handle__in=read_html(post.html).mentions)
    if post.number == 1:
        wanted |= Q(pk__in=in_category.filter(level=Level.WATCHING).values("user"))
    else:
        wanted |= Q(pk__in=members.filter(level=Level.WATCHING).values("user"))
        wanted |= Q(pk=topic.author_id) | Q(pk__in=_parent_author(post))
    people: UserQuerySet = User.objects.with_roles().filter(wanted, is_active=True)
    follows = members.filter(level__in=[Level.WATCHING, Level.TRACKING]).values("user")
    people = people.exclude(pk__in=members.filter(level=Level.MUTED).values("user"))
    people = people.exclude(~Q(pk__in=follows), pk__in=in_category.filter(level=Level.MUTED).values("user"))
    if post.author_id is not None:
        people = people.exclude(pk=post.author_id).exclude(pk__in=Block.objects.filter(blocked=post.author_id).values("user"))
    category = topic.category
    if category.access == Category.Access.MEMBERS:
        people = people.filter(pk__in=RoleGrant.objects.filter(revoked_at=None).values("user"))
    elif category.access == Category.Access.GROUP:
        theirs = GroupMember.objects.standing().filter(group__in=[category.group_id, category.moderate_group_id])
        people = people.filter(pk__in=theirs.values("user"))
    return people


def _parent_author(post: Post) -> list[int]:
    """Nobody, where the parent is a persona's: nothing may join the two."""
    if post.parent_number is None:
        return []
    found = Post.objects.filter(topic=post.topic_id, number=post.parent_number, author__isnull=False)
    return list(found.values_list("author_id", flat=True))


def _recipient(person: User, post: Post, named: set[str]) -> Recipient:
    """One notice a person and post, of the kind that says most."""
    kind = "forum.mention" if person.handle in named else "forum.topic" if post.number == 1 else "forum.reply"
    return Recipient(person.pk, kind, key=f"forum.reply:{post.pk}")


class PollClosed(_Quiet):
    """A poll closed by its date. Told: whoever asked it, under their own name, and whoever voted; not where the topic is muted.
    The owner of a persona is told nothing: the row would name them."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        post = Post.objects.select_related("topic__category").filter(pk=event.data["post"]).first()
        if post is None or post.state != Post.State.PUBLISHED:
            return ()
        wanted = Q(pk__in=PollVote.objects.filter(poll=post.pk).values("user")) | Q(pk=post.author_id)
        muted = TopicMember.objects.filter(topic=post.topic_id, level=Level.MUTED)
        candidates = User.objects.with_roles().filter(wanted, is_active=True).exclude(pk__in=muted.values("user"))
        told: list[Recipient] = []
        while not told:
            people = list(candidates.filter(pk__gt=after).order_by("pk")[:limit])
            if not people:
                break
            after = people[-1].pk
            told = [self._told(person, post) for person in people if can_see_post(person, post)]
        return told

    def _told(self, person: User, post: Post) -> Recipient:
        kind = "forum.own_poll_closed" if person.pk == post.author_id else "forum.poll_closed"
        return Recipient(person.pk, kind, key=f"forum.poll_closed:{post.pk}")


class ReminderDue(_Quiet):
    """The day came that somebody had named beside a bookmark. Told: they, also where they may not read the post any more, since
    the note is their own."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        bookmark = Bookmark.objects.filter(pk=event.data["bookmark"], user_id__gt=after).first()
        if bookmark is None:
            return ()
        return (Recipient(bookmark.user_id, "forum.reminder", key=f"forum.reminder:{event.pk}"),)


class PutBack(_Quiet):
    """A moderator put back what a post said before. Told: its author. The owner of a persona is told nothing: the row would
    name them; the history says it to everybody."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        post = Post.objects.select_related("topic__category").filter(pk=event.data["post"], author__gt=after).first()
        author = User.objects.with_roles().filter(pk=post.author_id, is_active=True).first() if post else None
        if post is None or author is None or not can_see_post(author, post):
            return ()
        return (Recipient(author.pk, "forum.put_back", key=f"forum.put_back:{post.pk}:{event.data['version']}"),)
