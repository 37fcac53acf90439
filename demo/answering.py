"""What the demo's invented members answer, drawn by their nation and list size, and sent as each consultation takes it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from accounts.models import User
from consultation.actions.answering import save_answers
from consultation.actions.casting import cast_ballot
from consultation.actions.sealing import seal_answers
from consultation.actions.submitting import submit_response
from consultation.detachment import new_key
from consultation.models import Consultation
from consultation.readers.holders import is_detached
from demo.drawing import Person, Texts, draw, draw_answer, weights
from questions.definitions import Given

SEED = 20261122


def answer(
    consultation: Consultation, table: Mapping[str, Any], answering: list[tuple[User, Person]], *, loaded_at: datetime
) -> None:
    """Each sends, but for the last few where `begun` says so."""
    rng = Random(f"{SEED} {table['key']}")  # noqa: S311 - invented answers, the same at every loading
    tendencies = {tendency["question"]: tendency for tendency in table["tendency"]}
    questions = [question for page in table["page"] for question in page["question"]]
    texts = Texts(table["answer"])
    rng.shuffle(answering)
    assert consultation.opened_at is not None and consultation.closes_at is not None  # noqa: PT018
    until = min(consultation.closes_at, loaded_at) - timedelta(minutes=30)
    moments = sorted(_between(rng, consultation.opened_at, until) for _ in answering)
    send = _send_detached if is_detached(consultation) else _send
    sent = len(answering) - table.get("begun", 0)
    for index, ((user, person), at) in enumerate(zip(answering, moments, strict=True)):
        person.lean = draw(rng, weights(tendencies["lean"], person))
        for question in questions:
            draw_answer(rng, question, tendencies[question["key"]], person, texts)
        given = {key: [[place] for place in value] if isinstance(value, list) else value for key, value in person.given.items()}
        send(consultation, given, by=user, at=at, begun_only=index >= sent)


def _send(consultation: Consultation, given: dict[str, Given | None], *, by: User, at: datetime, begun_only: bool) -> None:
    save_answers(consultation, given, by=by, at=at)
    if not begun_only:
        submit_response(consultation, by=by, at=at + timedelta(minutes=1))


def _send_detached(
    consultation: Consultation, given: dict[str, Given | None], *, by: User, at: datetime, begun_only: bool
) -> None:
    """From a browser that nobody has any more: what was only begun is never opened again."""
    key = new_key()
    seal_answers(consultation, given, by=by, at=at, key=key)
    if not begun_only:
        cast_ballot(consultation, by=by, at=at, key=key)


def _between(rng: Random, earliest: datetime, latest: datetime) -> datetime:
    """More at the beginning and towards the end than in the middle, as people answer."""
    return earliest + (latest - earliest) * rng.betavariate(0.7, 0.8)
