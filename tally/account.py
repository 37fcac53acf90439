"""The account of a count: steps that a machine can read and a person can follow."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import TypeAlias

from tally.words import Naming, ballots, listed, number, verb

Plain: TypeAlias = str | int | bool | list["Plain"] | dict[str, "Plain"] | None


class Step(ABC):
    """One step of a count; each kind is a frozen dataclass beside the method that takes it."""

    @abstractmethod
    def sentence(self, name: Naming) -> str:
        """Tell the step in plain English."""

    def as_dict(self) -> dict[str, Plain]:
        """Give what JSON can hold, with the step's kind; a fraction is written "83/2"."""
        return {"kind": type(self).__name__} | fields_of(self)


@dataclass(frozen=True)
class Scores(Step):
    """What each candidate has, in `unit`; ballots that tie their first places; ballots that name nobody."""

    unit: str
    scores: Mapping[str, Fraction]
    shared: int = 0
    blank: int = 0

    def sentence(self, name: Naming) -> str:
        told = listed(f"{name(who)} {number(score)}" for who, score in self.scores.items())
        sentences = [f"{self.unit.capitalize()}: {told}."]
        if self.shared:
            sentences.append(f"{ballots(self.shared)} {verb(self.shared, 'puts', 'put')} several first.")
        if self.blank:
            sentences.append(f"{ballots(self.blank)} {verb(self.blank, 'prefers', 'prefer')} none to another.")
        return " ".join(sentences)


def fields_of(record: object) -> dict[str, Plain]:
    """Give a dataclass's fields as `plain` values."""
    return {field.name: plain(getattr(record, field.name)) for field in fields(record)}  # type: ignore[arg-type]


def plain(value: object) -> Plain:
    """Turn steps, mappings, tuples and fractions into what JSON can hold; raise TypeError at anything else."""
    match value:
        case str():
            return str(value)
        case None | int():
            return value
        case Fraction():
            return int(value) if value.denominator == 1 else str(value)
        case Step():
            return value.as_dict()
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case tuple():
            return [plain(each) for each in value]
        case _:
            raise TypeError(f"Nothing plain is known for {value!r}.")
