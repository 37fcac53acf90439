"""What a second person reads before a consultation may be scheduled, as one text with one fingerprint."""

from typing import Any

from consultation.models import Consultation, Discarded, Document, Review
from consultation.questionnaire import digest
from consultation.readers.questionnaires import questionnaire_of

_SAID = (
    *("title", "lede", "background", "effects", "asked_by", "single_option_reason", "identity_mode", "days", "contact"),
    *("for_grades", "for_nations", "for_list_sizes", "for_group_id", "only_invited"),
)
_SAID_IF_SET = ("for_organisations", "for_public", "no_documents_reason", "none_discarded_reason")


def text_of(consultation: Consultation) -> dict[str, Any]:
    """All that is put to the members, of a draft or of what was opened, as it was then: a later version has a review of its own.
    Eight statements at most."""
    version = consultation.versions.earliest("number")
    return {
        "details": {name: getattr(consultation, name) for name in _SAID} | _set(consultation),
        "invited": sorted(consultation.invited.values_list("user", flat=True)),
        "ruled out": list(Discarded.objects.filter(consultation=consultation).values_list("name", "reason")),
        "documents": list(Document.objects.filter(consultation=consultation).values_list("title", "url", "note")),
        "asked": questionnaire_of(version).as_dict(),
    }


def _set(consultation: Consultation) -> dict[str, Any]:
    """What came later, only where it is set: what was approved before keeps its fingerprint."""
    return {name: value for name in _SAID_IF_SET if (value := getattr(consultation, name))}


def text_digest(consultation: Consultation) -> str:
    """The SHA-256 by which a review is bound to the very text that was read."""
    return digest(text_of(consultation))


def review_under_way(consultation: Consultation) -> Review | None:
    found = Review.objects.filter(consultation=consultation, version=None, decided_at=None, ended_at=None)
    return found.select_related("asked_by").first()


def reviews_of(consultation: Consultation) -> list[Review]:
    """Those before the opening, the latest first."""
    return list(Review.objects.filter(consultation=consultation, version=None).select_related("asked_by", "decided_by"))
