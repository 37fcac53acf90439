"""What is wrong with the paths of a questionnaire, before anybody walks them. Each finding names the page or the question.

Whether a condition can ever hold is tried out: over every value of every fact, every choice, every order of what is named, and
the numbers on either side of each bound. That is exact but for a question's own limits (a number that may not be reached), and it
stops after `MOST_TRIALS`: what is not decided by then is said to be too tangled to check, and is not called wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, combinations, pairwise, product
from typing import Any, Final

from consultation.paths.conditions import Clause, Condition, Known, clauses_of, holds, number_in
from consultation.paths.subjects import OTHER, Subject, Subjects, question_subject
from consultation.paths.walking import path_of
from consultation.questionnaire import Questionnaire, Sheet
from questions.definitions import Definition

MOST_TRIALS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Fault:
    """`asked` is empty where it concerns the whole page. The sentence names the place and says what to do."""

    sheet: Sheet
    asked: Definition | None
    sentence: str


class TooTangledError(Exception):
    """More combinations than are tried."""


def subjects_of(questionnaire: Questionnaire, facts: Mapping[str, Subject]) -> Subjects:
    """Everything that a condition may speak of."""
    asked = (question_subject(each, number) for number, each in enumerate(questionnaire.questions, start=1))
    return {(subject.about, subject.key): subject for subject in chain(facts.values(), asked)}


def earlier_than(questionnaire: Questionnaire, key: str, *, page: bool) -> list[Definition]:
    """The questions that a condition on this page or question may speak of."""
    before: list[Definition] = []
    for sheet in questionnaire.sheets:
        if page and sheet.key == key:
            break
        for asked in sheet.questions:
            if not page and asked.key == key:
                return before
            before.append(asked)
    return before


def faults_in_paths(questionnaire: Questionnaire, facts: Mapping[str, Subject]) -> list[Fault]:
    """Empty where every page and question can be reached, nobody is asked nothing, and conditions speak of what is known."""
    subjects = subjects_of(questionnaire, facts)
    found = [fault for place in _places(questionnaire) for fault in _wrong_words(questionnaire, subjects, *place)]
    if found:
        return found  # whether it can hold cannot be tried on what is not there
    found = [fault for place in _places(questionnaire) for fault in _unreachable(questionnaire, facts, *place)]
    return found or _dead_ends(questionnaire, facts)


def _places(questionnaire: Questionnaire) -> Iterator[tuple[Sheet, Definition | None, Condition]]:
    for sheet in questionnaire.sheets:
        if sheet.when is not None:
            yield sheet, None, sheet.when
        for asked in sheet.questions:
            if asked.key in sheet.whens:
                yield sheet, asked, sheet.whens[asked.key]


def _name(sheet: Sheet, asked: Definition | None) -> str:
    return f"“{asked.text}” on page {sheet.number}" if asked else f"Page {sheet.number}, “{sheet.title}”"


def _wrong_words(
    questionnaire: Questionnaire, subjects: Subjects, sheet: Sheet, asked: Definition | None, condition: Condition
) -> Iterator[Fault]:
    earlier = {each.key for each in earlier_than(questionnaire, asked.key if asked else sheet.key, page=asked is None)}
    for clause in clauses_of(condition):
        told = _wrong_clause(clause, subjects, earlier)
        if told:
            yield Fault(sheet, asked, f"{_name(sheet, asked)}: its condition {told}")


def _wrong_clause(clause: Clause, subjects: Subjects, earlier: set[str]) -> str:
    subject = subjects.get((clause.about, clause.key))
    if subject is None:
        return f"asks about a {clause.about} that is not there (“{clause.key}”). Change it or take it out."
    if clause.about == "question" and clause.key not in earlier:
        return f"asks about {subject.name}, which comes later. Move one of them, or take the condition out."
    if clause.verb not in subject.verbs:
        return f"asks of {subject.name} what its type of question cannot tell. Change it."
    if clause.verb in {"at_least", "at_most"}:
        return ""
    gone = [value for value in clause.values if value not in subject.values]
    return f"names an answer that {subject.name} does not have any more (“{gone[0]}”). Choose again." if gone else ""


def _unreachable(
    questionnaire: Questionnaire, facts: Mapping[str, Subject], sheet: Sheet, asked: Definition | None, condition: Condition
) -> Iterator[Fault]:
    try:
        if not can_be_asked(questionnaire, facts, sheet, asked):
            yield Fault(sheet, asked, f"{_name(sheet, asked)} can never be asked: its condition never holds. Change it.")
    except TooTangledError:
        yield Fault(
            sheet, asked, f"{_name(sheet, asked)}: its condition hangs on too much to be checked. Use fewer questions in it."
        )


def can_be_asked(
    questionnaire: Questionnaire, facts: Mapping[str, Subject], sheet: Sheet, asked: Definition | None = None
) -> bool:
    """Whether some respondent is asked this page's conditions through to this question. Raises TooTangledError."""
    mine = [sheet.when, sheet.whens.get(asked.key) if asked else None]
    clauses = _closure(questionnaire, mine)
    named: dict[str, list[Clause]] = {}
    for clause in clauses:
        if clause.about == "question":
            named.setdefault(clause.key, []).append(clause)
    used_facts = sorted({clause.key for clause in clauses if clause.about == "fact"})
    order = [(where, each) for where, each in questionnaire.placed() if each.key in named]
    trials = iter(range(MOST_TRIALS))

    def reached(index: int, answers: dict[str, Any], known: Known) -> bool:
        if next(trials, None) is None:
            raise TooTangledError
        if index == len(order):
            return all(holds(each, known) for each in mine)
        where, each = order[index]
        on_path = holds(where.when, known) and holds(where.whens.get(each.key), known)
        for answer in _answers(each, named[each.key]) if on_path else (None,):
            now = answers if answer is None else {**answers, each.key: answer}
            if reached(index + 1, now, Known(now, known.facts)):
                return True
        return False

    stated = product(*(("", *facts[key].values) for key in used_facts))
    return any(reached(0, {}, Known({}, dict(zip(used_facts, values, strict=True)))) for values in stated)


