"""Draws the answers of invented people, so that they differ by nation and list size as people would. Pure: the same seed gives
the same answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

Weights = dict[str, float]


@dataclass
class Person:
    """Who answers. `lean` is for, against or conditional; `given` fills as questions are drawn."""

    nation: str
    list_size: str
    lean: str = ""
    given: dict[str, Any] = field(default_factory=dict)


def weights(tendency: Mapping[str, Any], person: Person) -> Weights:
    """base × by_nation × by_size × by_lean; a missing factor is 1."""
    told: Weights = dict(tendency["base"])
    factors = (("by_nation", person.nation), ("by_size", person.list_size), ("by_lean", person.lean))
    for table, key in factors:
        for choice, factor in tendency.get(table, {}).get(key, {}).items():
            told[choice] = told[choice] * factor
    return told


def draw(rng: Random, options: Weights) -> str:
    """One key, by weight."""
    keys = list(options)
    return rng.choices(keys, [options[key] for key in keys])[0]


def draw_ranking(rng: Random, tendency: Mapping[str, Any], person: Person) -> list[str]:
    """Places in order, first one first; it stops after as many as `depth` says."""
    left = weights(tendency, person)
    depth = int(draw(rng, {str(places): weight for places, weight in tendency.get("depth", {len(left): 1}).items()}))
    places = [draw(rng, left)]
    left.pop(places[0])
    left = {key: weight * tendency.get("later", {}).get(key, 1) for key, weight in left.items()}
    while left and len(places) < depth:
        places.append(draw(rng, left))
        left.pop(places[-1])
    return places


def draw_choice(rng: Random, tendency: Mapping[str, Any], person: Person) -> str:
    """One choice, but never the first place of the ranking that `never_first_of` names."""
    options = weights(tendency, person)
    ranking = person.given.get(tendency.get("never_first_of", ""))
    if ranking:
        options.pop(ranking[0], None)
    return draw(rng, options)


def draw_rows(rng: Random, tendency: Mapping[str, Any]) -> dict[str, str]:
    """One step of the scale for each row of a matrix."""
    return {row: draw(rng, steps) for row, steps in tendency["each"].items()}


class Texts:
    """Written answers, each handed out at most once."""

    def __init__(self, answers: Sequence[Mapping[str, Any]]) -> None:
        self._left: dict[str, list[Mapping[str, Any]]] = {}
        for answer in answers:
            self._left.setdefault(answer["question"], []).append(answer)

    def take(self, question: str, *, match: str, person: Person) -> str:
        """The best fit by nation, size and lean that is left; empty where none fits. `match` names the question whose answer is
        the lean (a ranking's first place), or is `lean` itself."""
        given = person.given.get(match) if match != "lean" else person.lean
        lean = given[0] if isinstance(given, list) and given else given
        traits = (("nation", person.nation), ("list_size", person.list_size), ("lean", lean))
        fitting = [
            answer
            for answer in self._left.get(question, ())
            if all(answer.get(trait, "any") in {"any", value} for trait, value in traits)
        ]
        if not fitting:
            return ""
        best = max(fitting, key=lambda answer: sum(answer.get(trait, "any") == value for trait, value in traits))
        self._left[question].remove(best)
        return str(best["text"]).strip()


def draw_answer(rng: Random, question: Mapping[str, Any], tendency: Mapping[str, Any], person: Person, texts: Texts) -> None:
    """Into what the person has given; nothing where they leave the question out."""
    if rng.random() >= tendency.get("answered", 1):
        return
    if question["type"] == "ranking":
        person.given[question["key"]] = draw_ranking(rng, tendency, person)
    elif question["type"] == "matrix":
        person.given[question["key"]] = draw_rows(rng, tendency)
    elif question["type"] == "long_text":
        text = texts.take(question["key"], match=tendency["match"], person=person)
        if text:
            person.given[question["key"]] = text
    else:
        person.given[question["key"]] = draw_choice(rng, tendency, person)
