"""An order of preference, in which some may be level and some left out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from questions.definitions import Canonical, Definition, Given, InvalidAnswerError
from questions.kind import Kind
from questions.order import Groups, from_places, places_of
from questions.ranking_control import control
from tally import Ballot, Profile, count

MOST: Final = 12
METHODS: Final = ("plurality", "borda", "irv", "schulze")


class Ranking(Kind):
    """Canonical form: groups of keys, best first, each group in the order asked; whoever is not named is left out. `[]` is an
    answer too: would rather not rank them."""

    name = "ranking"
    label = "Order of preference"
    use = "Members rank the choices, best first; some may be level, some left out."
    template = "questions/_ranking.html"
    missing = "Rank at least one, or say that you would rather not rank them"
    takes_choices = True
    both = "Either rank some, or say that you would rather not: you did both"
    unknown = "Rank only what is shown, each once"

    def faults(self, asked: Definition) -> list[str]:
        faults = []
        if len(asked.choices) < 2:
            faults.append("It needs at least two things to rank.")
        if len(asked.choices) > MOST:
            faults.append(f"Nobody can rank more than {MOST} things: shorten the list.")
        if len(set(asked.keys)) < len(asked.keys):
            faults.append("Two of its choices have the same key.")
        return [*faults, *super().faults(asked)]

    def instruction(self, asked: Definition) -> str:
        return "Best first."

    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        """Groups by the numbers chosen (gaps closed), and whether the box “rather not” is ticked."""
        groups = from_places({key: posted.get(asked.part(key), "") for key in asked.keys})
        abstain = bool(posted.get(asked.part(":abstain")))
        return {"groups": groups, "abstain": abstain} if groups or abstain else None

    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        if given is None:
            return None
        groups, abstain = as_typed(given)
        if groups and abstain:
            raise InvalidAnswerError(self.both)
        named = [key for group in groups for key in group]
        if len(set(named)) < len(named) or not set(named) <= set(asked.keys) or not all(groups):
            raise InvalidAnswerError(self.unknown)
        if not groups:
            return [] if abstain else None
        order = asked.keys.index
        return [sorted(group, key=order) for group in groups]

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        groups, abstain = as_typed(given) if given is not None else ([], False)
        return control(asked, groups, abstain=abstain)

    def words(self, asked: Definition, answer: Canonical) -> list[str]:
        if not answer:
            return ["I would rather not rank them"]
        places = places_of(_groups(answer))
        lines = [f"{place}. {' and '.join(asked.labels[key] for key in group)}" for place, group in places]
        left_out = [label for key, label in asked.labels.items() if not any(key in group for _, group in places)]
        return [*lines, f"Left out: {', '.join(left_out)}"] if left_out else lines

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """`ranked` ballots go into the counts, `abstained` do not; together they are `n`. `ballots` holds them merged, `results`
        each method's finding with its account in words."""
        cast = Counter(tuple(tuple(group) for group in _groups(answer)) for answer in answers)
        abstained = cast.pop((), 0)
        profile = Profile(asked.keys, tuple(Ballot.of(groups, times) for groups, times in cast.items()))
        found = count(profile, METHODS) if cast else {}
        return {
            "n": cast.total() + abstained,
            "ranked": cast.total(),
            "abstained": abstained,
            "candidates": [[choice.key, choice.label, choice.letter] for choice in asked.choices],
            "digest": profile.digest,
            "ballots": sorted([[list(group) for group in groups], times] for groups, times in cast.items()),
            "results": {
                name: {**result.as_dict(), "sentences": list(result.sentences(asked.labels))} for name, result in found.items()
            },
        }


def as_typed(given: Given) -> tuple[Groups, bool]:
    """Groups, and whether the box was ticked, out of a draft's form or the canonical one. Raises InvalidAnswerError."""
    if isinstance(given, list):
        return _groups(given), not given
    if isinstance(given, dict):
        groups = given.get("groups", [])
        if isinstance(groups, list):
            return _groups(groups), bool(given.get("abstain"))
    raise InvalidAnswerError(Ranking.unknown)


def _groups(value: object) -> Groups:
    if not isinstance(value, list) or not all(isinstance(group, list) for group in value):
        raise InvalidAnswerError(Ranking.unknown)
    return [[str(key) for key in group] for group in value]
