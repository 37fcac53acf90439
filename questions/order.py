"""Orders with ties: from places to groups and back, and what the buttons of a ranking do to them."""

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

Groups: TypeAlias = list[list[str]]
"""Best first; those of one group are level."""

Step: TypeAlias = Literal["add", "up", "down", "out"]
STEPS: frozenset[str] = frozenset(get_args(Step))


def from_places(places: Mapping[str, str]) -> Groups:
    """Groups by their numbers, as chosen in a form: equal numbers are level, gaps close, what is no number is left out."""
    numbered = {key: int(place) for key, place in places.items() if place.isascii() and place.isdigit() and len(place) < 4}
    return [[key for key, place in numbered.items() if place == level] for level in sorted(set(numbered.values()))]


def places_of(groups: Groups) -> list[tuple[int, list[str]]]:
    """Each group with its place: 1, 2, 3, whoever is level counting as one place."""
    return list(enumerate(groups, start=1))


def moved(groups: Groups, step: Step, key: str) -> Groups:
    """The order after a press of a button. `add` puts last; `up` and `down` go past the neighbouring place, or out of a tie;
    `out` leaves out. What makes no sense changes nothing."""
    at = next((index for index, group in enumerate(groups) if key in group), None)
    if at is None:
        return [*groups, [key]] if step == "add" else groups
    rest = [[each for each in group if each != key] for group in groups]
    was_tied = bool(rest[at])
    if step == "up":
        rest.insert(at if was_tied else max(at - 1, 0), [key])
    elif step == "down":
        rest.insert(at + 1 if was_tied else min(at + 2, len(rest)), [key])
    elif step == "add":
        return groups
    return [group for group in rest if group]
