"""The versions of a questionnaire: what each changed, why, who approved it, and how many answered it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from consultation.changes import Changes, changes_between
from consultation.models import Consultation, Draft, Response, Review, Version
from consultation.models.response import COUNTED
from consultation.proof.rules import Later
from consultation.questionnaire import digest
from consultation.readers.answered import how_many_count
from consultation.readers.holders import held_by, is_detached
from consultation.readers.paths import FACTS
from consultation.readers.questionnaires import current_version, published_versions, questionnaire_of


@dataclass(frozen=True, slots=True)
class VersionTold:
    """One version as everybody reads of it. `answered`: current responses under it; `confirmed` of them came from members who
    were asked whether their earlier answer stands, and it did. `changes` and `review` are empty for the first."""

    version: Version
    changes: Changes
    review: Review | None
    answered: int
    confirmed: int


def written_version(consultation: Consultation) -> Version | None:
    """The later version that is being written, if any. Nobody's but its organisers'."""
    if consultation.opened_at is None:
        return None
    rows = Version.objects.filter(consultation=consultation, published_at=None)
    return rows.select_related("consultation", "started_by").first()


def version_review(version: Version) -> Review | None:
    """The round that is under way, or that has approved it; None while it is being written."""
    rows = Review.objects.filter(version=version, ended_at=None).exclude(approved=False)
    return rows.select_related("asked_by", "decided_by").first()


def version_reviews(version: Version) -> list[Review]:
    """Every round about it, the latest first."""
    return list(Review.objects.filter(version=version).select_related("asked_by", "decided_by"))


def is_asked_to_confirm(user_id: int, consultation: Consultation) -> bool:
    """Whether this person's current response answers the questions as they were before a material change. Two statements, one
    more where it is confidential."""
    return answered_before_the_change(consultation).filter(held_by(consultation, user_id)).exists()


def answered_before_the_change(consultation: Consultation) -> "QuerySet[Response]":
    """Current responses to the questions as they were before the last material change; none where there was none. One
    statement."""
    material = latest_material(consultation)
    rows = Response.objects.filter(consultation=consultation, is_current=True)
    return rows.none() if material is None else rows.filter(version__number__lt=material.number)


def begun_before_the_change(consultation: Consultation) -> "QuerySet[Draft]":
    """Drafts that were begun before it. One statement."""
    material = latest_material(consultation)
    rows = Draft.objects.filter(version__consultation=consultation, entry=None)
    return rows.none() if material is None else rows.filter(begun_under__number__lt=material.number)


def latest_material(consultation: Consultation) -> Version | None:
    """The last version that is a material change of what was asked before, where there is one."""
    rows = Version.objects.filter(consultation=consultation, published_at__isnull=False, materiality="material")
    return rows.order_by("-number").first()


def changes_of(version: Version, before: Version) -> Changes:
    """What a version changes in the one before. No statement once both are published, four else."""
    return changes_between(questionnaire_of(before), questionnaire_of(version), facts=FACTS)


def version_digest(version: Version, before: Version) -> str:
    """The SHA-256 by which a review is bound to the very text that was read, to what it is a change of, and to what was said of
    that change."""
    told: dict[str, Any] = {"before": before.digest, "asked": questionnaire_of(version).as_dict()}
    return digest(told | {"materiality": version.materiality, "reason": version.reason})


def versions_told(consultation: Consultation) -> list[VersionTold]:
    """Every version that was put to the members, the first on top; three statements."""
    versions = published_versions(consultation)
    reviews = {row.version_id: row for row in _approvals(consultation)} if len(versions) > 1 else {}
    counts = responses_by_version(consultation)
    told = []
    for index, version in enumerate(versions):
        changes = changes_of(version, versions[index - 1]) if index else Changes()
        told.append(VersionTold(version, changes, reviews.get(version.pk), *counts.get(version.pk, (0, 0))))
    return told


def later_versions(consultation: Consultation, versions: Sequence[Version]) -> tuple[Later, ...]:
    """Of all published versions those after the first, as the rules judge them. No statement where there are none, else two."""
    if len(versions) < 2:
        return ()
    reviews = {row.version_id: row for row in _approvals(consultation)}
    counts = responses_by_version(consultation)
    return tuple(
        Later(
            number=version.number,
            is_material=version.is_material,
            is_reviewed=version.pk in reviews and reviews[version.pk].decided_by_id != version.started_by_id,
            answered=version.answered_before,
            confirmed=counts.get(version.pk, (0, 0))[1],
        )
        for version in versions[1:]
    )


def responses_by_version(consultation: Consultation) -> Mapping[int, tuple[int, int]]:
    """Members' counted responses by the version that they answer, and those that confirm an earlier answer. One statement, one
    more in a detached one."""
    if is_detached(consultation):  # it has one
        return {current_version(consultation).pk: (how_many_count(consultation), 0)}
    rows = Response.objects.filter(COUNTED, consultation=consultation).of_members().order_by().values("version")
    counted = rows.annotate(n=Count("pk"), confirmed=Count("pk", filter=Q(confirms=True)))
    return {row["version"]: (row["n"], row["confirmed"]) for row in counted}


def _approvals(consultation: Consultation) -> list[Review]:
    rows = Review.objects.filter(version__consultation=consultation, version__published_at__isnull=False, approved=True)
    return list(rows.filter(ended_at=None).select_related("asked_by", "decided_by"))
