"""Groups: made and closed by administrators, run by their owners.

Every change of who belongs takes the group's lock first and then asks who somebody is now: of two owners who remove each other
at once, the second is an owner no more.
"""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Group, GroupMember, User
from accounts.permissions import can_keep_groups, can_run_group
from accounts.standing import standing_now, standing_of
from common import audit
from common.errors import DomainError
from common.verdicts import Refused
from notifications.events import record_event


class GroupNeedsAnOwner(DomainError):
    """The last owner cannot go."""


class NotAMember(DomainError):
    """Only who is a member now can be in a group."""


@transaction.atomic
def create_group(*, name: str, description: str, by: User, at: datetime) -> Group:
    """A new group without anybody in it; name its first owner next."""
    can_keep_groups(by).enforce()
    group = Group.objects.create(
        slug=_free_slug(name), name=name.strip(), description=description.strip(), created_at=at, created_by=by
    )
    audit.record("group.create", subject=("group", group.pk), by=by.pk, at=at, name=group.name)
    return group


@transaction.atomic
def change_group(group: Group, *, name: str, description: str, by: User, at: datetime) -> Group:
    """Another name or description; its address stays."""
    can_keep_groups(by).enforce()
    group = Group.objects.select_for_update().get(pk=group.pk)
    group.name, group.description = name.strip(), description.strip()
    group.save(update_fields=["name", "description"])
    audit.record("group.change", subject=("group", group.pk), by=by.pk, at=at, name=group.name)
    return group


@transaction.atomic
def close_group(group: Group, *, by: User, at: datetime) -> None:
    """Nobody belongs to it from now on; who belonged stays written down. Safe to call twice."""
    can_keep_groups(by).enforce()
    if Group.objects.filter(pk=group.pk, closed_at=None).update(closed_at=at):
        audit.record("group.close", subject=("group", group.pk), by=by.pk, at=at)


@transaction.atomic
def name_owner(group: Group, person: User, *, by: User, at: datetime) -> GroupMember:
    """An administrator makes somebody else an owner: the first one, or one where the owners are gone."""
    can_keep_groups(by).enforce()
    if by.pk == person.pk:
        raise Refused("Name somebody else: whoever keeps the groups does not let themselves in.")
    locked = _locked(group)
    if locked.closed_at is not None:
        raise Refused("This group is closed.")
    return _let_in(locked, person, is_owner=True, by=by, at=at)


@transaction.atomic
def add_to_group(group: Group, person: User, *, by: User, at: datetime) -> GroupMember:
    """An owner adds a member. Who is in it already stays as they are. Raises NotAMember."""
    return _let_in(_run_by(group, by), person, is_owner=False, by=by, at=at)


@transaction.atomic
def make_owner(group: Group, person: User, *, by: User, at: datetime) -> GroupMember:
    """An owner makes somebody of the group an owner too."""
    return _let_in(_run_by(group, by), person, is_owner=True, by=by, at=at)


@transaction.atomic
def unmake_owner(group: Group, person: User, *, by: User, at: datetime) -> None:
    """An owner stays in the group as one of its people. Raises GroupNeedsAnOwner for the last one."""
    group = _run_by(group, by)
    _refuse_last_owner(group, person)
    changed = GroupMember.objects.standing().filter(group=group, user=person, is_owner=True).update(is_owner=False)
    if changed:
        audit.record("group.unmake_owner", subject=("group", group.pk), by=by.pk, at=at, user=person.pk)


@transaction.atomic
def remove_from_group(group: Group, person: User, *, by: User, at: datetime) -> None:
    """An owner ends somebody's time in the group; what is private to it is closed to them at once. Safe to call twice."""
    group = _run_by(group, by)
    _end(group, person, by=by, at=at)


@transaction.atomic
def leave_group(group: Group, *, by: User, at: datetime) -> None:
    """One's own time in the group ends. Raises GroupNeedsAnOwner for the last owner of a group with others in it."""
    _end(_locked(group), by, by=by, at=at)


def _locked(group: Group) -> Group:
    return Group.objects.select_for_update().get(pk=group.pk)


def _run_by(group: Group, by: User) -> Group:
    group = _locked(group)
    can_run_group(standing_now(by.pk), group).enforce()
    return group


def _let_in(group: Group, person: User, *, is_owner: bool, by: User, at: datetime) -> GroupMember:
    if not standing_of(standing_now(person.pk)).is_member:
        raise NotAMember(f"{person.display_name} is not a member at present, and groups are of members.")
    row, made = GroupMember.objects.get_or_create(
        group=group, user=person, removed_at=None, defaults={"added_at": at, "added_by": by, "is_owner": is_owner}
    )
    raised = is_owner and not row.is_owner
    if raised:
        row.is_owner = True
        row.save(update_fields=["is_owner"])
    if made or raised:
        what, verb = ("owner", "group.make_owner") if is_owner else ("joined", "group.add")
        audit.record(verb, subject=("group", group.pk), by=by.pk, at=at, user=person.pk)
        record_event("accounts.group", at=at, by=by.pk, group=group.pk, user=person.pk, what=what)
    return row


def _end(group: Group, person: User, *, by: User, at: datetime) -> None:
    _refuse_last_owner(group, person)
    changed = GroupMember.objects.filter(group=group, user=person, removed_at=None).update(removed_at=at, removed_by=by)
    if changed:
        audit.record("group.remove", subject=("group", group.pk), by=by.pk, at=at, user=person.pk)


def _refuse_last_owner(group: Group, person: User) -> None:
    """A group with nobody in it but its owner may lose the owner too."""
    people = GroupMember.objects.filter(group=group, removed_at=None)
    others = people.exclude(user=person)
    is_owner = people.filter(user=person, is_owner=True).exists()
    if is_owner and not others.filter(is_owner=True).exists() and others.exists():
        raise GroupNeedsAnOwner(f"{person.display_name} is the only owner of this group. Make another one first.")


def _free_slug(name: str) -> str:
    """The name's own, or the first of `name-2`, `name-3` … that is free."""
    base = slugify(name)[:50] or "group"
    taken = set(Group.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))) if slug not in taken)
