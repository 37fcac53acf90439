"""Where a run stands is read from its rows: on to everybody, held, draining, done."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from digest.actions.holding import hold_run, warn_of_run
from digest.actions.reconciling import in_doubt
from digest.balance import ENDED, WAITING, Trouble, states_of, trouble_of
from digest.models import Delivery, Run

FEWEST: Final = 20
"""Below so many handed over, no share says anything."""


def settle_run(run: Run, *, at: datetime) -> bool:
    """Done, iff nothing waits and candidates = accepted + failed + suppressed + cancelled + expired + uncertain, nothing of it to
    be looked for any more. A run that does not add up stays open and shows it. Returns whether it is done. Safe to call twice."""
    states = states_of(run)
    waiting = sum(states.get(state, 0) for state in WAITING) + in_doubt(run, at=at).count()
    ended = sum(states.get(state, 0) for state in ENDED)
    candidates = run.counts.get("candidates", 0)
    done = waiting == 0 and ended == candidates
    to = Run.State.DONE if done else Run.State.SENDING if states.get("pending") else Run.State.DRAINING
    Run.objects.filter(pk=run.pk, state__in=("sending", "draining")).update(
        state=to, counts={"candidates": candidates, **states}, done_at=at if done else None
    )
    return done


def look_after_run(run: Run, *, at: datetime) -> None:
    """Hold a run whose letters cannot be written, are refused or complained of beyond what the settings allow; tell of one whose
    letters are turned away for what they are. Safe to call twice: held once, told once."""
    told = trouble_of(run)
    because = why_held(run, told)
    if because:
        hold_run(run, because=because, at=at)
    elif told.tried >= FEWEST and told.is_turned_away:
        warn_of_run(run, at=at)


def end_canary(run: Run, *, at: datetime) -> bool:
    """Those who go first are all told of, some minutes have gone by for complaints, and nothing speaks against it: on to
    everybody. Returns whether it is. Safe to call twice."""
    first = Delivery.objects.filter(run=run, is_canary=True)
    if run.state != Run.State.CANARY or first.filter(state__in=("pending", "claimed", "sending")).exists():
        return False
    if run.canary_ended_at is None:
        run.canary_ended_at = at
        Run.objects.filter(pk=run.pk, state=Run.State.CANARY).update(canary_ended_at=at)
    if at < run.canary_ended_at + timedelta(minutes=settings.WEEKLY_CANARY_MINUTES) / settings.SPEED:
        return False
    return bool(Run.objects.filter(pk=run.pk, state=Run.State.CANARY).update(state=Run.State.SENDING))


def expire_late(*, at: datetime) -> int:
    """What waits in runs that began longer ago than a weekly is worth sending is not sent any more, also where its run was paused
    all the time. Returns how many. Safe to call twice."""
    late = Run.objects.filter(state__in=Run.UNDER_WAY, made_at__lt=at - timedelta(hours=settings.WEEKLY_EXPIRES_HOURS))
    ids = list(late.values_list("pk", flat=True))
    if not ids:
        return 0
    ended: int = Delivery.objects.filter(run__in=ids, state__in=("pending", "deferred")).update(
        state="expired", reason="not sent within the time allowed", claim_token=None, lease_until=None
    )
    Run.objects.filter(pk__in=ids, state=Run.State.PAUSED).update(state=Run.State.DRAINING)
    return ended


def why_held(run: Run, told: Trouble) -> str:
    """The sentence that a run is held with; empty where all is well, or where a person looked at the same and let it go on. Of
    those who go first, however few, more than half are a reason."""
    tried, most = told.tried, settings.WEEKLY_HOLD_REFUSED_PERCENT
    reasons = (
        (
            run.state == Run.State.CANARY and told.came_to_nothing * 2 > tried,
            f"{told.came_to_nothing:,} of the {tried:,} letters that went first came to nothing.",
        ),
        (tried < FEWEST, ""),
        (
            told.unwritten * 100 > tried,
            f"{told.unwritten:,} letters of {tried:,} could not be written: there is a fault in an item.",
        ),
        (told.refused * 100 > tried * most, f"{told.refused:,} letters of {tried:,} were refused or put off."),
        (
            told.unanswered >= FEWEST and told.unanswered * 100 > tried * most,
            f"The mail server gave no answer to {told.unanswered:,} letters of {tried:,}.",
        ),
        (told.is_complained_of(percent=settings.WEEKLY_HOLD_COMPLAINED_PERCENT), told.complained),
    )
    return next((sentence for is_so, sentence in reasons if is_so), "")
