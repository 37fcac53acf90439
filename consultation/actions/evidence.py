"""What was said in the debate becomes evidence for a question, with its author's yes and never without it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from common import audit
from common.errors import DomainError
from consultation.models import Considered, Consultation, Evidence, QuestionTopic
from consultation.models.evidence import Consent
from consultation.permissions import (
    can_ask_for_evidence,
    can_offer_evidence,
    can_organise,
    can_take_evidence_back,
    can_use_evidence,
)
from consultation.readers.evidence import question_of
from consultation.wording import evidence_line, question_text
from forum.actions.notices import put_post_notice, put_topic_notice, take_post_notice_away
from forum.actions.topics import start_topic
from forum.models import Post, Topic
from notifications.events import record_event
from questions.definitions import Definition

KIND = "consultation.evidence"


class NoSuchQuestion(DomainError):
    """The consultation does not ask that."""


class AlreadySettled(DomainError):
    """The author has said yes or no, or was asked already."""


@transaction.atomic
def offer_evidence(consultation: Consultation, post: Post, question_key: str, *, by: User, at: datetime) -> Evidence:
    """Its author puts a post, as it stands now, to a question: unasked, as a yes to whoever asked, or again after taking it back.
    Offered twice, the newer revision stays. Raises NoSuchQuestion, Refused."""
    consultation = _held(consultation)
    can_offer_evidence(by, consultation, post).enforce()
    _enforce_asked(consultation, question_key)
    evidence = Evidence.objects.filter(consultation=consultation, post=post, question_key=question_key).first()
    evidence = evidence or Evidence(consultation=consultation, post=post, question_key=question_key)
    evidence.revision, evidence.given_at, evidence.declined_at, evidence.withdrawn_at = post.revision, at, None, None
    evidence.save()
    _tell(evidence, at=at)
    _record("offer", evidence, at=at)
    return evidence


@transaction.atomic
def ask_for_evidence(consultation: Consultation, post: Post, question_key: str, *, by: User, at: datetime) -> Evidence:
    """An organiser asks its author. Under a pseudonym the question stands below the post and nowhere else: a notice would have to
    know whom to tell. Raises AlreadySettled, NoSuchQuestion, Refused."""
    consultation = _held(consultation)
    can_ask_for_evidence(by, consultation, post).enforce()
    _enforce_asked(consultation, question_key)
    if Evidence.objects.filter(consultation=consultation, post=post, question_key=question_key).exists():
        raise AlreadySettled("This post was put to that question already; its author has the last word.")
    evidence = Evidence.objects.create(
        consultation=consultation, post=post, question_key=question_key, revision=post.revision, asked_at=at, asked_by=by
    )
    _tell(evidence, at=at)
    if post.author_id is not None:
        record_event("consultation.evidence_asked", at=at, by=by.pk, evidence=evidence.pk, consultation=consultation.pk)
    _record("ask", evidence, at=at, asked_by=by.pk)
    return evidence


@transaction.atomic
def decline_evidence(evidence: Evidence, *, by: User, at: datetime) -> None:
    """The author says no to whoever asked. Raises AlreadySettled, Refused."""
    evidence = _held_evidence(evidence)
    can_offer_evidence(by, evidence.consultation, evidence.post).enforce()
    if evidence.consent_at(at) is not Consent.ASKED:
        raise AlreadySettled("Nothing is asked of you here any more.")
    evidence.declined_at = at
    evidence.save(update_fields=["declined_at"])
    _tell(evidence, at=at)
    _record("decline", evidence, at=at)


@transaction.atomic
def withdraw_evidence(evidence: Evidence, *, by: User, at: datetime) -> None:
    """The author takes their yes back, until results are published. Raises AlreadySettled, Refused."""
    evidence = _held_evidence(evidence)
    can_take_evidence_back(by, evidence.consultation, evidence.post).enforce()
    if evidence.consent_at(at) is not Consent.GIVEN:
        raise AlreadySettled("It is not evidence.")
    evidence.withdrawn_at = at
    evidence.save(update_fields=["withdrawn_at"])
    _tell(evidence, at=at)
    _record("take_back", evidence, at=at)


def let_lapse(*, at: datetime) -> int:
    """Nobody answered in time, which is a no: the line that asks goes from under the post, where a pseudonym's author was to find
    it. Returns how many lines went. Safe twice and in parallel."""
    silent = Evidence.objects.filter(given_at=None, declined_at=None, post__author=None, post__notices__contains=[{"kind": KIND}])
    due = silent.filter(asked_at__lte=at - timedelta(days=settings.EVIDENCE_DAYS)).select_related("consultation", "post")
    return sum(_lapse(evidence.pk, at=at) for evidence in list(due.order_by("pk")) if _has_line(evidence))


@transaction.atomic
def _lapse(pk: int, *, at: datetime) -> int:
    evidence = _held_evidence(Evidence.objects.select_related("consultation").get(pk=pk))
    if evidence.consent_at(at) is not Consent.LAPSED:  # its author was quicker
        return 0
    _tell(evidence, at=at)
    return 1


@transaction.atomic
def consider_post(consultation: Consultation, post: Post, *, by: User, at: datetime) -> None:
    """An organiser read it and asks for nothing. Safe twice. Raises Refused."""
    can_ask_for_evidence(by, consultation, post).enforce()
    _, made = Considered.objects.get_or_create(consultation=consultation, post=post, defaults={"by": by, "at": at})
    if made:
        audit.record("consultation.consider", subject=("post", post.pk), by=by.pk, at=at, consultation=consultation.pk)


@transaction.atomic
def consider_again(consultation: Consultation, post: Post, *, by: User, at: datetime) -> None:
    """Back among the posts that nobody considered. Safe twice. Raises Refused."""
    can_ask_for_evidence(by, consultation, post).enforce()
    gone, _ = Considered.objects.filter(consultation=consultation, post=post).delete()
    if gone:
        audit.record("consultation.consider_again", subject=("post", post.pk), by=by.pk, at=at, consultation=consultation.pk)


@transaction.atomic
def open_question_topic(consultation: Consultation, question_key: str, *, by: User, at: datetime) -> Topic:
    """A topic of its own for one question, beside the consultation's. Asked twice, the first is given. Raises NoSuchQuestion,
    Refused."""
    can_organise(by).enforce()
    consultation = _held(consultation)
    can_use_evidence(consultation).enforce()
    asked = _enforce_asked(consultation, question_key)
    there = QuestionTopic.objects.filter(consultation=consultation, question_key=question_key).select_related("topic").first()
    if there is not None:
        return there.topic
    assert consultation.topic is not None
    topic = start_topic(
        consultation.topic.category,
        by=by,
        title=f"{asked.text[:110]} ({consultation.title[:35].strip()})"[:150],
        body=question_text(consultation, asked),
        at=at,
        kind=Topic.Kind.CONSULTATION,
    )
    QuestionTopic.objects.create(consultation=consultation, question_key=question_key, topic=topic)
    put_topic_notice(
        topic,
        kind="consultation",
        text=f"About one question of “{consultation.title}”.",
        url=f"{consultation.get_absolute_url()}questions/",
        at=at,
    )
    audit.record("consultation.question_topic", subject=("consultation", consultation.pk), by=by.pk, at=at, question=question_key)
    return topic


def _held(consultation: Consultation) -> Consultation:
    """For sharing with whoever answers; results are published after or before, not meanwhile."""
    held = Consultation.objects.select_for_update(of=("self",), no_key=True).select_related("topic__category")
    return held.get(pk=consultation.pk)


def _held_evidence(evidence: Evidence) -> Evidence:
    _held(evidence.consultation)
    rows = Evidence.objects.select_for_update(of=("self",))
    return rows.select_related("consultation", "post__persona", "post__topic__category").get(pk=evidence.pk)


def _enforce_asked(consultation: Consultation, question_key: str) -> Definition:
    asked = question_of(consultation, question_key)
    if asked is None:
        raise NoSuchQuestion("Choose one of the questions of this consultation.")
    return asked


def _tell(evidence: Evidence, *, at: datetime) -> None:
    """The line under the post: that it is evidence, or, under a pseudonym, that somebody asks."""
    url = _place(evidence)
    line = evidence_line(evidence, evidence.consent_at(at))
    if line:
        put_post_notice(evidence.post, kind=KIND, text=line, url=url)
    else:
        take_post_notice_away(evidence.post, kind=KIND, url=url)


def _place(evidence: Evidence) -> str:
    return f"{evidence.consultation.get_absolute_url()}evidence/#{evidence.question_key}"


def _has_line(evidence: Evidence) -> bool:
    return (KIND, _place(evidence)) in {(notice["kind"], notice["url"]) for notice in evidence.post.notices}


def _record(verb: str, evidence: Evidence, *, at: datetime, asked_by: int | None = None) -> None:
    """In the audit the author is who the post says: a person, or a persona and nobody."""
    post = evidence.post
    audit.record(
        f"consultation.evidence_{verb}",
        subject=("post", post.pk),
        by=asked_by or post.author_id or post.persona_id,
        persona=asked_by is None and post.persona_id is not None,
        at=at,
        consultation=evidence.consultation_id,
        question=evidence.question_key,
        revision=evidence.revision,
    )
