"""The books of a run: every candidate is told, with a reason."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from digest.models import Delivery, Run

ENDED = ("accepted", "failed", "suppressed", "cancelled", "expired", "uncertain")
WAITING = ("pending", "deferred", "claimed", "sending")


@dataclass(frozen=True, slots=True)
class Line:
    """How many rows are in a state for a reason."""

    state: str
    reason: str
    count: int


def lines_of(run: Run) -> list[Line]:
    """Every state and reason of a run with its count, in one statement."""
    told = Delivery.objects.filter(run=run).values_list("state", "reason").annotate(count=Count("pk")).order_by("state", "reason")
    return [Line(state, reason, count) for state, reason, count in told]


def states_of(run: Run) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for line in lines_of(run):
        counted[line.state] += line.count
    return dict(counted)


def settle_run(run: Run, *, at: datetime) -> bool:
    """Done, iff nothing waits and candidates = accepted + failed + suppressed + cancelled + expired + uncertain. A run that does
    not add up stays open and shows it. Returns whether it is done."""
    states = states_of(run)
    waiting = sum(states.get(state, 0) for state in WAITING)
    ended = sum(states.get(state, 0) for state in ENDED)
    candidates = run.counts.get("candidates", 0)
    done = waiting == 0 and ended == candidates
    to = Run.State.DONE if done else Run.State.SENDING if states.get("pending") else Run.State.DRAINING
    Run.objects.filter(pk=run.pk, state__in=("sending", "draining")).update(
        state=to, counts={"candidates": candidates, **states}, done_at=at if done else None
    )
    return done
