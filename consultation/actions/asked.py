"""What people ask about a consultation, and what its page had wrong."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import audit
from common.errors import DomainError
from common.markdown import render
from consultation.actions.drafting import enforce_as_seen
from consultation.actions.holding import hold_open
from consultation.models import Consultation, Correction, FrequentQuestion
from consultation.ordering import Direction, move, next_position
from consultation.permissions import can_correct


class AnsweredAlready(DomainError):
    """A question stands once, with one answer."""


class TakenOffMeanwhile(DomainError):
    """Its other words have no place any more."""


class NothingSaid(DomainError):
    """A correction says something."""


@transaction.atomic
def answer_frequent_question(
    consultation: Consultation,
    *,
    question: str,
    answer: str,
    by: User,
    at: datetime,
    instead_of: FrequentQuestion | None = None,
    as_seen: str = "",
) -> FrequentQuestion:
    """Answer for everybody what several ask; `instead_of`: in other words than before. Said twice it stands once. Raises
    AnsweredAlready, TakenOffMeanwhile, and ChangedMeanwhile where it is not `as_seen` any more."""
    can_correct(by, _held(consultation.pk)).enforce()
    there = consultation.frequent_questions.filter(question__iexact=question.strip()).first()
    if there is not None and (instead_of is None or there.pk != instead_of.pk):
        if there.answer == answer and instead_of is None:
            return there
        raise AnsweredAlready("This question is answered on the page already. Change the answer that stands there.")
    if instead_of is None:
        row = FrequentQuestion(consultation=consultation, position=next_position(consultation.frequent_questions.all()))
    else:
        row = _standing(instead_of, as_seen)
    row.question, row.answer, row.answer_html = question, answer, render(answer)
    row.written_at, row.written_by = at, by
    if instead_of is None:
        row.save(force_insert=True)
    else:
        row.save(update_fields=["question", "answer", "answer_html", "written_at", "written_by"])
    audit.record("consultation.faq", subject=("consultation", consultation.pk), by=by.pk, at=at, question=row.pk)
    return row


@transaction.atomic
def move_frequent_question(row: FrequentQuestion, direction: Direction, *, by: User, at: datetime) -> None:
    """Change places with the neighbour; nothing happens where there is none, or where it was taken off meanwhile."""
    can_correct(by, _held(row.consultation_id)).enforce()
    rows = FrequentQuestion.objects.filter(consultation=row.consultation_id)
    if rows.filter(pk=row.pk).exists() and move(rows, row.pk, direction):
        audit.record(
            "consultation.move_faq",
            subject=("consultation", row.consultation_id),
            by=by.pk,
            at=at,
            question=row.pk,
            direction=direction,
        )


@transaction.atomic
def remove_frequent_question(row: FrequentQuestion, *, by: User, at: datetime) -> None:
    """Take it off the page; nothing happens where somebody did so meanwhile."""
    can_correct(by, _held(row.consultation_id)).enforce()
    there = FrequentQuestion.objects.filter(pk=row.pk).first()
    if there is None:
        return
    audit.record(
        "consultation.remove_faq", subject=("consultation", there.consultation_id), by=by.pk, at=at, question=there.question
    )
    there.delete()


@transaction.atomic
def correct_consultation(consultation: Consultation, *, text: str, by: User, at: datetime) -> Correction:
    """Say with a date what the page had wrong and what is right; it stays for good, and said twice it stands once. What members
    were asked does not change by it. Raises NothingSaid."""
    can_correct(by, _held(consultation.pk)).enforce()
    if not text.strip():
        raise NothingSaid("Say what was wrong, and what is right.")
    said = consultation.corrections.filter(text=text.strip()).first()
    if said is not None:
        return said
    audit.record("consultation.correct", subject=("consultation", consultation.pk), by=by.pk, at=at)
    return Correction.objects.create(consultation=consultation, text=text.strip(), at=at, by=by)


def _standing(instead_of: FrequentQuestion, as_seen: str) -> FrequentQuestion:
    row = FrequentQuestion.objects.filter(pk=instead_of.pk).first()
    if row is None:
        raise TakenOffMeanwhile("Somebody took this question off the page meanwhile. Answer it anew if it is still asked.")
    enforce_as_seen(row, as_seen)
    return row


def _held(consultation_id: int) -> Consultation:
    """Those who write on the page of one consultation follow each other, and neither wait for members who answer nor hold them
    up."""
    return hold_open(consultation_id, one_by_one="its page")
