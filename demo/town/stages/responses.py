"""What was answered, with receipts, and what was begun and never sent. A part is some five thousand people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings

from consultation.actions.receipts import signing_key
from consultation.models import Answer, Consultation, Draft, DraftAnswer, Receipt, Response
from consultation.paths.walking import path_of
from consultation.proof.receipts import instant, leaf_of, receipt_lines, sign
from consultation.proof.spelling import canonical_response
from consultation.questionnaire import Questionnaire
from consultation.readers.paths import FACTS
from consultation.readers.questionnaires import question_ids, questionnaire_of
from demo.town.answers import Voter, answers_of, turnout
from demo.town.chance import chance
from demo.town.copying import Json, Row, copy_rows
from demo.town.plan import Plan
from demo.town.stages.shape import Rows, Stage
from questions.checking import check
from questions.definitions import Canonical

_RESPONSE = (
    *("id", "consultation_id", "version_id", "user_id", "revision", "is_current", "reference", "submitted_at"),
    *("job", "nation", "list_size", "years", "consent"),
)


@dataclass(frozen=True, slots=True)
class _Sent:
    """One response. `id` is twice its writer's number, of a revision that was amended one less."""

    id: int
    voter: Voter
    revision: int
    is_current: bool
    at: datetime
    consent: str
    answers: Mapping[str, Canonical]
    reference: str
    nonce: bytes


@dataclass(frozen=True, slots=True)
class _Asked:
    """The consultation as it is being answered."""

    consultation: Consultation
    version_id: int
    digest: str
    questionnaire: Questionnaire
    ids: Mapping[str, int]


def _load(plan: Plan, numbers: range) -> Rows:
    """Drawn once and written table by table; as many in memory as a part has."""
    asked = _asked()
    sent = [one for number in numbers for one in _sent(plan, asked, number)]
    yield "responses", copy_rows(Response, _RESPONSE, (_response(asked, one) for one in sent))
    values = ((one.id, asked.ids[key], Json(value)) for one in sent for key, value in one.answers.items())
    yield "answers", copy_rows(Answer, ("response_id", "question_id", "value"), values)
    key = signing_key(at=min(one.at for one in sent)).pk
    receipt = ("response_id", "nonce", "leaf", "key_id", "signature")
    yield "receipts", copy_rows(Receipt, receipt, (_receipt(asked, one, key) for one in sent))
    if numbers[0] == 1:
        yield from _drafts(plan, asked)


def _asked() -> _Asked:
    consultation = Consultation.objects.get()
    version = consultation.versions.get(published_at__isnull=False)
    return _Asked(consultation, version.pk, version.digest, questionnaire_of(version), question_ids(version))


def _sent(plan: Plan, asked: _Asked, number: int) -> Iterator[_Sent]:
    """One in twenty thought again: their earlier revision is kept and does not count."""
    voter, luck = turnout(plan)[0][number - 1], chance(plan, "response", number)
    assert asked.consultation.opened_at is not None
    assert asked.consultation.closes_at is not None
    whole = asked.consultation.closes_at - asked.consultation.opened_at - timedelta(hours=1)
    at = asked.consultation.opened_at + whole * luck.betavariate(0.7, 0.8)
    consent = luck.choices(("named", "unnamed", "analysis"), (25, 30, 45))[0]
    given = answers_of(plan, voter)
    thought_again = number % 20 == 0
    if thought_again:
        earlier = _checked(asked, voter, given | {"worth": "neither"})
        before = max(asked.consultation.opened_at, at - timedelta(days=3))
        yield _Sent(2 * number - 1, voter, 1, False, before, consent, earlier, *_secrets(plan, 2 * number - 1))
    answers = _checked(asked, voter, given)
    yield _Sent(2 * number, voter, 1 + thought_again, True, at, consent, answers, *_secrets(plan, 2 * number))


def _checked(asked: _Asked, voter: Voter, given: Mapping[str, Any]) -> dict[str, Canonical]:
    """As sending would have them: along the path, in their one spelling."""
    facts = {name: getattr(voter.line, name) for name in FACTS}
    path = path_of(asked.questionnaire, given, facts)
    found = {each.key: check(each, given.get(each.key)) for each in path.questions}
    return {key: answer for key, answer in found.items() if answer is not None}


def _secrets(plan: Plan, number: int) -> tuple[str, bytes]:
    """Reference and nonce: secret nowhere, the same each time."""
    told = sha256(f"{plan.seed}:response:{number}".encode())
    return told.hexdigest()[:16], sha256(told.digest()).digest()


def _response(asked: _Asked, one: _Sent) -> Row:
    line = one.voter.line
    return (
        *(one.id, asked.consultation.pk, asked.version_id, one.voter.user, one.revision, one.is_current, one.reference, one.at),
        *(line.job, line.nation, line.list_size, line.years, one.consent),
    )


def _receipt(asked: _Asked, one: _Sent, key: int) -> Row:
    slug = asked.consultation.slug
    response = canonical_response(consultation=slug, version=asked.digest, revision=one.revision, answers=one.answers)
    leaf = leaf_of(one.nonce, response)
    lines = receipt_lines(consultation=slug, leaf=leaf, sent=instant(one.at))
    return one.id, one.nonce, leaf, key, sign(lines, seed=settings.SIGNING_KEY)


def _drafts(plan: Plan, asked: _Asked) -> Rows:
    begun = turnout(plan)[1]
    at = asked.consultation.opened_at
    assert at is not None
    rows = ((n, asked.version_id, each.user, 1 + n % 2, at, at + timedelta(days=n % 40)) for n, each in enumerate(begun, start=1))
    yield "drafts", copy_rows(Draft, ("id", "version_id", "user_id", "page", "started_at", "saved_at"), rows)
    values = (
        (n, asked.ids[key], Json(value))
        for n, each in enumerate(begun, start=1)
        for key, value in list(answers_of(plan, each).items())[: 1 + n % 4]
    )
    yield "draft_answers", copy_rows(DraftAnswer, ("draft_id", "question_id", "value"), values)


RESPONSES = Stage("responses", lambda plan: plan.respondent_parts, _load)
