"""People, groups and roles, as their pages show them: in a number of statements that does not grow with the rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q

from accounts.handles import sort_key
from accounts.models import Block, Closing, Facts, Group, GroupMember, RoleGrant, RoleProposal, User
from accounts.models.facts import OFFICIAL, Audience
from accounts.models.group import GroupQuerySet
from accounts.models.roles import STAFF
from accounts.provenance import said_of, source_of

MOST_FOUND: Final = 8
SHORTEST: Final = 2


def members_named(words: str, *, at: datetime) -> list[User]:
    """Members of now whose name or handle holds these words, by name, MOST_FOUND at most; nobody for less than SHORTEST letters.
    Never by address. One statement."""
    words = words.replace("\0", "").strip().removeprefix("@")
    if len(words) < SHORTEST:
        return []
    role = RoleGrant.objects.held_at(at).filter(user=OuterRef("pk"))
    named = Q(sort_key__contains=sort_key(words)) | Q(handle__startswith=words.lower())
    return list(User.objects.filter(named, Exists(role), is_active=True).select_related("facts").by_name()[:MOST_FOUND])


def closings_under_way() -> list[Closing]:
    """What waits for a second officer first, then by the day. One statement."""
    people = ("user", "user__facts", "asked_by", "agreed_by")
    return list(Closing.objects.open().select_related(*people).order_by(F("due_at").asc(nulls_first=True), "pk"))


def groups_of(user_id: int) -> list[GroupMember]:
    """Somebody's own, by name."""
    mine = GroupMember.objects.standing().filter(user=user_id).select_related("group")
    return list(mine.order_by("group__name", "pk"))


def people_of(group: Group) -> list[GroupMember]:
    """Who is in a group, owners first, by name."""
    people = GroupMember.objects.filter(group=group, removed_at=None).select_related("user", "user__facts", "added_by")
    return list(people.order_by("-is_owner", "user__sort_key", "pk"))


def all_groups() -> GroupQuerySet:
    """Standing ones first, each with `people_now` and `owners_now`."""
    now = Q(members__removed_at=None)
    counted = Group.objects.annotate(
        people_now=Count("members", filter=now), owners_now=Count("members", filter=now & Q(members__is_owner=True))
    )
    found: GroupQuerySet = counted.order_by("closed_at", "name", "pk")
    return found


def roles_held(at: datetime) -> list[RoleGrant]:
    """Every staff role in force, weighty ones first, with who has it and by whom."""
    held = RoleGrant.objects.held_at(at).of_staff().filter(user__is_active=True)
    order = {role: place for place, role in enumerate(("administrator", "director", "organiser", "moderator", "trustee"))}
    found = held.select_related("user", "granted_by", "seconded_by").order_by("user__sort_key", "pk")
    return sorted(found, key=lambda grant: order[grant.role])


def open_proposals() -> list[RoleProposal]:
    """Those that wait for a second officer, oldest first."""
    waiting = RoleProposal.objects.filter(outcome="").select_related("user", "proposed_by")
    return list(waiting.order_by("proposed_at", "pk"))


def public_roles(person: User, *, at: datetime) -> list[str]:
    """The roles that concern everybody: who keeps order, who asks, who answers for it."""
    held = set(RoleGrant.objects.held_at(at).filter(user=person, role__in=sorted(STAFF)).values_list("role", flat=True))
    return [str(role.label) for role in RoleGrant.Role if role in held]


def blocked_by(user_id: int) -> list[Block]:
    """Whom somebody does not want to hear from, by name."""
    return list(Block.objects.filter(user=user_id).select_related("blocked").order_by("blocked__sort_key", "blocked"))


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A fact on a profile; `said` is where it is from, empty for what the person declared; `held_back` says to the person alone
    that others do not see it."""

    label: str
    value: str
    said: str
    held_back: bool = False


def facts_shown(facts: Facts | None, *, to_oneself: bool) -> list[ShownFact]:
    """What a reader is shown of somebody's facts. Pure."""
    if facts is None:
        return []
    shown = []
    for name in OFFICIAL:
        value = facts.in_words(name)
        hidden = facts.audience_of(name) == Audience.NOBODY
        if value and (to_oneself or not hidden):
            label = _LABELS.get(name) or Facts.label_of(name)
            value += " patients" if name == "list_size" else ""
            said = said_of(facts, name) if source_of(facts, name) else ""
            shown.append(ShownFact(label, value, said, hidden))
    return shown


_LABELS: Final = {"job": "Role", "list_size": "Practice list", "years": "In practice management", "grade": "Grade"}
