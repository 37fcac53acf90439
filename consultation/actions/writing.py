"""Beginning a consultation and saying what it is about."""

from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from common import audit
from common.markdown import render
from consultation.actions.drafting import enforce_as_seen
from consultation.actions.lapsing import lapse_approval
from consultation.actions.record import record_transition
from consultation.models import Consultation, State, Version
from consultation.permissions import can_ask_others, can_organise, can_write

RESERVED = {"new", "outcomes", "desk", "evidence", "keys", "templates", "import", "schema", "texts"}
"""Slugs that are addresses of our own."""


class Details(TypedDict, total=False):
    """What an organiser says of a consultation. `background` and `effects` are Markdown; `days` is how long it will be open."""

    title: str
    lede: str
    background: str
    effects: str
    asked_by: str
    single_option_reason: str
    no_documents_reason: str
    none_discarded_reason: str
    identity_mode: str
    days: int
    contact: str


@transaction.atomic
def write_consultation(*, by: User, at: datetime, **details: Unpack[Details]) -> Consultation:
    """A new draft with an empty first version. `title` is required. Its slug comes from the title and stays."""
    can_organise(by).enforce()
    consultation = Consultation(created_at=at, created_by=by)
    _set(consultation, details)
    consultation.slug = _free_slug(consultation.title)
    consultation.save()
    Version.objects.create(consultation=consultation, number=1)
    record_transition(consultation, verb="write", before=None, after=State.DRAFT, by=by, at=at)
    return consultation


@transaction.atomic
def change_details(
    consultation: Consultation, *, by: User, at: datetime, as_seen: str = "", **details: Unpack[Details]
) -> Consultation:
    """Change what is said of a draft. What is not named stays. Refused where others are asked and it would be detached. Raises
    ChangedMeanwhile where it is not `as_seen` any more."""
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    can_write(by, consultation).enforce()
    enforce_as_seen(consultation, as_seen)
    lapse_approval(consultation, by=by, at=at)
    _set(consultation, details)
    if consultation.for_organisations or consultation.for_public:
        can_ask_others(consultation).enforce()
    consultation.save()
    audit.record(
        "consultation.change_details", subject=("consultation", consultation.pk), by=by.pk, at=at, changed=sorted(details)
    )
    return consultation


def _set(consultation: Consultation, details: Details) -> None:
    for name, value in details.items():
        setattr(consultation, name, value)
    consultation.background_html = render(consultation.background)
    consultation.effects_html = render(consultation.effects)


def _free_slug(title: str) -> str:
    """`routes`, `routes-2`, `routes-3` …: the unique constraint has the last word."""
    base = slugify(title)[:70].strip("-") or "consultation"
    taken = RESERVED | set(Consultation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)
