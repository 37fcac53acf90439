"""What stands beside a name, as it is now: kept with each post when it is written."""

from datetime import datetime
from typing import Any, Final, TypedDict

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Facts, Membership, RoleGrant, User
from accounts.models.facts import Audience
from common.statements import Shape, Statement


class StandingThen(TypedDict):
    """`facts`: in words, by their names, those that stood beside posts; `interests` as declared; `verified`: the register, or an
    officer, said that the author was a member."""

    facts: dict[str, str]
    interests: str
    verified: bool


def standing_then(author: User | None, *, at: datetime) -> StandingThen | None:
    """For the row of a post. None for a persona, of whom nothing is known. One statement."""
    if author is None:
        return None
    told: Any = _THEN.rows(None, author=author.pk, at=at)[0]
    facts: Facts | None = getattr(told, "facts", None)
    return {
        "facts": {name: facts.in_words(name) for name in Facts.IN_LINE if _is_shown(facts, name)} if facts else {},
        "interests": facts.interests if facts else "",
        "verified": bool(told.vouched),
    }


def _then(_: Shape, *, author: int, at: datetime) -> "QuerySet[User, Any]":
    in_register = Membership.objects.standing_at(at).filter(user=OuterRef("pk"))
    given = RoleGrant.objects.held_at(at).filter(user=OuterRef("pk"), role="member", granted_by__isnull=False)
    people: QuerySet[User, Any] = User.objects.filter(pk=author).select_related("facts")
    return people.annotate(vouched=Q(Exists(in_register)) | Q(Exists(given)))


_THEN: Final = Statement(_then)


def _is_shown(facts: Facts, name: str) -> bool:
    return bool(getattr(facts, name)) and facts.audience_of(name) == Audience.EVERYBODY
