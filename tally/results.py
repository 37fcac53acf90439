"""What a count found: the order, what it rests on, and its account."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from tally.account import Plain, Step, fields_of
from tally.words import listed


@dataclass(frozen=True)
class Result:
    """A method's finding. `ranking` holds tie groups, best first, each in the profile's order of candidates.

    `rule` states the method and how it treats ties; `unit` says what `scores` measure; `tie_broken` is true
    iff the order rests on a tie that the method had to break, and then the account says where.
    """

    method: str
    title: str
    rule: str
    ranking: tuple[tuple[str, ...], ...]
    unit: str
    scores: Mapping[str, Fraction]
    account: tuple[Step, ...]
    tie_broken: bool = False

    @property
    def winners(self) -> tuple[str, ...]:
        """The first group of the ranking: one candidate, or several where they are truly tied."""
        return self.ranking[0]

    def sentences(self, names: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """Tell the account in plain English and close with the order; `names` says what to call each candidate."""

        def name(who: str) -> str:
            return (names or {}).get(who, who)

        places, place = [], 1
        for group in self.ranking:
            sign = "=" if len(group) > 1 else ""
            places.append(f"{place}{sign} {listed(map(name, group))}")
            place += len(group)
        return (*(step.sentence(name) for step in self.account), f"The order: {'; '.join(places)}.")

    def as_dict(self) -> dict[str, Plain]:
        """Give what JSON can hold, exactly: whole numbers as numbers, other fractions as text such as "83/2"."""
        return fields_of(self) | {"winners": list(self.winners), "sentences": list(self.sentences())}
