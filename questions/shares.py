"""A whole number beside each choice: what points and scores have in common."""

from collections.abc import Mapping
from typing import Any

from questions.definitions import Choice, Definition, Given, InvalidAnswerError
from questions.rating import number_of
from questions.texts import typed

UNKNOWN = "Give numbers only to what is shown"


def read_numbers(asked: Definition, posted: Mapping[str, str]) -> Given | None:
    """As typed, by key; what was left empty is not there."""
    found = {key: text for key in asked.keys if (text := typed(posted, asked.part(key), 20))}
    return found or None


def as_typed(asked: Definition, given: Given) -> dict[str, Any]:
    """Raises InvalidAnswerError where a choice is named that is not asked."""
    if not isinstance(given, dict) or not set(given) <= set(asked.keys):
        raise InvalidAnswerError(UNKNOWN)
    if not all(isinstance(each, (str, int)) and not isinstance(each, bool) for each in given.values()):
        raise InvalidAnswerError(UNKNOWN)
    return given


def numbers_of(asked: Definition, given: Given) -> dict[str, int]:
    """By key in the order asked. Raises InvalidAnswerError, quoting what is no whole number from 0 up."""
    told, found = as_typed(asked, given), {}
    for key in asked.keys:
        if key in told and told[key] != "":
            number = number_of(told[key])
            if number is None:
                raise InvalidAnswerError(f"Write a whole number for “{asked.labels[key]}”, not “{told[key]}”")
            found[key] = number
    return found


def fields(asked: Definition, given: Given | None) -> list[tuple[Choice, str, str]]:
    """Each choice with the name of its field and what was typed there."""
    told = as_typed(asked, given) if given is not None else {}
    return [(choice, asked.part(choice.key), str(told.get(choice.key, ""))) for choice in asked.choices]
