"""The books of a run: every candidate is told, with a reason."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q

from digest.models import Delivery, Run
from digest.stands import LETTERS
from mail.marks import NO_ANSWER
from mail.models import MailEvent

ENDED = ("accepted", "failed", "suppressed", "cancelled", "expired", "uncertain")
WAITING = ("pending", "deferred", "claimed", "sending")


POISON: Final = "it could not be written"
TURNED_AWAY: Final = (552, 554)
"""What a server says to the letter itself, not to its address."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Of `tried` letters so many could not be written, were refused or put off, got no answer (and were not found since), were
    complained of. `turned_away`: of the refused those that are at fault themselves, too large or unwanted, not their mailbox."""

    tried: int
    unwritten: int
    refused: int
    unanswered: int
    complaints: int
    turned_away: int

    @property
    def came_to_nothing(self) -> int:
        return self.unwritten + self.refused + self.unanswered

    def is_complained_of(self, *, percent: float) -> bool:
        """By more than that share of the readers; one alone is no share."""
        return self.complaints > 1 and self.complaints * 100 > self.tried * percent

    @property
    def is_turned_away(self) -> bool:
        """More than one in a hundred."""
        return self.turned_away * 100 > self.tried

    @property
    def turned_away_in_words(self) -> str:
        return f"{self.turned_away:,} of {self.tried:,} letters were turned away as too large or unwanted."

    @property
    def complained(self) -> str:
        return f"{self.complaints:,} readers of {self.tried:,} reported it as unwanted."


@dataclass(frozen=True, slots=True)
class Line:
    """How many rows are in a state for a reason."""

    state: str
    reason: str
    count: int

    @property
    def stands(self) -> str:
        """The state as staff read it."""
        return LETTERS[self.state]


def lines_of(run: Run) -> list[Line]:
    """Every state and reason of a run with its count, in one statement at most."""
    if run.reduced_at is not None:
        return [Line(*told) for told in run.counts["lines"]]
    told = Delivery.objects.filter(run=run).values_list("state", "reason").annotate(count=Count("pk")).order_by("state", "reason")
    return [Line(state, reason, count) for state, reason, count in told]


def states_of(run: Run) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for line in lines_of(run):
        counted[line.state] += line.count
    return dict(counted)


def trouble_of(run: Run) -> Trouble:
    """What goes wrong in a run, without what a person knew of when they let it go on. Two statements, three where there were
    complaints."""
    tried = Delivery.objects.filter(run=run).filter(
        Q(state__in=("accepted", "failed", "uncertain")) | Q(state__in=("deferred", "expired"), smtp_code__isnull=False)
    )
    told = tried.aggregate(
        tried=Count("pk"),
        unwritten=Count("pk", filter=Q(state="failed", reason=POISON)),
        unanswered=Count("pk", filter=Q(state="uncertain", reason=NO_ANSWER)),
        refused=Count("pk", filter=Q(state__in=("failed", "deferred", "expired")) & ~Q(reason=POISON)),
        turned_away=Count("pk", filter=Q(state="failed", smtp_code__in=TURNED_AWAY)),
    )
    names = list(
        MailEvent.objects.filter(kind=MailEvent.Kind.COMPLAINT, at__gte=run.made_at).values_list("message_id", flat=True)
    )
    complaints = Delivery.objects.filter(run=run, message_id__in=[name for name in names if name]).count() if names else 0
    known = run.overlooked or {}
    return Trouble(**{name: count - known.get(name, 0) for name, count in (told | {"complaints": complaints}).items()})
