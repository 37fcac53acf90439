"""The institute's register, the facts that it brings, and the roles of members and officers."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from accounts.models import Facts, Membership, RoleGrant
from demo.town.chance import chance
from demo.town.copying import Row, copy_rows
from demo.town.names import name_of
from demo.town.people import offices
from demo.town.plan import Plan
from demo.town.register import Line, lines
from demo.town.stages.accounts import email_of
from demo.town.stages.shape import Rows, Stage, in_one_part

_FACTS = ("nation", "list_size", "job", "years", "region", "grade")


def _load(plan: Plan, _: range) -> Rows:
    names = ("id", "number", "email", "name", *_FACTS, "ends_at", "user_id", "claimed_at", "joined_at", "changed_at", "ended_at")
    yield "memberships", copy_rows(Membership, names, _memberships(plan))
    yield "facts", copy_rows(Facts, ("user_id", *_FACTS, "sources", "audience", "updated_at"), _facts(plan))
    granted = ("id", "user_id", "role", "granted_at", "granted_by_id", "seconded_by_id", "ends_at", "revoked_at")
    yield "roles", copy_rows(RoleGrant, granted, _numbered(_grants(plan)))


def _memberships(plan: Plan) -> Iterator[Row]:
    luck, joined = chance(plan, "memberships"), plan.begin - timedelta(days=20)
    for user, line in enumerate(lines(plan), start=1):
        ends = plan.end + timedelta(days=luck.randint(20, 380))
        ended = None if user <= plan.registered else _ended(plan, user)
        yield (
            *(user, f"T{user:06}", email_of(plan, user), name_of(plan, user), *_told(line)),
            *(ended or ends, user, joined, joined, ended or joined, ended),
        )


def _facts(plan: Plan) -> Iterator[Row]:
    joined = plan.begin - timedelta(days=20)
    source = {"source": "register", "at": joined.isoformat()}
    for user, line in enumerate(lines(plan), start=1):
        sources = {name: source for name in _FACTS if getattr(line, name)}
        audience = {"years": "members"} if user % 20 == 3 else {"list_size": "nobody"} if user % 50 == 9 else {}
        yield user, *_told(line), sources, audience, joined


def _told(line: Line) -> tuple[str, ...]:
    return tuple(getattr(line, name) for name in _FACTS)


def _ended(plan: Plan, user: int) -> datetime:
    """In the last two years: they wrote before."""
    return plan.end - timedelta(days=5 + user * 31 % 700)


def _grants(plan: Plan) -> Iterator[tuple[object, ...]]:
    joined, held, until = plan.begin - timedelta(days=20), offices(plan), plan.end + timedelta(days=300)
    for user in range(1, plan.registered + plan.lapsed + 1):
        yield user, "member", joined, None, None, None, None if user <= plan.registered else _ended(plan, user)
    one, other = held.administrators[:2]
    for role, users in (("moderator", held.moderators), ("organiser", held.organisers), ("trustee", held.trustees)):
        for user in users:
            yield user, role, joined, one, None, None, None
    for user in held.administrators:
        yield user, "administrator", joined, None, None, until, None
    for user in held.directors:
        yield user, "director", joined, one, other, until, None


def _numbered(rows: Iterator[tuple[object, ...]]) -> Iterator[Row]:
    return ((number, *row) for number, row in enumerate(rows, start=1))


REGISTER = Stage("register", in_one_part, _load)
