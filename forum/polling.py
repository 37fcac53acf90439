"""Polls: what can be asked, what a vote may say, and how votes are counted. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from typing import Any, Final

from tally import Ballot, Profile, Result, count

QUESTION_MAX: Final = 150
OPTION_MAX: Final = 100
FEWEST: Final = 2
MOST: Final = 12
LONGEST: Final = timedelta(days=366)
RULE: Final = "schulze"
"""The rule that a ranked poll is settled by; the others stand beside it."""


@dataclass(frozen=True, slots=True)
class PollPlan:
    """What somebody asks with a post. `kind`: single, several, ranked; `shown`: always, voted, closed."""

    question: str
    options: tuple[str, ...]
    kind: str
    shown: str
    closes_at: datetime
    is_named: bool = False

    @property
    def html(self) -> str:
        """Its words, for whoever reads a text before it is published."""
        return "".join(f"<p>{escape(text)}</p>" for text in (self.question, *self.options))


@dataclass(frozen=True, slots=True)
class OptionLine:
    """One option as a reader sees it: `count` is None while the numbers are kept back; `place` is the reader's own (1 for a
    tick), 0 for none."""

    index: int
    text: str
    count: int | None
    place: int


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll at a moment, for one reader; `version` names the votes that it counts."""

    question: str
    kind: str
    shown: str
    is_named: bool
    closes_at: datetime
    is_open: bool
    voters: int
    lines: Sequence[OptionLine]
    has_voted: bool = False
    places: Sequence[int] = field(default=())
    version: int = 0

    @property
    def shows_counts(self) -> bool:
        return all(line.count is not None for line in self.lines)

    @property
    def leading(self) -> list[str]:
        """The options that most chose; several where they are level, none where nobody has voted."""
        most = max((line.count or 0 for line in self.lines), default=0)
        return [line.text for line in self.lines if most and line.count == most]


def option_lines(text: str) -> tuple[str, ...]:
    """One option a line, empty lines passed over."""
    return tuple(line for line in (" ".join(line.replace("\0", "").split()) for line in text.splitlines()) if line)


def options_problem(options: Sequence[str]) -> str:
    """Why these cannot be voted on; empty where they can."""
    if len(options) < FEWEST:
        return f"Write at least {FEWEST} options, each on a line of its own."
    if len(options) > MOST:
        return f"These are {len(options)} options; {MOST} is the most."
    for option in options:
        if len(option) > OPTION_MAX:
            return f"“{option[:40]} …” has {len(option)} characters; {OPTION_MAX} is the most for an option."
    folded = [option.casefold() for option in options]
    twice = next((option for option in options if folded.count(option.casefold()) > 1), None)
    return f"“{twice}” stands there twice. Every option can be chosen once." if twice else ""


def poll_problem(plan: PollPlan, *, at: datetime) -> str:
    """Why this cannot be asked; empty where it can."""
    return question_problem(plan.question) or day_problem(plan.closes_at, at=at) or options_problem(plan.options)


def question_problem(question: str) -> str:
    """Why nobody can be asked this; empty where they can."""
    if not question:
        return "Write what the poll asks."
    return f"The question has {len(question)} characters; {QUESTION_MAX} is the most." if len(question) > QUESTION_MAX else ""


def day_problem(closes_at: datetime, *, at: datetime) -> str:
    """Why a poll cannot close then; empty where it can."""
    if closes_at <= at:
        return "Choose a day that is still to come."
    return "A poll is open for a year at most. Choose an earlier day." if closes_at > at + LONGEST else ""


def vote_problem(choices: Sequence[int], *, kind: str, options: int) -> str:
    """Why this is no vote; empty where it is. `choices` are places in the list of options, for a ranked poll best first."""
    if not choices:
        return "Rank at least one option." if kind == "ranked" else "Choose an option."
    if len(set(choices)) != len(choices) or not all(0 <= choice < options for choice in choices):
        return "Choose among the options that stand here, each once."
    return "Choose one option." if kind == "single" and len(choices) > 1 else ""


def ranked_choices(places: Mapping[int, int]) -> list[int] | None:
    """Options by the place (1 for the best) that somebody gave them; 0 leaves one out. None where a place was given twice."""
    given = [place for place in places.values() if place]
    if len(set(given)) != len(given):
        return None
    return [option for option, place in sorted(places.items(), key=lambda item: item[1]) if place]


def counted_by(kind: str, choices: Sequence[int]) -> Sequence[int]:
    """Which options a vote adds one to: all that were ticked, of a ranking the first."""
    return choices[:1] if kind == "ranked" else choices


def poll_view(told: Mapping[str, Any], *, at: datetime) -> PollView:
    """Of what is stored (`closes_at` aware; `mine` the reader's choices or None), what this reader may see at this moment."""
    closes_at: datetime = told["closes_at"]
    mine, is_open = list(told.get("mine") or ()), at < closes_at
    may_see = not is_open or told["shown"] == "always" or (told["shown"] == "voted" and bool(mine))
    places = {option: place if told["kind"] == "ranked" else 1 for place, option in enumerate(mine, start=1)}
    lines = [
        OptionLine(index, text, told["counts"][index] if may_see else None, places.get(index, 0))
        for index, text in enumerate(told["options"])
    ]
    return PollView(
        question=told["question"],
        kind=told["kind"],
        shown=told["shown"],
        is_named=told["is_named"],
        closes_at=closes_at,
        is_open=is_open,
        voters=told["voter_count"],
        lines=lines,
        has_voted=bool(mine),
        places=range(1, len(lines) + 1),
        version=told.get("version", 0),
    )


def rankings(options: int, votes: Iterable[Sequence[int]], methods: Collection[str] | None = None) -> dict[str, Result]:
    """Every rule's order of the options; what a ranking leaves out stands level below what it names."""
    same = Counter(map(tuple, votes))
    ballots = tuple(Ballot.of([[str(choice)] for choice in choices], times) for choices, times in same.items())
    profile = Profile(tuple(str(option) for option in range(options)), ballots)
    return count(profile, methods) if methods else count(profile)
