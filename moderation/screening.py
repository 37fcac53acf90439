"""What a post has to get past before everybody sees it (settings.FORUM_SCREEN). Why these rules: docs/adr/0010-moderation.md."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models.query import QuerySet

from accounts.models import Membership, RoleGrant, User
from accounts.standing import standing_of
from common.html_reading import plain_text, read_html
from common.statements import Shape, Statement
from forum.models import Category, Post
from forum.permissions import can_moderate
from moderation.actions.opening import open_case
from moderation.models import Case, FlaggedWord
from moderation.words import first_found

NEW = "A moderator reads the first posts of every new member before others do. It mostly takes less than a day."
LINKS = "A moderator reads posts with links from new members before others do. It mostly takes less than a day."
WORD = "It holds a word that a moderator looks at first. It mostly takes less than a day."
CHANGED = "This change would have to be read by a moderator first. Leave out {what}, or post it as a reply, which then waits."


class Screen:
    """New members by their first posts and their links, every member by flagged words; never who works for the institute or keeps
    the category in order."""

    def why_hold(self, by: User, *, category: Category, title: str, html: str, at: datetime) -> str:
        """At most one statement for whoever is not new, three for who is."""
        if _is_trusted(by, category):
            return ""
        if first_found(f"{title}\n{plain_text(html)}", _words()):
            return WORD
        if not is_new(by, at):
            return ""
        published = _published(by, most=max(settings.SCREEN_FIRST_POSTS, settings.SCREEN_LINKS_POSTS))
        if published < settings.SCREEN_FIRST_POSTS:
            return NEW
        return LINKS if published < settings.SCREEN_LINKS_POSTS and _leads_away(html) else ""

    def why_refuse_change(self, by: User, *, post: Post, html: str, at: datetime) -> str:
        """What the post said before is not held against it: only what the change brings in."""
        if _is_trusted(by, post.topic.category):
            return ""
        words = _words()
        before = plain_text(post.html)
        brought = first_found(plain_text(html), [word for word in words if not first_found(before, [word])])
        if brought:
            return CHANGED.format(what=f"“{brought}”")
        new_links = _leads_away(html) - _leads_away(post.html)
        if new_links and is_new(by, at) and _published(by, most=settings.SCREEN_LINKS_POSTS) < settings.SCREEN_LINKS_POSTS:
            return CHANGED.format(what="the link")
        return ""

    def held(self, post: Post, *, at: datetime) -> None:
        """A case in the queue: about the post, or, where it is the first, about its topic."""
        thing = post.topic if post.number == 1 else post
        open_case(thing, origin=Case.Origin.HELD, at=at, held_because=post.held_because)


def _is_trusted(by: User, category: Category) -> bool:
    return standing_of(by).is_staff or bool(can_moderate(by, category))


def is_new(person: User, at: datetime) -> bool:
    """An account made in the last days, for whom nobody vouches: no line in the register, no membership given by an
    officer. Who wrote before the account was made came with an import."""
    if not person.created_at <= at < person.created_at + timedelta(days=settings.SCREEN_NEW_DAYS):
        return False
    if Membership.objects.filter(user=person).exists():
        return False
    return not RoleGrant.objects.filter(user=person, role="member", revoked_at=None, granted_by__isnull=False).exists()


def _published(person: User, *, most: int) -> int:
    return Post.objects.filter(author=person, state=Post.State.PUBLISHED)[:most].count()


def _words() -> list[str]:
    return [word for (word,) in _WORDS.tuples(None)]


def _flagged(_: Shape) -> "QuerySet[FlaggedWord, Any]":
    return FlaggedWord.objects.order_by("word").values_list("word")


_WORDS: Final = Statement(_flagged)


def _leads_away(html: str) -> set[str]:
    """Addresses outside this site."""
    return {link for link in read_html(html).links if link.startswith(("http://", "https://", "//")) and not _ours(link)}


def _ours(link: str) -> bool:
    return link == settings.SITE_URL or link.startswith(f"{settings.SITE_URL}/")
