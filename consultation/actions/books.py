"""The books of a consultation (rule R7): what was fixed at the close, less what left since, is what is counted."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import Value
from django.db.models.functions import Coalesce

from common.clock import london_day
from common.errors import DomainError
from consultation.actions.leaves import fix_leaves
from consultation.models import MEMBERS, Books, Consultation, Departure, Exclusion, OtherBooks, Root, Version
from consultation.readers.answered import COUNTS, LEFT_OUT, WAITS, Counted, numbers_for_the_books
from consultation.readers.holders import is_detached


class BooksDoNotBalance(DomainError):
    """The numbers do not come to what was counted: nothing is published."""


class ExclusionWaits(DomainError):
    """Somebody asked that a response be left out, and nobody has decided."""


def balance_books(
    consultation: Consultation,
    counted: Mapping[str, Counted],
    versions: Sequence[Version],
    *,
    others: Collection[str],
    at: datetime,
) -> list[OtherBooks]:
    """Inside the transaction that publishes, which holds the consultation: the books of its members are written, and of those of
    `others` of whom any answered, which are returned. Raises BooksDoNotBalance, with each number, and ExclusionWaits."""
    root = fix_leaves(consultation, at=at)  # already fixed, but for one that closed before there were leaves
    if is_detached(consultation):
        _hold_against_the_ledger(consultation, root)
    numbers = numbers_for_the_books(consultation)
    _settle_exclusions(consultation, numbers, at=at)
    told, members = _balanced(root, numbers, MEMBERS), counted[MEMBERS]
    by_version = _balanced_by_version(members, versions, whole=told["counted"])
    if sum(members.segments.values()) != told["counted"]:
        split = f"{told['counted']:,} are counted and {sum(members.segments.values()):,} by nation and list size"
        raise BooksDoNotBalance(f"{split}: nothing is published.")
    consultation.responses_counted = told["counted"]
    Books.objects.create(consultation=consultation, at=at, segments=len(members.segments), by_version=by_version, **told)
    of_others = {kind: _balanced(root, numbers, kind) for kind in others}
    kept = (
        OtherBooks(consultation=consultation, kind=kind, at=at, **told) for kind, told in of_others.items() if any(told.values())
    )
    return OtherBooks.objects.bulk_create(kept)


def _hold_against_the_ledger(consultation: Consultation, root: Root) -> None:
    """As many marks as ballots. Raises BooksDoNotBalance."""
    marks = consultation.ledger.filter(took_part=True).count()
    if marks != root.size:
        raise BooksDoNotBalance(f"{marks:,} took part by the ledger, and yet {root.size:,} ballots: nothing is published.")


def _balanced(root: Root, numbers: Mapping[tuple[str, str], int], kind: str) -> dict[str, int]:
    left = {why: numbers[kind, why] for why in Departure.Why.values}
    leaves, counted = root.leaves_of(kind), numbers[kind, COUNTS]
    if leaves - sum(left.values()) != counted:
        told = ", ".join(f"{number:,} {why}" for why, number in left.items())
        raise BooksDoNotBalance(f"{leaves:,} leaves, {told}, and yet {counted:,} counted: nothing is published.")
    return {"leaves": leaves, "counted": counted, **left}


def _balanced_by_version(counted: Counted, versions: Sequence[Version], *, whole: int) -> dict[str, int]:
    """By the number of the version, where there are several."""
    by_number = {version.number: counted.by_version[version.pk] for version in versions}
    if sum(by_number.values()) != whole:
        told = ", ".join(f"{number:,} under version {version}" for version, number in by_number.items())
        raise BooksDoNotBalance(f"{whole:,} counted, and yet {told}: nothing is published.")
    return {str(version): number for version, number in by_number.items()} if len(by_number) > 1 else {}


def _settle_exclusions(consultation: Consultation, numbers: Counter[tuple[str, str]], *, at: datetime) -> None:
    """What two decided becomes a departure with its reason, and nothing else does; `numbers` know of it. No statement where there
    is nothing to settle. Raises ExclusionWaits."""
    if any(number for (_, what), number in numbers.items() if what == WAITS):
        raise ExclusionWaits("Somebody asked that an answer is not counted, and nobody has agreed or said no: decide that first.")
    if not any(number for (_, what), number in numbers.items() if what == LEFT_OUT):
        return
    asked = Exclusion.objects.filter(response__consultation=consultation, response__is_current=True)
    rows = list(asked.values_list(Coalesce("response__party__kind", Value(MEMBERS)), "reason"))
    told = {"consultation": consultation, "why": Departure.Why.EXCLUDED, "day": london_day(at)}
    Departure.objects.bulk_create(Departure(kind=kind, reason=reason, **told) for kind, reason in rows)
    numbers.update((kind, str(Departure.Why.EXCLUDED)) for kind, _ in rows)
