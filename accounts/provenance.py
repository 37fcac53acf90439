"""Where a fact is from, in words."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Facts
from accounts.models.facts import OFFICIAL, Source
from common.moments import in_words


@dataclass(frozen=True, slots=True)
class Stated:
    """`source` is empty for what the member declared; `said` is a sentence part: “From the register, 3 November 2026”."""

    name: str
    label: str
    value: str
    source: str
    said: str


def stated_facts(facts: Facts | None) -> list[Stated]:
    """Those that are stated."""
    if facts is None:
        return []
    return [
        Stated(name, Facts.label_of(name), facts.in_words(name), source_of(facts, name), said_of(facts, name))
        for name in OFFICIAL
        if getattr(facts, name)
    ]


def source_of(facts: Facts, name: str) -> str:
    """`register`, `verified`, or empty: declared by the member."""
    return str(facts.sources.get(name, {}).get("source", ""))


def said_of(facts: Facts, name: str) -> str:
    """Where it is from, with the day."""
    told = facts.sources.get(name)
    if told is None:
        return "Declared by the member"
    moment = datetime.fromisoformat(told["at"])
    return f"{Source(told['source']).label}, {in_words(moment, now=moment, style='day')}"
