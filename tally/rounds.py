"""The rounds of instant run-off, and how they are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from tally.account import Step
from tally.elimination import Decided
from tally.words import Naming, ballots, listed, number, verb

SETTLED = {
    Decided.TOGETHER: ", together fewer than any other has, and go out together",
    Decided.EARLIER_ROUND: "; {out} goes out, having had the fewest in the latest round that tells them apart",
    Decided.LOT: ", and the rounds before do not settle it; {out} goes out by lot",
}


@dataclass(frozen=True)
class Round(Step):
    """A round that somebody leaves. Votes and exhausted ballots together are always all ballots cast.

    `fewest`: all who had the fewest; `out`: those who go; `decided`: what settled it where several had the fewest.
    `passed`: what each of the others gains from it; `newly_exhausted`: ballots that rank nobody left.
    `majority`: who has more than half of the ballots not exhausted, in the first round where somebody has.
    """

    number: int
    votes: Mapping[str, Fraction]
    exhausted: int
    fewest: tuple[str, ...]
    out: tuple[str, ...]
    decided: Decided | None
    passed: Mapping[str, Fraction]
    newly_exhausted: int
    majority: str | None

    def sentence(self, name: Naming) -> str:
        told = [_standing(f"Round {self.number}", self.votes, self.exhausted, name)]
        if self.majority:
            told.append(f"{name(self.majority)} now has more than half of them; the count goes on to place the others.")
        return " ".join((*told, f"{self._departure(name)}; {self._transfer(name)}."))

    def _departure(self, name: Naming) -> str:
        fewest, out = listed(map(name, self.fewest)), listed(map(name, self.out))
        votes = number(self.votes[self.out[0]])
        if self.decided is None:
            return f"{out} has the fewest first places ({votes}) and goes out"
        return f"{fewest} tie for the fewest first places ({votes} each){SETTLED[self.decided].format(out=out)}"

    def _transfer(self, name: Naming) -> str:
        held = sum(self.votes[who] for who in self.out)
        if not held:
            return "no ballot changes hands"
        whose = "its" if len(self.out) == 1 else "their"
        went = [f"{number(votes)} {verb(votes, 'passes', 'pass')} to {name(who)}" for who, votes in self.passed.items()]
        if self.newly_exhausted:
            went.append(f"{number(self.newly_exhausted)} {verb(self.newly_exhausted, 'is', 'are')} exhausted")
        return f"of {whose} {ballots(held)}, {listed(went)}"


@dataclass(frozen=True)
class LastRound(Step):
    """The round that settles the first place: one is ahead, or everybody still in is level."""

    number: int
    votes: Mapping[str, Fraction]
    exhausted: int
    elected: tuple[str, ...]

    def sentence(self, name: Naming) -> str:
        standing = _standing(f"Round {self.number}, the last", self.votes, self.exhausted, name)
        who = listed(map(name, self.elected))
        return f"{standing} {who} {'wins' if len(self.elected) == 1 else 'are level and share the first place'}."


def _standing(title: str, votes: Mapping[str, Fraction], exhausted: int, name: Naming) -> str:
    told = listed(f"{name(who)} {number(has)}" for who, has in votes.items())
    in_play = sum(votes.values())
    return f"{title}: {told}; {ballots(in_play)} {verb(in_play, 'is', 'are')} in play, {number(exhausted)} exhausted."
