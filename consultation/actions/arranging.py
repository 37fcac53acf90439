"""Where pages and questions stand, and more of the same."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from common.errors import DomainError
from consultation.actions.drafting import changing_questions, read_anew
from consultation.actions.questionnaire import keys_ever
from consultation.keys import free_key
from consultation.models import Choice, Page, Question
from consultation.ordering import close_gap, insert, next_position
from consultation.paths.conditions import as_json, condition_of, renamed


class AnotherQuestionnaire(DomainError):
    """A question moves within its own draft."""


def place_page(page: Page, *, position: int, by: User, at: datetime) -> None:
    """Put it there, counted from 1; further than the last is last."""
    with changing_questions(page.version, "place_page", by=by, at=at, row=page, page=page.pk, position=position):
        insert(page.version.pages.all(), page.pk, position)


def place_question(question: Question, *, page: Page, position: int, by: User, at: datetime) -> None:
    """Put it on this page at this place, counted from 1; further than the last is last. Raises AnotherQuestionnaire,
    TakenOutMeanwhile."""
    with changing_questions(
        question.version, "place_question", by=by, at=at, row=question, question=question.pk, page=page.pk, position=position
    ):
        read_anew(page)
        if page.version_id != question.version_id:
            raise AnotherQuestionnaire("A question can only be moved within its own questionnaire.")
        if page.pk != question.page_id:
            left, gap = question.page, question.position
            question.page, question.position = page, next_position(page.questions.all())
            question.save(update_fields=["page", "position"])
            close_gap(left.questions.all(), gap)
        insert(page.questions.all(), question.pk, position)


def copy_question(question: Question, *, by: User, at: datetime) -> Question:
    """One more like it, right after it; with its own key, so that conditions on the first go on speaking of the first."""
    with changing_questions(question.version, "copy_question", by=by, at=at, row=question, question=question.pk):
        copy = _copy(question, question.page, {})
        insert(question.page.questions.all(), copy.pk, question.position + 1)
        return copy


def copy_page(page: Page, *, by: User, at: datetime) -> Page:
    """One more like it with all its questions, right after it. Conditions among its questions speak of the copies."""
    with changing_questions(page.version, "copy_page", by=by, at=at, row=page, page=page.pk):
        questions, position = list(page.questions.all()), page.position
        copy = Page.objects.get(pk=page.pk)
        copy.pk, copy.position = None, next_position(page.version.pages.all())
        copy.key = free_key(page.key, page.version.pages.values_list("key", flat=True))
        copy.save(force_insert=True)
        keys: dict[str, str] = {}
        for question in questions:
            keys[question.key] = _copy(question, copy, keys).key
        insert(page.version.pages.all(), copy.pk, position + 1)
        return copy


def _copy(question: Question, page: Page, keys: Mapping[str, str]) -> Question:
    """Last on the page; `keys` are the copies of earlier ones, by the keys of the originals."""
    copy = Question.objects.get(pk=question.pk)
    copy.pk, copy.page, copy.position = None, page, next_position(page.questions.all())
    copy.key = free_key(question.key, keys_ever(question.version))
    if copy.when:
        copy.when = as_json(renamed(condition_of(copy.when), keys))
    copy.save(force_insert=True)
    Choice.objects.bulk_create(
        Choice(question=copy, position=choice.position, key=choice.key, label=choice.label) for choice in question.choices.all()
    )
    return copy
