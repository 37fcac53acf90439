"""Whoever answered before a material change says that their answer stands: a member, an organisation, somebody of the public."""

from datetime import datetime

from django.db import transaction

from common.errors import DomainError
from consultation.actions.answering import save_answers
from consultation.actions.holders import holder_of
from consultation.actions.holding import hold_for_answering
from consultation.actions.submitting import IncompleteAnswers, NothingToSend, QuestionsChanged, submit_response
from consultation.models import Consultation, Draft, Response
from consultation.readers.answers import paper_of
from consultation.readers.seats import Writer


class ChangeBegun(DomainError):
    """They have begun to change their answer: that is sent, or nothing is."""


class AnswerNoLongerFits(DomainError):
    """It cannot stand as it is; it is changed instead."""


@transaction.atomic
def confirm_response(consultation: Consultation, *, shown: int, by: Writer, at: datetime) -> Response:
    """The same answers as a new revision under the version that is asked now, whose number is `shown`, with a receipt of its own
    and the wishes of before. What is not asked any more is left out. Safe twice. Raises QuestionsChanged, NothingToSend,
    ChangeBegun, AnswerNoLongerFits, ConsultationClosed, Refused."""
    version = hold_for_answering(consultation.pk, by=by, at=at)
    if shown != version.number:
        raise QuestionsChanged("The questions were changed once more while you had this page open. Look at it again.")
    holder = holder_of(consultation, by)
    sent = Response.objects.filter(consultation=consultation, is_current=True, **holder).select_related("version").first()
    if sent is None:
        raise NothingToSend("You have not sent an answer, so there is none to stand.")
    if sent.version.number >= version.counts_from:
        return sent
    if Draft.objects.filter(version=version, **holder).exists():
        raise ChangeBegun("You have begun to change your answer. Check the change and send it.")
    save_answers(consultation, {}, by=by, at=at)
    paper = paper_of(by, consultation)
    if paper.misfits:
        raise AnswerNoLongerFits("One of your answers does not fit its question any more. Change your answer instead.")
    kept_back = list(sent.answers.filter(kept_back=True).values_list("question__key", flat=True))
    try:
        return submit_response(consultation, by=by, at=at, consent=sent.consent, kept_back=kept_back, confirms=True)
    except IncompleteAnswers as missing:
        raise AnswerNoLongerFits("Something is asked now that you have not answered. Change your answer instead.") from missing
