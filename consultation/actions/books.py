"""The books of a consultation (rule R7): what was fixed at the close, less what left since, is what is counted."""

from datetime import datetime

from django.db.models import Count

from common.errors import DomainError
from consultation.actions.leaves import fix_leaves
from consultation.models import Books, Consultation, Departure


class BooksDoNotBalance(DomainError):
    """The numbers do not come to what was counted: nothing is published."""


def balance_books(consultation: Consultation, *, counted: int, at: datetime) -> Books:
    """Inside the transaction that publishes, which holds the consultation. Raises BooksDoNotBalance, with each number."""
    leaves = fix_leaves(consultation, at=at).size  # already fixed, but for one that closed before there were leaves
    gone = dict(consultation.departures.order_by().values_list("why").annotate(Count("pk")))
    left = {why: gone.get(why, 0) for why in Departure.Why.values}
    if leaves - sum(left.values()) != counted:
        told = ", ".join(f"{number:,} {why}" for why, number in left.items())
        raise BooksDoNotBalance(f"{leaves:,} leaves, {told}, and yet {counted:,} counted: nothing is published.")
    return Books.objects.create(consultation=consultation, leaves=leaves, counted=counted, at=at, **left)
