"""A response is left out of the counts, with a public reason and by two; or counted again, before results are published."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import audit
from common.errors import DomainError
from consultation.models import Consultation, Exclusion, Response
from consultation.permissions import can_agree_to_exclude, can_exclude
from notifications.events import record_event


class ExcludedAlready(DomainError):
    """Somebody asked for it before."""


class ExclusionGone(DomainError):
    """It was decided about meanwhile."""


@transaction.atomic
def ask_to_exclude(response: Response, *, reason: str, by: User, at: datetime) -> Exclusion:
    """Ask for a second person’s agreement; until then it counts. `reason` is for everybody to read and names nobody. Raises
    ExcludedAlready, Refused."""
    consultation = _held(response.consultation_id)
    can_exclude(by, consultation).enforce()
    there = Response.objects.filter(pk=response.pk, is_current=True).first()
    if there is None:
        raise ExclusionGone("This answer was taken back or sent anew meanwhile.")
    if Exclusion.objects.filter(response=there).exists():
        raise ExcludedAlready("Somebody has asked for that already: see the list below.")
    exclusion = Exclusion.objects.create(response=there, reason=reason.strip(), asked_at=at, asked_by=by)
    _record("ask_to_exclude", exclusion, by=by, at=at)
    return exclusion


@transaction.atomic
def agree_to_exclude(exclusion: Exclusion, *, by: User, at: datetime) -> Exclusion:
    """From now on it is not counted. Whoever sent a named one is told. Safe twice by the same. Raises ExclusionGone, Refused."""
    exclusion = _exclusion_held(exclusion)
    can_agree_to_exclude(by, exclusion).enforce()
    if exclusion.agreed_at is not None:
        return exclusion
    exclusion.agreed_at, exclusion.agreed_by = at, by
    exclusion.save(update_fields=["agreed_at", "agreed_by"])
    _record("exclude", exclusion, by=by, at=at)
    _tell(exclusion, "excluded", by=by, at=at)
    return exclusion


@transaction.atomic
def count_again(exclusion: Exclusion, *, by: User, at: datetime) -> None:
    """The second person does not agree, or the reason fell away: it is counted. Raises ExclusionGone, Refused."""
    exclusion = _exclusion_held(exclusion)
    can_exclude(by, exclusion.response.consultation).enforce()
    _record("count_again", exclusion, by=by, at=at)
    if exclusion.agreed_at is not None:
        _tell(exclusion, "counted", by=by, at=at)
    exclusion.delete()


def _held(consultation_id: int) -> Consultation:
    """Neither a publication nor a second request slips in between."""
    return Consultation.objects.select_for_update().get(pk=consultation_id)


def _exclusion_held(exclusion: Exclusion) -> Exclusion:
    _held(exclusion.response.consultation_id)
    held = Exclusion.objects.filter(pk=exclusion.pk).select_related("response__consultation").first()
    if held is None:
        raise ExclusionGone("It was decided about meanwhile: the answer is counted.")
    return held


def _record(verb: str, exclusion: Exclusion, *, by: User, at: datetime) -> None:
    """The audit holds which response and why, and not whose."""
    audit.record(f"consultation.{verb}", subject=("response", exclusion.pk), by=by.pk, at=at, reason=exclusion.reason)


def _tell(exclusion: Exclusion, what: str, *, by: User, at: datetime) -> None:
    """Of a confidential one nobody can be told: it stands on the page of the receipt."""
    if exclusion.response.user_id is not None:
        told = {"consultation": exclusion.response.consultation_id, "response": exclusion.pk, "what": what}
        record_event("consultation.excluded", at=at, by=by.pk, **told)
