"""The books of a consultation (rule R7): what was fixed at the close, less what left since, is what is counted."""

from datetime import datetime

from django.db.models import Count

from common.errors import DomainError
from consultation.actions.leaves import fix_leaves
from consultation.models import MEMBERS, Books, Consultation, Departure, OtherBooks


class BooksDoNotBalance(DomainError):
    """The numbers do not come to what was counted: nothing is published."""


def balance_books(consultation: Consultation, *, counted: int, at: datetime) -> Books:
    """Inside the transaction that publishes, which holds the consultation. Raises BooksDoNotBalance, with each number."""
    return Books.objects.create(consultation=consultation, at=at, **_balanced(consultation, MEMBERS, counted, at=at))


def balance_other_books(consultation: Consultation, *, kind: str, counted: int, at: datetime) -> OtherBooks:
    """The same of organisations, or of the public. Raises BooksDoNotBalance, with each number."""
    return OtherBooks.objects.create(consultation=consultation, kind=kind, at=at, **_balanced(consultation, kind, counted, at=at))


def _balanced(consultation: Consultation, kind: str, counted: int, *, at: datetime) -> dict[str, int]:
    root = fix_leaves(consultation, at=at)  # already fixed, but for one that closed before there were leaves
    leaves = root.leaves_of(kind)
    gone = dict(consultation.departures.filter(kind=kind).order_by().values_list("why").annotate(Count("pk")))
    left = {why: gone.get(why, 0) for why in Departure.Why.values}
    if leaves - sum(left.values()) != counted:
        told = ", ".join(f"{number:,} {why}" for why, number in left.items())
        raise BooksDoNotBalance(f"{leaves:,} leaves, {told}, and yet {counted:,} counted: nothing is published.")
    return {"leaves": leaves, "counted": counted, **left}
