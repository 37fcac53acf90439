"""Writing the questionnaire: pages, questions, choices."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from common.errors import DomainError
from consultation.actions.drafting import changing_questions
from consultation.keys import free_key
from consultation.models import Choice, Consultation, Page, Question, Version
from consultation.ordering import Direction, close_gap, move, next_position
from questions.kinds import KINDS


class NotADraftVersion(DomainError):
    """There is no version that is being written."""


class QuestionWords(TypedDict, total=False):
    """What is asked. `longest`: characters, for a text; `offers_options`: the consultation's options are its choices; `settings`:
    what else the type lets one say, of which what it does not know is left out; `passage`: the paragraph that it is about, as
    `Passage.as_dict`."""

    kind: str
    text: str
    hint: str
    required: bool
    offers_options: bool
    longest: int
    settings: dict[str, Any]
    passage: dict[str, str] | None


def add_page(consultation: Consultation, *, title: str, by: User, at: datetime, intro: str = "", key: str = "") -> Page:
    """One more page, last."""
    version = consultation.versions.latest("number")
    with changing_questions(version, "add_page", by=by, at=at, title=title):
        return Page.objects.create(
            version=version,
            position=next_position(version.pages.all()),
            key=key or free_key(title, version.pages.values_list("key", flat=True)),
            title=title,
            intro=intro,
        )


def change_page(page: Page, *, title: str, intro: str, by: User, at: datetime, as_seen: str = "") -> Page:
    """Other words over the page; its key stays. Raises ChangedMeanwhile where it is not `as_seen` any more."""
    with changing_questions(page.version, "change_page", by=by, at=at, row=page, as_seen=as_seen, page=page.pk):
        page.title, page.intro = title, intro
        page.save(update_fields=["title", "intro"])
        return page


def move_page(page: Page, direction: Direction, *, by: User, at: datetime) -> None:
    """Change places with the neighbour; nothing happens where there is none."""
    with changing_questions(page.version, "move_page", by=by, at=at, row=page, page=page.pk, direction=direction):
        move(page.version.pages.all(), page.pk, direction)


def remove_page(page: Page, *, by: User, at: datetime) -> None:
    """The page and every question on it."""
    with changing_questions(page.version, "remove_page", by=by, at=at, row=page, title=page.title):
        position, version = page.position, page.version
        page.delete()
        close_gap(version.pages.all(), position)


def add_question(
    page: Page,
    *,
    by: User,
    at: datetime,
    key: str = "",
    choices: Sequence[tuple[str, str]] = (),
    **words: Unpack[QuestionWords],
) -> Question:
    """One more question, last on its page. `choices` are (key, label); an empty key is made from the label. A type that has its
    own choices, or none, or offers the options, leaves them out."""
    with changing_questions(page.version, "add_question", by=by, at=at, row=page, text=words["text"]), transaction.atomic():
        taken = keys_ever(page.version)
        question = Question(
            version=page.version,
            page=page,
            position=next_position(page.questions.all()),
            key=key or free_key(words["text"], taken),
        )
        _set(question, words, choices)
        return question


def change_question(
    question: Question,
    *,
    by: User,
    at: datetime,
    as_seen: str = "",
    choices: Sequence[tuple[str, str]] = (),
    **words: Unpack[QuestionWords],
) -> Question:
    """Ask otherwise. Its choices are replaced by those given. Raises ChangedMeanwhile where it is not `as_seen` any more."""
    told = {"question": question.pk}
    with changing_questions(question.version, "change_question", by=by, at=at, row=question, as_seen=as_seen, **told):
        question.choices.all().delete()
        _set(question, words, choices)
        return question


def move_question(question: Question, direction: Direction, *, by: User, at: datetime) -> None:
    """Change places with the neighbour on its page; nothing happens where there is none."""
    with changing_questions(
        question.version, "move_question", by=by, at=at, row=question, question=question.pk, direction=direction
    ):
        move(question.page.questions.all(), question.pk, direction)


def remove_question(question: Question, *, by: User, at: datetime) -> None:
    """Ask it no more; those after it move up."""
    with changing_questions(question.version, "remove_question", by=by, at=at, row=question, text=question.text):
        position, page = question.position, question.page
        question.delete()
        close_gap(page.questions.all(), position)


def draft_version(consultation: Consultation) -> Version:
    """The version that is being written. Raises NotADraftVersion."""
    version = consultation.versions.filter(published_at=None).first()
    if version is None:
        raise NotADraftVersion("There is no version that is being written.")
    return version


def keys_ever(version: Version) -> "QuerySet[Question, str]":
    """Of every version, so that a new question never takes the place of an earlier one that was taken out."""
    return Question.objects.filter(version__consultation=version.consultation_id).values_list("key", flat=True)


def _set(question: Question, words: QuestionWords, choices: Sequence[tuple[str, str]]) -> None:
    for name, value in words.items():
        setattr(question, name, value)
    kind = KINDS[question.kind]  # an unknown type is a mistake of the caller
    question.longest = (question.longest or kind.usual_characters) if kind.most_characters else 0
    question.settings = {name: value for name, value in question.settings.items() if name in kind.settings}
    question.offers_options = question.offers_options and kind.takes_choices
    question.save()
    if kind.takes_choices and not question.offers_options:
        given = [key for key, _ in choices if key]
        keys: list[str] = []
        for key, label in choices:
            keys.append(key or free_key(label, (*given, *keys)))
        Choice.objects.bulk_create(
            Choice(question=question, position=position, key=key, label=label)
            for position, (key, (_, label)) in enumerate(zip(keys, choices, strict=True), start=1)
        )
