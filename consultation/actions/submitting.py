"""Sending what was drafted: the first time, or instead of what was sent before."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import DomainError
from consultation.actions.holders import facts_with, holder_of, moment_kept
from consultation.actions.holding import hold_for_answering
from consultation.actions.receipts import give_receipts
from consultation.models import Answer, Consultation, Draft, Response, Version
from consultation.readers.holders import is_confidential
from consultation.readers.paths import on_path
from consultation.readers.questionnaires import question_ids
from mail.models import Address
from mail.outbox import queue_mail
from questions.checking import check
from questions.definitions import Canonical, Given, InvalidAnswerError

RECEIPT_MAIL = "consultation.receipt"


class IncompleteAnswers(DomainError):
    """Something is missing or cannot be taken. `errors` says what to do, by question key in the order asked."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("Your answers cannot be sent yet: some need another look.")
        self.errors = errors


class NameNotKept(DomainError):
    """It cannot be shown with a name that is nowhere kept."""


class NothingToSend(DomainError):
    """Neither a draft nor a response is there."""


@transaction.atomic
def submit_response(
    consultation: Consultation,
    *,
    by: User,
    at: datetime,
    consent: str = Response.Consent.ANALYSIS,
    kept_back: Collection[str] = (),
) -> Response:
    """Send the draft as the member's current response; an earlier one is kept and no longer current. Sending twice, or twice
    at once, gives the same response. `consent`: whether others may read it after the close, all but the questions of
    `kept_back`. Raises IncompleteAnswers, NothingToSend, NameNotKept, ConsultationClosed, Refused."""
    version = hold_for_answering(consultation.pk, by=by, at=at)
    holder = holder_of(consultation, by)
    draft = Draft.objects.filter(version=version, **holder).first()
    sent = Response.objects.filter(consultation=consultation, is_current=True, **holder).first()
    if draft is None:
        if sent is None:
            raise NothingToSend("There is nothing to send yet: answer the first question.")
        return sent
    if consent == Response.Consent.NAMED and is_confidential(consultation):
        raise NameNotKept("Your answer is kept without your name, so it can be shown without it only.")
    given = {answer.question.key: answer.value for answer in draft.answers.select_related("question")}
    answers = checked(version, given, by=by)
    if sent is not None:
        sent.is_current = False
        sent.save(update_fields=["is_current"])
    response = Response.objects.create(
        consultation=consultation,
        version=version,
        revision=sent.revision + 1 if sent else 1,
        is_current=True,
        reference=secrets.token_hex(8),
        submitted_at=moment_kept(consultation, at),
        consent=consent,
        **holder,
        **facts_with(consultation, by),
    )
    ids = question_ids(version)
    Answer.objects.bulk_create(
        Answer(response=response, question_id=ids[key], value=value, kept_back=key in kept_back) for key, value in answers.items()
    )
    draft.delete()
    give_receipts([response], at=at)
    _mail_the_way_to_it(response, to=by, at=at)
    return response


def _mail_the_way_to_it(response: Response, *, to: User, at: datetime) -> None:
    """A link that asks for sign-in, once for each revision, where there is a confirmed address. None in a confidential
    consultation: the first mail would stand beside the first response, and so on, whatever is written into the rows."""
    address = Address.objects.filter(account=to.pk).first()
    if address is not None and response.user_id is not None:
        params: dict[str, int | str] = {"consultation": response.consultation_id, "revision": response.revision}
        key = f"{RECEIPT_MAIL}:{response.consultation_id}:{response.revision}"
        queue_mail(address, kind=RECEIPT_MAIL, key=key, params=params, at=at)


def checked(version: Version, given: Mapping[str, Given | None], *, by: User) -> dict[str, Canonical]:
    """What was typed, in canonical form, along this member's path. Raises IncompleteAnswers."""
    answers: dict[str, Canonical] = {}
    errors: dict[str, str] = {}
    for asked in on_path(version, given, user=by):
        try:
            answer = check(asked, given.get(asked.key))
        except InvalidAnswerError as problem:
            errors[asked.key] = str(problem)
        else:
            if answer is not None:
                answers[asked.key] = answer
    if errors:
        raise IncompleteAnswers(errors)
    return answers
