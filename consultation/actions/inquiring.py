"""Organisers ask whoever wrote a response, and the writer may say something to it; neither side learns who the other is."""

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from common import audit
from common.clock import london_day
from common.errors import DomainError
from consultation.actions.holders import moment_kept
from consultation.models import Answer, Consultation, Inquiry, Response
from consultation.permissions import can_answer_inquiry, can_ask_writer_of
from consultation.readers.holders import held_by
from notifications.events import record_event
from notifications.models import Event

MOST: Final = 3
"""At one answer; and by the reference of one response. Counted together they would tell which answers are of one response."""


class AskedEnough(DomainError):
    """Where three were asked it is left at that."""


class NotYours(DomainError):
    """The response is somebody else's."""


class NothingSaid(DomainError):
    """A question and an answer say something."""


class TakenBackMeanwhile(DomainError):
    """There is no answer any more."""


@transaction.atomic
def ask_writer(of: Answer | Response, *, text: str, by: User, at: datetime) -> Inquiry:
    """Put a question to whoever wrote this answer, or sent this response. Of a confidential one everybody who answered is
    told, once a day at most, that there are questions; in a named one its writer. Asked twice in the same words it is one. Raises
    AskedEnough, NothingSaid, TakenBackMeanwhile, Refused."""
    about, pk = (of, of.response_id) if isinstance(of, Answer) else (None, of.pk)
    response = Response.objects.select_for_update(of=("self",)).select_related("consultation").filter(pk=pk).first()
    if response is None:
        raise TakenBackMeanwhile("This answer was taken back meanwhile: there is nobody to ask about it.")
    consultation = response.consultation
    can_ask_writer_of(by, response).enforce()
    if not text.strip():
        raise NothingSaid("Write your question.")
    asked = Inquiry.objects.filter(response=response, about=about)
    same = asked.filter(text=text.strip()).first()
    if same is not None:
        return same
    if asked.count() >= MOST:
        where = "of this answer" if about else "by this reference"
        raise AskedEnough(f"Its writer was asked three times already {where}: leave it at that.")
    inquiry = Inquiry.objects.create(response=response, about=about, text=text.strip(), asked_at=at, asked_by=by)
    audit.record("consultation.ask_writer", subject=("consultation", consultation.pk), by=by.pk, at=at, inquiry=inquiry.pk)
    _tell(consultation, at=at)
    return inquiry


@transaction.atomic
def answer_inquiry(inquiry: Inquiry, *, text: str, by: User, at: datetime) -> Inquiry:
    """What its writer says to it, once. Audited without who, and of a confidential response without the hour. Raises NotYours,
    NothingSaid, Refused."""
    inquiry = Inquiry.objects.select_for_update(of=("self",)).select_related("response__consultation").get(pk=inquiry.pk)
    consultation = inquiry.response.consultation
    if not Response.objects.filter(held_by(consultation, by.pk), pk=inquiry.response_id).exists():
        raise NotYours("It was asked about somebody else’s answer.")
    can_answer_inquiry(inquiry).enforce()
    if not text.strip():
        raise NothingSaid("Write your answer.")
    inquiry.answer, inquiry.answered_at = text.strip(), moment_kept(consultation, at)
    inquiry.save(update_fields=["answer", "answered_at"])
    when = inquiry.answered_at
    audit.record("consultation.answer_inquiry", subject=("consultation", consultation.pk), by=None, at=when, inquiry=inquiry.pk)
    return inquiry


def _tell(consultation: Consultation, *, at: datetime) -> None:
    """One event a day, which names nothing but the consultation."""
    told: dict[str, int | str] = {"consultation": consultation.pk, "day": london_day(at).isoformat()}
    if not Event.objects.filter(kind="consultation.inquiry", data__contains=told).exists():
        record_event("consultation.inquiry", at=at, by=None, **told)
