"""Putting a new version to the members: from one moment on it is what is asked, and whoever had begun goes on with it."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Least

from accounts.models import User
from common.errors import DomainError
from consultation.actions.holding import hold_for_a_step
from consultation.actions.news import write_to_the_public
from consultation.actions.record import record_transition
from consultation.actions.versions import NoNewVersion
from consultation.carrying import WRITTEN, fits, has_the_same_shape
from consultation.models import Consultation, Draft, DraftAnswer, Response, Transition, Version
from consultation.permissions import can_publish_version
from consultation.questionnaire import digest
from consultation.readers.questionnaires import current_version, question_ids, questionnaire_of, written
from consultation.readers.versions import version_digest, version_review, written_version
from notifications.events import record_event
from questions.definitions import Definition

_BATCH = 2_000


class NotTheApprovedVersion(DomainError):
    """It is not the very text that was approved."""


@transaction.atomic
def publish_version(consultation: Consultation, *, by: User, at: datetime) -> Version:
    """From now on this is asked. Waits for every answer that is on its way: those are under the version before. Drafts go on with
    this one and lose nothing. Where it is material, whoever answered before is asked whether their answer stands, and
    whoever had begun is told. Raises
    NoNewVersion, NotTheApprovedVersion, Refused."""
    consultation = hold_for_a_step(consultation.pk)
    version = written_version(consultation)
    if version is None:
        raise NoNewVersion("No new version is being written.")
    review, before = version_review(version), current_version(consultation)
    can_publish_version(by, consultation, review, at).enforce()
    assert review is not None
    if review.digest != version_digest(version, before):
        raise NotTheApprovedVersion("The text is not the one that was approved. Ask for another review.")
    version.canonical = written(version).as_dict()
    version.digest = digest(version.canonical)
    version.published_at, version.published_by = at, by
    version.counts_from = version.number if version.is_material else before.counts_from
    version.answered_before = Response.objects.filter(consultation=consultation, is_current=True).count()
    version.save()
    _carry_drafts(before, version)
    here = consultation.state_at(at)
    note = f"Version {version.number} of the questionnaire, {_called(version)}: {version.reason} SHA-256 {version.digest}."
    record_transition(
        consultation, verb="publish_version", before=here, after=here, by=by, at=at, note=note, what=Transition.VERSION
    )
    if version.is_material:
        for whose in ("own", "begun", "organisation"):
            told = {"consultation": consultation.pk, "version": version.pk, "whose": whose}
            record_event("consultation.version", at=at, by=by.pk, **told)
        write_to_the_public(consultation, "changed", at=at)
    return version


def _called(version: Version) -> str:
    return "material" if version.is_material else "a slip of the pen"


def _carry_drafts(before: Version, version: Version) -> None:
    """Every draft is a draft of the new version from now on. What was answered to a question that is still asked stays its answer
    where it fits; the rest stays with the question as it was, set aside. Statements grow with the questions whose answers have to
    be looked at one by one, not with the drafts. What is typed from paper stays with the version that stands there."""
    pages = len(questionnaire_of(version).sheets)
    Draft.objects.filter(version=before, entry=None).update(
        begun_under=Coalesce("begun_under", F("version")), version=version, page=Least("page", pages)
    )
    was = {asked.key: asked for asked in questionnaire_of(before).questions}
    now = {asked.key: asked for asked in questionnaire_of(version).questions}
    ids, fresh = question_ids(before), question_ids(version)
    kept = [key for key in was if key in now and was[key].kind == now[key].kind]
    whole = [key for key in kept if now[key].kind in WRITTEN or has_the_same_shape(was[key], now[key])]
    _carry_all([ids[key] for key in whole], version)
    for key in (key for key in kept if key not in whole):
        _carry_some(ids[key], fresh[key], was=was[key], now=now[key])


def _carry_all(questions: list[int], version: Version) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CARRY, [version.pk, questions])


_CARRY = """
UPDATE consultation_draftanswer answer SET question_id = fresh.id
FROM consultation_question before
JOIN consultation_question fresh ON fresh.key = before.key AND fresh.version_id = %s
WHERE answer.question_id = before.id AND before.id = ANY(%s)
AND NOT EXISTS (SELECT FROM consultation_draft WHERE id = answer.draft_id AND entry_id IS NOT NULL)
"""


def _carry_some(before: int, fresh: int, *, was: Definition, now: Definition) -> None:
    """In bounded memory but for the ids of what fits."""
    rows = DraftAnswer.objects.filter(question=before, draft__entry=None).values_list("pk", "value")
    fitting = [pk for pk, value in rows.iterator(_BATCH) if fits(value, asked_before=was, asked_now=now)]
    for begin in range(0, len(fitting), _BATCH):
        DraftAnswer.objects.filter(pk__in=fitting[begin : begin + _BATCH]).update(question=fresh)
