"""The books of a consultation (rule R7): what was fixed at the close, less what left since, is what is counted."""

from datetime import datetime

from common.errors import DomainError
from consultation.actions.leaves import fix_leaves
from consultation.models import Books, Consultation, Departure
from consultation.readers.holders import is_detached


class BooksDoNotBalance(DomainError):
    """The numbers do not come to what was counted: nothing is published."""


def balance_books(consultation: Consultation, *, counted: int, at: datetime) -> Books:
    """Inside the transaction that publishes, which holds the consultation. Raises BooksDoNotBalance, with each number."""
    leaves = fix_leaves(consultation, at=at).size  # already fixed, but for one that closed before there were leaves
    marks = consultation.ledger.filter(took_part=True).count() if is_detached(consultation) else leaves
    if marks != leaves:
        raise BooksDoNotBalance(f"{marks:,} took part by the ledger, and yet {leaves:,} ballots: nothing is published.")
    left = {why: consultation.departures.filter(why=why).count() for why in Departure.Why.values}
    if leaves - sum(left.values()) != counted:
        told = ", ".join(f"{number:,} {why}" for why, number in left.items())
        raise BooksDoNotBalance(f"{leaves:,} leaves, {told}, and yet {counted:,} counted: nothing is published.")
    return Books.objects.create(consultation=consultation, leaves=leaves, counted=counted, at=at, **left)
