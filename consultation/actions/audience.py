"""Saying who may answer, while it is a draft."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Group, User
from consultation.actions.drafting import changing
from consultation.models import Consultation, Invited
from consultation.permissions import can_ask_others
from consultation.readers.audience import Audience, entitled


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a list of addresses."""

    people: int
    already: int
    unknown: tuple[str, ...]


def change_audience(
    consultation: Consultation,
    *,
    by: User,
    at: datetime,
    grades: Sequence[str] = (),
    nations: Sequence[str] = (),
    list_sizes: Sequence[str] = (),
    group: Group | None = None,
    only_invited: bool = False,
    organisations: bool = False,
    public: bool = False,
    as_seen: str = "",
) -> Consultation:
    """Members of all that is given; with `only_invited` those on the list and nobody else, so that the rest is left empty.
    With `organisations` members may answer for one as well, with `public` anybody; Refused for these in a detached one. Raises
    ChangedMeanwhile where it is not `as_seen` any more."""
    told = {"only_invited": only_invited}
    with changing(consultation.pk, "change_audience", by=by, at=at, row=consultation, as_seen=as_seen, **told) as locked:
        locked.only_invited = only_invited
        locked.for_grades = [] if only_invited else list(grades)
        locked.for_nations = [] if only_invited else list(nations)
        locked.for_list_sizes = [] if only_invited else list(list_sizes)
        locked.for_group = None if only_invited else group
        locked.for_organisations, locked.for_public = organisations, public
        if organisations or public:
            can_ask_others(locked).enforce()
        locked.save(
            update_fields=[
                "for_organisations",
                "for_public",
                "only_invited",
                "for_grades",
                "for_nations",
                "for_list_sizes",
                "for_group",
            ]
        )
        return locked


def invite_addresses(consultation: Consultation, *, addresses: Iterable[str], by: User, at: datetime) -> Added:
    """Put the members with these addresses on the list. An address that is no member's is told and changes nothing."""
    wanted = list(dict.fromkeys(address.strip().lower() for address in addresses if address.strip()))
    with changing(consultation.pk, "invite", by=by, at=at, addresses=len(wanted)) as locked:
        found = dict(entitled(Audience(locked.pk), at=at).filter(email__in=wanted).values_list("email", "pk"))
        before = set(locked.invited.values_list("user", flat=True))
        new = [Invited(consultation=locked, user_id=pk, added_at=at, added_by=by) for pk in found.values() if pk not in before]
        Invited.objects.bulk_create(new, ignore_conflicts=True)
        unknown = tuple(address for address in wanted if address not in found)
        return Added(len(new), len(found) - len(new), unknown)


def take_off_list(invited: Invited, *, by: User, at: datetime) -> None:
    """Ask them no more."""
    with changing(invited.consultation_id, "take_off_list", by=by, at=at, user=invited.user_id):
        invited.delete()
