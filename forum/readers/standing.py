"""What stands beside a name, as it is now: kept with each post when it is written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypedDict
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import Facts, Membership, RoleGrant, User
from accounts.models.facts import Audience
from common.statements import Shape, Statement
from forum.models import Post


class StandingThen(TypedDict):
    """`facts`: in words, by their names, those that stood beside posts; `interests` as declared; `verified`: the register, or an
    officer, said that the author was a member."""

    facts: dict[str, str]
    interests: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of a writer before a reply of theirs is stored. `lately`: when they wrote their newest replies, newest first,
    as many as were asked for; `sent`: the id of the post that the same form made already."""

    standing: StandingThen
    lately: list[datetime]
    sent: int | None


def standing_then(author: User | None, *, at: datetime) -> StandingThen | None:
    """For the row of a post. None for a persona, of whom nothing is known. One statement."""
    return None if author is None else _told(_THEN.rows(None, author=author.pk, at=at)[0])


def before_a_reply(author: User, *, at: datetime, key: UUID | None, most: int) -> Before:
    """Of somebody who writes under their own name. One statement."""
    form = {} if key is None else {"key": key}
    row: Any = _BEFORE.rows(most, author=author.pk, at=at, **form)[0]
    return Before(_told(row), list(getattr(row, "lately", ())), getattr(row, "sent", None))


def _told(row: Any) -> StandingThen:
    facts: Facts | None = getattr(row, "facts", None)
    return {
        "facts": {name: facts.in_words(name) for name in Facts.IN_LINE if _is_shown(facts, name)} if facts else {},
        "interests": facts.interests if facts else "",
        "verified": bool(row.vouched),
    }


def _then(_: Shape, *, author: int, at: datetime) -> "QuerySet[User, Any]":
    in_register = Membership.objects.standing_at(at).filter(user=OuterRef("pk"))
    given = RoleGrant.objects.held_at(at).filter(user=OuterRef("pk"), role="member", granted_by__isnull=False)
    people: QuerySet[User, Any] = User.objects.filter(pk=author).select_related("facts")
    return people.annotate(vouched=Q(Exists(in_register)) | Q(Exists(given)))


def _before(most: Any, *, author: int, at: datetime, key: UUID | None = None) -> "QuerySet[User, Any]":
    people, posts = _then(None, author=author, at=at), Post.objects.filter(author=author)
    if most:
        replies = posts.filter(number__gt=1).order_by("-pk")
        people = people.annotate(lately=ArraySubquery(replies.values("created_at")[:most]))
    return people if key is None else people.annotate(sent=Subquery(posts.filter(form_key=key).values("pk")[:1]))


_THEN: Final = Statement(_then)
_BEFORE: Final = Statement(_before)


def _is_shown(facts: Facts, name: str) -> bool:
    return bool(getattr(facts, name)) and facts.audience_of(name) == Audience.EVERYBODY
