"""What the ranking's control shows: what is ranked, what is not, and the same as numbers."""

from dataclasses import dataclass
from typing import Any

from questions.definitions import Choice, Definition
from questions.order import Groups, places_of


@dataclass(frozen=True, slots=True)
class Ranked:
    """A choice in its place. `level_with` are the labels of those it is tied with; `tied` after the first of a tie."""

    choice: Choice
    place: int
    level_with: tuple[str, ...]
    tied: bool
    can_up: bool
    can_down: bool


@dataclass(frozen=True, slots=True)
class Numbered:
    """A choice with the number it has, 0 where it is left out."""

    choice: Choice
    place: int


def control(asked: Definition, groups: Groups, *, abstain: bool) -> dict[str, Any]:
    """`ranked` best first, `left_out` and `numbers` in the order asked. Keys that are not asked are passed over."""
    choices = {choice.key: choice for choice in asked.choices}
    known = [group for group in ([key for key in group if key in choices] for group in groups) if group]
    places = {key: place for place, group in places_of(known) for key in group}
    return {
        "ranked": [_ranked(choices, known, place, key) for place, group in places_of(known) for key in group],
        "left_out": [choice for choice in asked.choices if choice.key not in places],
        "numbers": [Numbered(choice, places.get(choice.key, 0)) for choice in asked.choices],
        "places": range(1, len(asked.choices) + 1),
        "abstain": abstain,
    }


def _ranked(choices: dict[str, Choice], groups: Groups, place: int, key: str) -> Ranked:
    group = groups[place - 1]
    alone = len(group) == 1
    return Ranked(
        choice=choices[key],
        place=place,
        level_with=tuple(choices[other].label for other in group if other != key),
        tied=group.index(key) > 0,
        can_up=place > 1 or not alone,
        can_down=place < len(groups) or not alone,
    )
