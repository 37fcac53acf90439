"""What others read of what members wrote: decided answer by answer, after the close. Counts never depend on it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import audit
from common.errors import DomainError
from consultation.models import Answer, Redaction, Showing
from consultation.permissions import can_agree_on_showing, can_decide_showing
from consultation.readers.showing import asked_by, written_in
from consultation.redaction import Span, joined, without


class DecidedMeanwhile(DomainError):
    """Somebody else decided about this answer since the page was opened."""


class ReasonWanted(DomainError):
    """Nothing is taken out without a reason that its writer can read."""


class NothingToRead(DomainError):
    """The answer has no words of its own, or its writer lets nobody read it."""


@transaction.atomic
def show_answer(answer: Answer, *, by: User, at: datetime, spans: Sequence[Span] = (), seen: int = 0) -> Showing:
    """Others may read it, without the characters of `spans`; with any, a second organiser has to agree first. `seen` is the
    decision that the page showed (its id, 0 for none). Raises DecidedMeanwhile, NothingToRead, ReasonWanted, Refused."""
    text = _held(answer, by=by, seen=seen)
    spans = joined(spans)
    if not all(span.reason.strip() for span in spans):
        raise ReasonWanted("Say why each passage is taken out: its writer reads it.")
    decision = Showing.Decision.REDACTED if spans else Showing.Decision.SHOWN
    showing = Showing.objects.create(answer=answer, decision=decision, text=without(text, spans), decided_at=at, decided_by=by)
    Redaction.objects.bulk_create(
        Redaction(showing=showing, start=span.start, end=span.end, category=span.category, reason=span.reason) for span in spans
    )
    _record(decision, showing, by=by, at=at, redactions=[f"{span.category}: {span.reason}" for span in spans])
    return showing


@transaction.atomic
def keep_answer_back(answer: Answer, *, reason: str, by: User, at: datetime, seen: int = 0) -> Showing:
    """Nobody else reads it; its writer reads the reason. A second organiser has to agree. Raises DecidedMeanwhile, NothingToRead,
    Refused."""
    _held(answer, by=by, seen=seen)
    kept = Showing.Decision.KEPT_BACK
    showing = Showing.objects.create(answer=answer, decision=kept, reason=reason, decided_at=at, decided_by=by)
    _record(kept, showing, by=by, at=at)
    return showing


@transaction.atomic
def agree_on_showing(showing: Showing, *, by: User, at: datetime) -> Showing:
    """The second pair of eyes. Safe twice by the same. Raises DecidedMeanwhile, Refused."""
    showing = _showing_held(showing)
    can_agree_on_showing(by, showing).enforce()
    if showing.agreed_by_id == by.pk:
        return showing
    showing.agreed_at, showing.agreed_by = at, by
    showing.save(update_fields=["agreed_at", "agreed_by"])
    _record("agree", showing, by=by, at=at)
    return showing


@transaction.atomic
def decide_again(showing: Showing, *, by: User, at: datetime) -> None:
    """Back to those about which nobody has decided: the second pair of eyes does not agree, or something was overlooked. What was
    shown is shown no more. Raises DecidedMeanwhile, Refused."""
    showing = _showing_held(showing)
    can_decide_showing(by, showing.answer.response.consultation).enforce()
    _record("decide_again", showing, by=by, at=at)
    showing.delete()


def _held(answer: Answer, *, by: User, seen: int) -> str:
    """The words; whoever decides about the same answer waits."""
    held = (
        Answer.objects.select_for_update(of=("self",))
        .select_related("response__consultation", "response__version", "question")
        .get(pk=answer.pk)
    )
    can_decide_showing(by, held.response.consultation).enforce()
    text = written_in(asked_by(held), held.value)
    if not text or not held.response.is_current or held.kept_back or held.response.consent == held.response.Consent.ANALYSIS:
        raise NothingToRead("Its writer lets nobody read this, or there is nothing to read.")
    now = Showing.objects.filter(answer=held).first()
    if (now.pk if now else 0) != seen:
        raise DecidedMeanwhile("Somebody decided about this answer since you opened the page. Look at it again.")
    if now is not None:
        now.delete()
    return text


def _showing_held(showing: Showing) -> Showing:
    rows = Showing.objects.select_for_update(of=("self",)).select_related("answer__response__consultation")
    held = rows.filter(pk=showing.pk).first()
    if held is None:
        raise DecidedMeanwhile("Somebody decided about this answer since you opened the page. Look at it again.")
    return held


def _record(verb: str, showing: Showing, *, by: User, at: datetime, redactions: Sequence[str] = ()) -> None:
    """The audit holds who decided what about which answer and why, and none of its words."""
    audit.record(
        f"consultation.showing_{verb.replace('-', '_')}",
        subject=("answer", showing.answer_id),
        by=by.pk,
        at=at,
        reason=showing.reason,
        redactions=list(redactions),
    )
