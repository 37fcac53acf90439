"""What every change of a draft has in common: the consultation is locked, it is still a draft, the row is as its writer saw it,
an approval of its text lapses, and a row says what was done."""

import hashlib
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
from consultation.models import Consultation, Question, Version
from consultation.permissions import can_write, can_write_questions


class TakenOutMeanwhile(DomainError):
    """Somebody took it out while this change was on its way."""


class ChangedMeanwhile(DomainError):
    """Somebody changed it while this change was on its way."""


def state_of(row: Model) -> str:
    """A mark of all that a row says, a question with its choices, a consultation with what became of its options: whether it is
    as it was seen."""
    told: list[Any] = [str(getattr(row, field.attname)) for field in row._meta.concrete_fields]  # noqa: SLF001
    if isinstance(row, Question):
        told += row.choices.values_list("position", "key", "label")
    if isinstance(row, Consultation):
        told += row.options.values_list("pk", "fate", "because")
    return hashlib.sha256(repr(told).encode()).hexdigest()


def enforce_as_seen(row: Model, as_seen: str) -> None:
    """Under the lock. `as_seen` is the state that the writer knew; empty where nobody looked at it. Raises ChangedMeanwhile."""
    if as_seen and as_seen != state_of(row):
        raise ChangedMeanwhile("Somebody changed it meanwhile. Look at what stands there now.")


@contextmanager
def changing(
    consultation_id: int, verb: str, *, by: User, at: datetime, row: Model | None = None, as_seen: str = "", **details: Any
) -> Iterator[Consultation]:
    """One transaction around a change of what is asked; `row`, where it is about one, is read anew under the lock, and is still
    as it was seen where that is told. Raises Refused unless `by` may write this draft, TakenOutMeanwhile, ChangedMeanwhile."""
    with transaction.atomic():
        consultation = Consultation.objects.select_for_update().get(pk=consultation_id)
        can_write(by, consultation).enforce()
        read_anew(row, as_seen)
        lapse_approval(consultation, by=by, at=at)
        yield consultation
        audit.record(f"consultation.{verb}", subject=("consultation", consultation_id), by=by.pk, at=at, **details)


@contextmanager
def changing_questions(
    version: Version, verb: str, *, by: User, at: datetime, row: Model | None = None, as_seen: str = "", **details: Any
) -> Iterator[None]:
    """The same around a change of pages and questions, of a draft or of a new version of what is open. Raises Refused unless `by`
    may write this version, TakenOutMeanwhile, ChangedMeanwhile."""
    with transaction.atomic():
        consultation = Consultation.objects.select_for_update().get(pk=version.consultation_id)
        can_write_questions(by, consultation, at).enforce()
        if not Version.objects.filter(pk=version.pk, published_at=None).exists():
            no("What members were asked does not change any more. Start a new version.").enforce()
        read_anew(row, as_seen)
        if consultation.opened_at is None:
            lapse_approval(consultation, by=by, at=at)
        else:
            lapse_version_approval(consultation, at=at)
        yield
        audit.record(f"consultation.{verb}", subject=("consultation", consultation.pk), by=by.pk, at=at, **details)


def read_anew(row: Model | None, as_seen: str = "") -> None:
    """As it stands now. Raises TakenOutMeanwhile, ChangedMeanwhile."""
    if row is None:
        return
    try:
        row.refresh_from_db()
    except ObjectDoesNotExist:
        raise TakenOutMeanwhile("It was taken out meanwhile. Go back to the draft to see how it stands now.") from None
    enforce_as_seen(row, as_seen)
