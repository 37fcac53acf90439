"""One open case for each thing."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from accounts.models import User
from forum.models import Post, Topic
from moderation.models import Case
from moderation.permissions import Thing
from notifications.events import record_event

FIRST_WEIGHT: Final = {"reported": 0, "held": 3, "found": 0}
"""Before any report: who waits to be published waits for us."""


def open_case(thing: Thing, *, origin: str, at: datetime, by: User | None = None, held_because: str = "") -> tuple[Case, bool]:
    """The open case about this, its row locked, and whether it was made now. Part of the caller's transaction, which has asked
    the rule. Two at once get the same one. A new one that nobody has in hand yet is told to those who may decide it."""
    columns = _columns(thing)
    found = _standing(columns)
    if found is not None:
        return found, False
    try:
        with transaction.atomic():
            case = Case.objects.create(
                **{**columns, "about": _about(thing)},
                origin=origin,
                weight=FIRST_WEIGHT[origin],
                held_because=held_because,
                opened_at=at,
                opened_by=by,
            )
    except IntegrityError:
        found = _standing(columns)
        if found is None:
            raise
        return found, False
    if origin != Case.Origin.FOUND:
        record_event("moderation.opened", at=at, by=None, case=case.pk)
    return case, True


def _standing(columns: dict[str, object]) -> Case | None:
    return Case.objects.open().filter(**columns).select_for_update(of=("self",)).first()


def _columns(thing: Thing) -> dict[str, object]:
    if isinstance(thing, Post):
        return {"post": thing, "topic_id": thing.topic_id}
    if isinstance(thing, Topic):
        return {"post": None, "topic": thing}
    return {"post": None, "topic": None, "about": thing}


def _about(thing: Thing) -> User | None:
    return thing if isinstance(thing, User) else thing.author
