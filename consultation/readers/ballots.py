"""A detached consultation: who took part, as the ledger says; what somebody has begun, as their browser's key opens it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.conf import settings

from consultation.confidentiality import unwrapped
from consultation.detachment import CannotOpenError, draft_key, draft_name, opened
from consultation.models import BallotBox, Consultation, Ledger, SealedDraft
from questions.definitions import Given

Mark = Literal["absent", "may", "took part"]


@dataclass(frozen=True, slots=True)
class Typed:
    """One answer of a sealed draft as typed; the rest as of `DraftAnswer`."""

    value: Given
    writer: str = ""
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """A draft that was opened by its browser's key."""

    page: int
    saved_at: datetime
    answers: Mapping[str, Typed] = field(default_factory=dict)

    @property
    def given(self) -> dict[str, Given]:
        return {key: typed.value for key, typed in self.answers.items()}

    def as_dict(self) -> dict[str, Any]:
        """What JSON can hold, and `of` reads."""
        answers = {key: [typed.value, typed.writer, typed.sequence] for key, typed in self.answers.items()}
        return {"page": self.page, "saved_at": self.saved_at.isoformat(), "answers": answers}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Begun":
        answers = {key: Typed(*typed) for key, typed in told["answers"].items()}
        return cls(told["page"], datetime.fromisoformat(told["saved_at"]), answers)


def mark_of_member(consultation: Consultation, user_id: int | None) -> Mark:
    """What the ledger says of somebody. One statement."""
    row = Ledger.objects.filter(consultation=consultation, user=user_id).values_list("took_part", flat=True).first()
    return "absent" if row is None else "took part" if row else "may"


def about_draft(consultation: Consultation) -> str:
    """What a sealed draft is of."""
    return f"draft {consultation.pk}"


def about_ballot(consultation: Consultation) -> str:
    return f"ballot {consultation.pk}"


def begun_by(member: int, consultation: Consultation, key: bytes | None) -> Begun | None:
    """What this member has begun in the browser that holds `key`. At most one statement."""
    if key is None:
        return None
    row = SealedDraft.objects.filter(pk=draft_name(key, consultation=consultation.pk, member=member)).first()
    return None if row is None else opened_draft(row, consultation, key=key, member=member)


def opened_draft(row: SealedDraft, consultation: Consultation, *, key: bytes, member: int) -> Begun | None:
    """None where it was changed by another hand than ours: then it begins anew."""
    seal = draft_key(key, consultation=consultation.pk, member=member)
    try:
        return Begun.of(opened(bytes(row.sealed), key=seal, about=about_draft(consultation)))
    except CannotOpenError:
        return None


def box_key(box: BallotBox) -> bytes | None:
    """What ballots are sealed with; None once they are opened, or never will be. Raises WrongKeyError."""
    if box.wrapped is None:
        return None
    return unwrapped(bytes(box.wrapped), under=settings.CONSULTATION_KEY, consultation=box.consultation_id)
