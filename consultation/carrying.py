"""Whether what was answered to a question under one version of a questionnaire can stand as the answer under another. Pure."""

from typing import Any, Final

from consultation.changes import WORDED_SETTINGS
from questions.definitions import Definition, Given, InvalidAnswerError
from questions.kinds import kind_of

WRITTEN: Final = frozenset({"long_text", "short_text", "number", "date"})
"""What is written in a field stays there also where it could not be sent any more: its writer sees it, and what to mend."""


def has_the_same_shape(one: Definition, other: Definition) -> bool:
    """Whether every answer to the one is an answer to the other: they differ in their words alone, if at all."""
    return _shape(one) == _shape(other)


def fits(given: Given, *, asked_before: Definition, asked_now: Definition) -> bool:
    """Whether an answer as typed under `asked_before` can stand under `asked_now` without losing anything."""
    if asked_before.kind != asked_now.kind:
        return False
    if has_the_same_shape(asked_before, asked_now) or asked_now.kind in WRITTEN:
        return True
    try:
        kind_of(asked_now).clean(asked_now, given)
    except InvalidAnswerError:
        return False
    return True


def _shape(asked: Definition) -> tuple[Any, ...]:
    settings = {name: value for name, value in asked.settings.items() if name not in WORDED_SETTINGS}
    steps = [key for key, _ in settings.pop("scale", ())]
    return asked.kind, asked.keys, asked.longest, steps, settings
