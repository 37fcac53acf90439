"""Sending what was drafted: the first time, or instead of what was sent before."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from common.errors import DomainError
from consultation.actions.holders import facts_with, holder_of, moment_kept
from consultation.actions.holding import hold_for_answering
from consultation.actions.receipts import give_receipts
from consultation.models import Answer, Consultation, Draft, Party, Response, Version
from consultation.readers.holders import is_confidential
from consultation.readers.paths import on_path
from consultation.readers.questionnaires import question_ids
from consultation.readers.seats import Seat, Writer
from mail.models import Address
from mail.outbox import queue_mail
from questions.checking import check
from questions.definitions import Canonical, Given, InvalidAnswerError

RECEIPT_MAIL = "consultation.receipt"
GUEST_MAIL = "consultation.guest"


class IncompleteAnswers(DomainError):
    """Something is missing or cannot be taken. `errors` says what to do, by question key in the order asked."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("Your answers cannot be sent yet: some need another look.")
        self.errors = errors


class NameNotKept(DomainError):
    """It cannot be shown with a name that is nowhere kept."""


class QuestionsChanged(DomainError):
    """A new version is asked since the page was opened: nobody sends answers to questions that they have not seen."""


class NothingToSend(DomainError):
    """Neither a draft nor a response is there."""


@transaction.atomic
def submit_response(
    consultation: Consultation,
    *,
    by: Writer,
    at: datetime,
    consent: str = Response.Consent.ANALYSIS,
    kept_back: Collection[str] = (),
    shown: int | None = None,
    confirms: bool = False,
) -> Response:
    """Send the draft as the member's current response, or their party's; an earlier one is kept and no longer current. Sending
    twice, or twice at once, gives the same response. `consent`: whether others may read it after the close, all but the
    questions of `kept_back`. `shown`: the number of the version that the sender had before them. `confirms`: they were asked
    whether their earlier answer stands. Raises IncompleteAnswers, QuestionsChanged, NothingToSend, NameNotKept,
    ConsultationClosed, Refused."""
    version = hold_for_answering(consultation.pk, by=by, at=at)
    holder = holder_of(consultation, by)
    draft = Draft.objects.filter(version=version, **holder).first()
    sent = Response.objects.filter(consultation=consultation, is_current=True, **holder).first()
    if draft is None and sent is not None:
        return sent
    if shown is not None and shown != version.number:
        raise QuestionsChanged("The questions were changed while you had this page open. Look at what changed, then send.")
    if draft is None:
        raise NothingToSend("There is nothing to send yet: answer the first question.")
    named = isinstance(by, Seat) and by.is_named
    if consent == Response.Consent.NAMED and is_confidential(consultation) and not named:
        raise NameNotKept("Your answer is kept without your name, so it can be shown without it only.")
    if consent == Response.Consent.UNNAMED and named:
        raise NameNotKept("An organisation’s answer is shown with its name, or not at all.")
    answers = checked_answers(version, draft, by=by)
    sender = by.sender if isinstance(by, Seat) else {}
    told: dict[str, Any] = {**holder, **sender, **facts_with(consultation, by), "confirms": confirms}
    told["submitted_at"] = moment_kept(consultation, at, by=by)
    told |= {"at": at, "consent": consent, "kept_back": kept_back}
    try:
        with transaction.atomic(savepoint=is_confidential(consultation)):
            response = write_response(version, draft, answers, sent, **told)
    except IntegrityError:
        # What came on paper under the same tag was released at this very moment: nobody knows whom to hold for that.
        sent = Response.objects.filter(consultation=consultation, is_current=True, **holder).first()
        response = write_response(version, draft, answers, sent, **told)
    if isinstance(by, User):
        mail_the_way_to_it(response, to=by, at=at)
    elif by.is_shared and by.is_named and by.party is not None:
        _mail_the_way_to_colleagues(response, by.party, at=at)
    elif by.guest is not None and by.guest.address is not None:
        told_of: dict[str, int | str] = {"consultation": consultation.pk, "revision": response.revision}
        key = f"{GUEST_MAIL}:{consultation.pk}:sent:{response.revision}"
        queue_mail(by.guest.address, kind=GUEST_MAIL, key=key, params=told_of, at=at)
    return response


def write_response(
    version: Version,
    draft: Draft,
    answers: dict[str, Canonical],
    sent: Response | None,
    *,
    at: datetime,
    consent: str,
    kept_back: Collection[str] = (),
    **told: Any,
) -> Response:
    """Inside the transaction that holds the consultation and whose it is: these answers as the current response, instead of
    `sent`, with its receipt; the draft goes. `told` are its columns: whose, which facts, when."""
    if sent is not None:
        sent.is_current = False
        sent.save(update_fields=["is_current"])
    response = Response.objects.create(
        consultation=version.consultation,
        version=version,
        revision=sent.revision + 1 if sent else 1,
        is_current=True,
        reference=secrets.token_hex(8),
        consent=consent,
        **told,
    )
    ids = question_ids(version)
    Answer.objects.bulk_create(
        Answer(response=response, question_id=ids[key], value=value, kept_back=key in kept_back) for key, value in answers.items()
    )
    draft.delete()
    give_receipts([response], at=at)
    return response


def mail_the_way_to_it(response: Response, *, to: User, at: datetime) -> None:
    """A link that asks for sign-in, once for each revision, where there is a confirmed address. None in a confidential
    consultation: the first mail would stand beside the first response, and so on, whatever is written into the rows."""
    address = Address.objects.filter(account=to.pk).first()
    if address is not None and response.user_id is not None:
        params: dict[str, int | str] = {"consultation": response.consultation_id, "revision": response.revision}
        key = f"{RECEIPT_MAIL}:{response.consultation_id}:{response.revision}"
        queue_mail(address, kind=RECEIPT_MAIL, key=key, params=params, at=at)


def _mail_the_way_to_colleagues(response: Response, party: Party, *, at: datetime) -> None:
    """The same to everybody who writes the answer of an organisation, which is named whatever members' answers are."""
    params: dict[str, int | str] = {"consultation": response.consultation_id, "revision": response.revision, "party": party.pk}
    key = f"{RECEIPT_MAIL}:{response.consultation_id}:{party.pk}:{response.revision}"
    writing = party.colleagues.filter(joined_at__isnull=False, ended_at=None).values("user")
    for address in Address.objects.filter(account__in=writing).order_by("pk"):
        queue_mail(address, kind=RECEIPT_MAIL, key=key, params=params, at=at)


def checked_answers(version: Version, draft: Draft, *, by: Writer) -> dict[str, Canonical]:
    """What the draft holds along the path, each in its one spelling. Raises IncompleteAnswers."""
    return checked(version, dict(draft.answers.filter(question__version=version).values_list("question__key", "value")), by=by)


def checked(version: Version, given: Mapping[str, Given | None], *, by: Writer) -> dict[str, Canonical]:
    """The same of what was typed, by question key."""
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
