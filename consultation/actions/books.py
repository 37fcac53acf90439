"""The books of a consultation (rule R7): what was fixed at the close, less what left since, is what is counted."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count

from common.clock import london_day
from common.errors import DomainError
from consultation.actions.leaves import fix_leaves
from consultation.models import MEMBERS, Books, Consultation, Departure, Exclusion, OtherBooks
from consultation.readers.answered import counted_by_segment
from consultation.readers.holders import is_detached


class BooksDoNotBalance(DomainError):
    """The numbers do not come to what was counted: nothing is published."""


class ExclusionWaits(DomainError):
    """Somebody asked that a response be left out, and nobody has decided."""


def balance_books(consultation: Consultation, *, counted: int, by_version: Mapping[int, int], at: datetime) -> Books:
    """Inside the transaction that publishes, which holds the consultation. `by_version`: of those counted, how many answered
    each version, by its number. Raises BooksDoNotBalance, with each number, and ExclusionWaits."""
    if is_detached(consultation):
        _hold_against_the_ledger(consultation, at=at)
    told = _balanced(consultation, MEMBERS, counted, at=at)
    if sum(by_version.values()) != counted:
        versions = ", ".join(f"{number:,} under version {version}" for version, number in by_version.items())
        raise BooksDoNotBalance(f"{counted:,} counted, and yet {versions}: nothing is published.")
    parts = {str(version): number for version, number in by_version.items()} if len(by_version) > 1 else {}
    segments = counted_by_segment(consultation)
    if sum(segments) != counted:
        raise BooksDoNotBalance(f"{counted:,} are counted and {sum(segments):,} by nation and list size: nothing is published.")
    return Books.objects.create(consultation=consultation, at=at, segments=len(segments), by_version=parts, **told)


def balance_other_books(consultation: Consultation, *, kind: str, counted: int, at: datetime) -> OtherBooks:
    """The same of organisations, or of the public. Raises BooksDoNotBalance, with each number, and ExclusionWaits."""
    return OtherBooks.objects.create(consultation=consultation, kind=kind, at=at, **_balanced(consultation, kind, counted, at=at))


def _hold_against_the_ledger(consultation: Consultation, *, at: datetime) -> None:
    """As many marks as ballots. Raises BooksDoNotBalance."""
    leaves = fix_leaves(consultation, at=at).size
    marks = consultation.ledger.filter(took_part=True).count()
    if marks != leaves:
        raise BooksDoNotBalance(f"{marks:,} took part by the ledger, and yet {leaves:,} ballots: nothing is published.")


def _balanced(consultation: Consultation, kind: str, counted: int, *, at: datetime) -> dict[str, int]:
    _settle_exclusions(consultation, kind, at=at)
    root = fix_leaves(consultation, at=at)  # already fixed, but for one that closed before there were leaves
    leaves = root.leaves_of(kind)
    gone = dict(consultation.departures.filter(kind=kind).order_by().values_list("why").annotate(Count("pk")))
    left = {why: gone.get(why, 0) for why in Departure.Why.values}
    if leaves - sum(left.values()) != counted:
        told = ", ".join(f"{number:,} {why}" for why, number in left.items())
        raise BooksDoNotBalance(f"{leaves:,} leaves, {told}, and yet {counted:,} counted: nothing is published.")
    return {"leaves": leaves, "counted": counted, **left}


def _settle_exclusions(consultation: Consultation, kind: str, *, at: datetime) -> None:
    """What two decided becomes a departure with its reason, and nothing else does. Raises ExclusionWaits."""
    whose = {"response__party": None} if kind == MEMBERS else {"response__party__kind": kind}
    asked = Exclusion.objects.filter(response__consultation=consultation, response__is_current=True, **whose)
    if asked.filter(agreed_at=None).exists():
        raise ExclusionWaits("Somebody asked that an answer is not counted, and nobody has agreed or said no: decide that first.")
    Departure.objects.bulk_create(
        Departure(consultation=consultation, kind=kind, why=Departure.Why.EXCLUDED, day=london_day(at), reason=reason)
        for reason in asked.values_list("reason", flat=True)
    )
