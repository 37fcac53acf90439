"""What a condition may speak of, by what people call it: earlier questions by their number, and facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from consultation.paths.conditions import About, Clause, Condition, Every, Not, Some, Verb
from questions.definitions import Definition

_ANSWERED: Final[tuple[Verb, ...]] = ("answered", "not_answered")
_ONE: Final[tuple[Verb, ...]] = ("is", "is_not", *_ANSWERED)
_MANY: Final[tuple[Verb, ...]] = ("contains", "lacks", *_ANSWERED)
_NUMBER: Final[tuple[Verb, ...]] = ("at_least", "at_most", *_ANSWERED)
_BY_KIND: Final[Mapping[str, tuple[Verb, ...]]] = {
    "single_choice": _ONE,
    "agreement_scale": _ONE,
    "statement": _ONE,
    "several_choices": _MANY,
    "approval": _MANY,
    "ranking": ("first", *_MANY),
    "rating": _NUMBER,
    "number": _NUMBER,
}
"""What can be asked of an answer of each type; of the others only whether there is one."""

IN_WORDS: Final[Mapping[Verb, str]] = {
    "is": "is",
    "is_not": "is not",
    "contains": "includes",
    "lacks": "does not include",
    "first": "puts first",
    "at_least": "is at least",
    "at_most": "is at most",
    "answered": "is answered",
    "not_answered": "is not answered",
}

OTHER: Final = "other"
"""The setting by which a question takes an answer in one's own words, and what stands for such an answer in a condition."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A question or a fact. `name` is how a sentence calls it, `label` how a list does; `values` by key, empty where it is a
    number or words."""

    about: About
    key: str
    name: str
    label: str
    verbs: tuple[Verb, ...]
    values: Mapping[str, str]


Subjects = Mapping[tuple[About, str], Subject]


def question_subject(asked: Definition, number: int) -> Subject:
    verbs = _BY_KIND.get(asked.kind, _ANSWERED)
    values = asked.labels | ({OTHER: "Another answer, in their own words"} if asked.allows(OTHER) else {})
    return Subject("question", asked.key, f"question {number}", f"Question {number}: {asked.text}", verbs, values)


def fact_subject(key: str, label: str, values: Mapping[str, str]) -> Subject:
    return Subject("fact", key, label[:1].lower() + label[1:], label, _ONE, values)


def in_words(condition: Condition, subjects: Subjects) -> str:
    """“nation is Wales and question 3 is “Portfolio””: a clause for a sentence, without a full stop."""
    match condition:
        case Every(parts):
            return " and ".join(_inner(part, subjects) for part in parts)
        case Some(parts):
            return " or ".join(_inner(part, subjects) for part in parts)
        case Not(part):
            return f"not ({in_words(part, subjects)})"
        case Clause():
            return _clause(condition, subjects)


def _inner(part: Condition, subjects: Subjects) -> str:
    told = in_words(part, subjects)
    return f"({told})" if isinstance(part, Every | Some) and len(part.parts) > 1 else told


def _clause(clause: Clause, subjects: Subjects) -> str:
    subject = subjects.get((clause.about, clause.key))
    name = subject.name if subject else f"{clause.about} “{clause.key}”, which is not there,"
    if clause.about == "fact" and clause.verb in _ANSWERED:
        return f"{name} is {'stated' if clause.verb == 'answered' else 'not stated'}"
    if not clause.values:
        return f"{name} {IN_WORDS[clause.verb]}"
    told = [_value(clause, value, subject) for value in clause.values]
    if clause.verb == "is_not" and len(told) > 1:
        return f"{name} is neither {' nor '.join(told)}"
    return f"{name} {IN_WORDS[clause.verb]} {_either(told)}"


def _value(clause: Clause, value: str, subject: Subject | None) -> str:
    label = subject.values.get(value, value) if subject else value
    return label if clause.about == "fact" or clause.verb in {"at_least", "at_most"} else f"“{label}”"


def _either(told: list[str]) -> str:
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} or {told[-1]}"
