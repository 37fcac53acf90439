"""What the page of one consultation shows."""

from dataclasses import dataclass
from datetime import datetime

from accounts.standing import Anyone
from consultation.calendar import days_left, days_open
from consultation.models import Consultation, Correction, Discarded, Document, FrequentQuestion, Option, State, Version
from consultation.paths.minutes import minutes_to_answer
from consultation.questionnaire import Questionnaire
from consultation.readers.answered import how_many_answered
from consultation.readers.audience import audience_of, in_a_sentence
from consultation.readers.holders import is_confidential, is_detached
from consultation.readers.participation import latest_figures
from consultation.readers.questionnaires import current_version, questionnaire_of
from consultation.readers.taking_part import Mine, NextStep, mine, next_step
from forum.models import Topic
from forum.permissions import can_see_topic


@dataclass(frozen=True, slots=True)
class Overview:
    """`topic` is the discussion where the reader may see it. `answered` counts those who answered: how many
    is public at any time, what they said is not; of one that is not named, where each more would date a mark in the ledger or an
    answer, as it stood this morning, and None while too few did. `minutes` is a guess."""

    consultation: Consultation
    state: State
    version: Version
    questionnaire: Questionnaire
    options: list[Option]
    discarded: list[Discarded]
    documents: list[Document]
    topic: Topic | None
    answered: int | None
    has: Mine
    is_asked_to_confirm: bool
    step: NextStep
    days: int
    left: int
    minutes: int
    sentence: str
    asked: list[FrequentQuestion]
    corrections: list[Correction]


def overview(user: Anyone, consultation: Consultation, *, at: datetime, key: bytes | None = None) -> Overview:
    """Nine statements once it is opened, whatever its size, one more where not every member may answer. `consultation` comes
    with `topic__category` and `for_group`; `key` is the browser's, in a detached one."""
    version = current_version(consultation)
    questionnaire = questionnaire_of(version)
    has = mine(user, consultation, key=key)
    topic = consultation.topic
    opened, closes = consultation.opened_at, consultation.closes_at
    return Overview(
        consultation=consultation,
        state=consultation.state_at(at),
        version=version,
        questionnaire=questionnaire,
        options=list(consultation.options.all()),
        discarded=list(consultation.discarded.all()),
        documents=list(consultation.documents.all()),
        topic=topic if topic is not None and can_see_topic(user, topic) else None,
        answered=how_many_told(consultation),
        has=has,
        is_asked_to_confirm=consultation.keeps_drafts_at(at) and has.is_asked_to_confirm(version),
        step=next_step(user, consultation, has, at=at),
        days=days_open(opened, closes) if opened and closes else consultation.days,
        left=days_left(at, closes) if closes else 0,
        minutes=minutes_to_answer(questionnaire),
        sentence=in_a_sentence(audience_of(consultation)),
        asked=list(consultation.frequent_questions.all()),
        corrections=list(consultation.corrections.all()),
    )


def how_many_told(consultation: Consultation) -> int | None:
    """As everybody is told. One statement."""
    if not (is_detached(consultation) or is_confidential(consultation)) or consultation.closed_at is not None:
        return how_many_answered(consultation)
    table = latest_figures(consultation)
    return table.whole.took_part if table is not None else None
