"""Asking a page or a question of some respondents only."""

from datetime import datetime

from accounts.models import User
from common.errors import DomainError
from consultation.actions.drafting import changing_questions
from consultation.models import Page, Question
from consultation.paths.conditions import MOST_PARTS, Condition, as_json, parts_of


class TooManyParts(DomainError):
    """Nobody could follow it."""


def set_condition(place: Page | Question, condition: Condition | None, *, by: User, at: datetime, as_seen: str = "") -> None:
    """Ask this page or question where the condition holds; None: always. Whether it speaks of what is there and can ever hold is
    checked before the consultation opens. Raises TooManyParts, and ChangedMeanwhile where the place is not `as_seen` any more."""
    if len(parts_of(condition)[1]) > MOST_PARTS:
        raise TooManyParts(f"A condition has {MOST_PARTS} parts at most.")
    told = as_json(condition) if condition is not None else None
    key = f"{'page' if isinstance(place, Page) else 'question'}:{place.key}"
    with changing_questions(place.version, "set_condition", by=by, at=at, row=place, as_seen=as_seen, place=key, when=told):
        place.when = told
        place.save(update_fields=["when"])
