"""What was said: a ballot may tie candidates and leave gaps; a profile is all ballots, equal ones merged."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, permutations, product
from typing import Self, TypeAlias

Groups: TypeAlias = tuple[frozenset[str], ...]


class InvalidBallot(ValueError):
    """The ballots cannot be counted as they are; the message says why."""


class UnknownCandidate(InvalidBallot):
    """A ballot names a candidate who does not stand."""


class CandidateTwice(InvalidBallot):
    """A candidate is named twice, on one ballot or in the list of candidates."""


class NegativeCount(InvalidBallot):
    """A ballot is said to have been cast fewer than zero times."""


@dataclass(frozen=True)
class Ballot:
    """Groups of candidates, best first, cast `count` times; an empty group (a skipped place) is dropped.

    Raises `CandidateTwice` and `NegativeCount`.
    """

    groups: Groups
    count: int = 1

    def __post_init__(self) -> None:
        if self.count < 0:
            raise NegativeCount(f"A ballot cannot be cast {self.count} times.")
        _refuse_repeats(chain.from_iterable(self.groups))
        object.__setattr__(self, "groups", tuple(group for group in self.groups if group))

    @property
    def named(self) -> frozenset[str]:
        """Everybody on the ballot."""
        return frozenset(chain.from_iterable(self.groups))

    @classmethod
    def of(cls, groups: Iterable[Iterable[str]], count: int = 1) -> Self:
        """Make a ballot from plain lists, as they come out of JSON."""
        listed = [tuple(group) for group in groups]
        _refuse_repeats(chain.from_iterable(listed))
        return cls(tuple(frozenset(group) for group in listed), count)


@dataclass(frozen=True)
class Profile:
    """All ballots over some candidates. Equal iff the candidates, in their order, and what was said are equal.

    Candidates a ballot does not name stand below all it names and are tied there, so a last group that
    holds everybody not yet named says nothing: it is dropped, and equal ballots are merged and put in order.
    Raises `UnknownCandidate`, `CandidateTwice`, and `InvalidBallot` where nobody stands.
    """

    candidates: tuple[str, ...]
    ballots: tuple[Ballot, ...]

    def __post_init__(self) -> None:
        if not self.candidates:
            raise InvalidBallot("There is nothing to count: no candidate stands.")
        _refuse_repeats(self.candidates)
        object.__setattr__(self, "ballots", tuple(self._merged()))

    def _merged(self) -> Iterable[Ballot]:
        known = frozenset(self.candidates)
        merged: Counter[Groups] = Counter()
        for ballot in self.ballots:
            named = ballot.named
            if unknown := named - known:
                raise UnknownCandidate(f"A ballot names {sorted(unknown)}, who do not stand.")
            merged[ballot.groups[:-1] if named == known else ballot.groups] += ballot.count
        cast = (Ballot(groups, count) for groups, count in merged.items() if count)
        return sorted(cast, key=lambda ballot: _spelt(ballot.groups))

    @cached_property
    def total(self) -> int:
        """Ballots cast, blank ones included."""
        return sum(ballot.count for ballot in self.ballots)

    @cached_property
    def pairwise(self) -> Mapping[tuple[str, str], int]:
        """For each ordered pair (a, b), how many ballots put a strictly above b."""
        above = dict.fromkeys(permutations(self.candidates, 2), 0)
        for ballot in self.ballots:
            below = set(self.candidates)
            for group in ballot.groups:
                below -= group
                for pair in product(group, below):
                    above[pair] += ballot.count
        return above

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of the sorted candidates and merged ballots as JSON."""
        ballots = [[_spelt(ballot.groups), ballot.count] for ballot in self.ballots]
        return hashlib.sha256(json.dumps([sorted(self.candidates), ballots]).encode()).hexdigest()


def _refuse_repeats(names: Iterable[str]) -> None:
    names = tuple(names)
    if len(set(names)) == len(names):  # as on all but a wrong one, of thousands
        return
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        raise CandidateTwice(f"Named more than once: {repeated}.")


def _spelt(groups: Groups) -> list[list[str]]:
    return [sorted(group) for group in groups]
