"""The books of a consultation (rule R7): what was fixed at the close, less what left since, is what is counted."""

from collections.abc import Mapping
from datetime import datetime

from common.errors import DomainError
from consultation.actions.leaves import fix_leaves
from consultation.models import Books, Consultation, Departure


class BooksDoNotBalance(DomainError):
    """The numbers do not come to what was counted: nothing is published."""


def balance_books(consultation: Consultation, *, counted: int, by_version: Mapping[int, int], at: datetime) -> Books:
    """Inside the transaction that publishes, which holds the consultation. `by_version`: of those counted, how many answered
    each version, by its number. Raises BooksDoNotBalance, with each number."""
    leaves = fix_leaves(consultation, at=at).size  # already fixed, but for one that closed before there were leaves
    left = {why: consultation.departures.filter(why=why).count() for why in Departure.Why.values}
    if leaves - sum(left.values()) != counted:
        told = ", ".join(f"{number:,} {why}" for why, number in left.items())
        raise BooksDoNotBalance(f"{leaves:,} leaves, {told}, and yet {counted:,} counted: nothing is published.")
    if sum(by_version.values()) != counted:
        told = ", ".join(f"{number:,} under version {version}" for version, number in by_version.items())
        raise BooksDoNotBalance(f"{counted:,} counted, and yet {told}: nothing is published.")
    parts = {str(version): number for version, number in by_version.items()} if len(by_version) > 1 else {}
    return Books.objects.create(consultation=consultation, leaves=leaves, counted=counted, by_version=parts, at=at, **left)
