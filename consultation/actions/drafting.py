"""What every change of a draft has in common: the consultation is locked, it is still a draft, an approval of its text lapses,
and a row says what was done."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Model

from accounts.models import User
from common import audit
from common.errors import DomainError
from common.verdicts import no
from consultation.actions.lapsing import lapse_approval, lapse_version_approval
from consultation.models import Consultation, Version
from consultation.permissions import can_write, can_write_questions


class TakenOutMeanwhile(DomainError):
    """Somebody took it out while this change was on its way."""


@contextmanager
def changing(
    consultation_id: int, verb: str, *, by: User, at: datetime, row: Model | None = None, **details: Any
) -> Iterator[Consultation]:
    """One transaction around a change of what is asked; `row`, where it is about one, is read anew under the lock. Raises Refused
    unless `by` may write this draft, TakenOutMeanwhile."""
    with transaction.atomic():
        consultation = Consultation.objects.select_for_update().get(pk=consultation_id)
        can_write(by, consultation).enforce()
        _read_anew(row)
        lapse_approval(consultation, by=by, at=at)
        yield consultation
        audit.record(f"consultation.{verb}", subject=("consultation", consultation_id), by=by.pk, at=at, **details)


@contextmanager
def changing_questions(
    version: Version, verb: str, *, by: User, at: datetime, row: Model | None = None, **details: Any
) -> Iterator[None]:
    """The same around a change of pages and questions, of a draft or of a new version of what is open. Raises Refused unless `by`
    may write this version, TakenOutMeanwhile."""
    with transaction.atomic():
        consultation = Consultation.objects.select_for_update().get(pk=version.consultation_id)
        can_write_questions(by, consultation, at).enforce()
        if not Version.objects.filter(pk=version.pk, published_at=None).exists():
            no("What members were asked does not change any more. Start a new version.").enforce()
        _read_anew(row)
        if consultation.opened_at is None:
            lapse_approval(consultation, by=by, at=at)
        else:
            lapse_version_approval(consultation, at=at)
        yield
        audit.record(f"consultation.{verb}", subject=("consultation", consultation.pk), by=by.pk, at=at, **details)


def _read_anew(row: Model | None) -> None:
    if row is None:
        return
    try:
        row.refresh_from_db()
    except ObjectDoesNotExist:
        raise TakenOutMeanwhile("It was taken out meanwhile. Go back to the draft to see how it stands now.") from None