def _closure(questionnaire: Questionnaire, conditions: list[Condition | None]) -> list[Clause]:
    """The clauses of these conditions and of those that decide whether what they speak of is asked."""
    placed = {asked.key: sheet for sheet, asked in questionnaire.placed()}
    found, waiting, seen = [], list(conditions), set()
    while waiting:
        for clause in clauses_of(waiting.pop()):
            found.append(clause)
            if clause.about == "question" and clause.key not in seen:
                seen.add(clause.key)
                sheet = placed[clause.key]
                waiting += [sheet.when, sheet.whens.get(clause.key)]
    return found


def _answers(asked: Definition, clauses: list[Clause]) -> Iterator[Any]:
    """Answers that tell apart whatever these clauses tell apart; None among them where the question may be left alone."""
    if not asked.required:
        yield None
    verbs = {clause.verb for clause in clauses}
    if verbs & {"at_least", "at_most"}:
        yield from _numbers(clauses)
    elif asked.kind == "ranking":
        yield []
        yield from _orders(asked, clauses)
    elif verbs & {"contains", "lacks"}:
        yield from (list(some) for some in _some_of(_named(asked, clauses)))
    elif asked.keys:
        yield from asked.keys
        if asked.allows(OTHER):
            yield {OTHER: "something"}
    else:
        yield "something"


def _numbers(clauses: list[Clause]) -> Iterator[str]:
    bounds = sorted({bound for clause in clauses for value in clause.values if (bound := number_in(value)) is not None})
    yield from (str(bound) for bound in bounds)
    yield str(bounds[0] - 1)
    yield str(bounds[-1] + 1)
    yield from (str((low + high) / Decimal(2)) for low, high in pairwise(bounds))


def _orders(asked: Definition, clauses: list[Clause]) -> Iterator[list[list[str]]]:
    """First group and the rest, each any of the named; who is not first and not in the rest is left out."""
    named = _named(asked, clauses)
    for first in _some_of(named):
        if first:
            others = [key for key in named if key not in first]
            yield from ([list(first), *([list(rest)] if rest else [])] for rest in _some_of(others))


def _named(asked: Definition, clauses: list[Clause]) -> list[str]:
    """One choice for each way of being named: two that stand in the same clauses are told apart by none of them. One that is
    named nowhere is among them."""
    found: dict[tuple[bool, ...], str] = {}
    for key in [*asked.keys, *([OTHER] if asked.allows(OTHER) else [])]:
        found.setdefault(tuple(key in clause.values for clause in clauses), key)
    return list(found.values())


def _some_of(keys: list[str]) -> Iterator[tuple[str, ...]]:
    """Few and nearly all come first: most conditions want one choice or all of them."""
    sizes = sorted(range(len(keys) + 1), key=lambda size: min(2 * size, 2 * (len(keys) - size) + 1))
    return chain.from_iterable(combinations(keys, size) for size in sizes)


def _dead_ends(questionnaire: Questionnaire, facts: Mapping[str, Subject]) -> list[Fault]:
    """Somebody must be asked something before anything is answered, whatever their facts are."""
    if not questionnaire.questions:
        return []
    used = sorted({clause.key for each in questionnaire.conditions for clause in clauses_of(each) if clause.about == "fact"})
    stated = product(*(("", *facts[key].values) for key in used))
    for _, values in zip(range(MOST_TRIALS), stated, strict=False):
        told = dict(zip(used, values, strict=True))
        if not path_of(questionnaire, {}, told).sheets:
            who = _who(told, facts)
            return [
                Fault(questionnaire.sheets[0], None, f"{who} is asked nothing at all: ask at least one question of everybody.")
            ]
    return []


def _who(told: Mapping[str, str], facts: Mapping[str, Subject]) -> str:
    parts = [f"{facts[key].name} is {facts[key].values[value] if value else 'not stated'}" for key, value in told.items()]
    return f"Somebody whose {' and '.join(parts)}" if parts else "Everybody"
