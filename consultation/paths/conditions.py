"""When a page or a question is asked: a small typed expression over earlier answers and facts, its JSON, and whether it holds.

A clause speaks of one question or one fact. What was not answered, cannot be taken as it stands, or is not stated makes every
clause about it false, `is_not`, `lacks` and the comparisons included; `not_answered` alone is then true. `Not` turns round
whatever it holds, so “not (nation is Wales)” is true of somebody who has not said their nation, and “nation is not Wales” is not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal, TypeAlias, TypeGuard, get_args

About: TypeAlias = Literal["question", "fact"]
Verb: TypeAlias = Literal["is", "is_not", "contains", "lacks", "first", "at_least", "at_most", "answered", "not_answered"]
VERBS: Final[tuple[Verb, ...]] = get_args(Verb)
MOST_PARTS: Final = 20
MOST_VALUES: Final = 60
DEEPEST: Final = 5


@dataclass(frozen=True, slots=True)
class Clause:
    """`values` are keys of choices or values of a fact, any of which will do (for `is_not` and `lacks`: none of which may be
    there), or one number; empty for the two verbs about answering at all."""

    about: About
    key: str
    verb: Verb
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Every:
    """All of them hold."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One of them at least holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    part: "Condition"


Condition: TypeAlias = Clause | Every | Some | Not


@dataclass(frozen=True, slots=True)
class Known:
    """What a condition is asked about: canonical answers by question key, facts by name. What is not there is not answered."""

    answers: Mapping[str, Any]
    facts: Mapping[str, str]


class BadConditionError(ValueError):
    """It cannot be read; `str()` says where and why."""


def holds(condition: Condition | None, known: Known) -> bool:
    """None is no condition: it always holds."""
    match condition:
        case None:
            return True
        case Every(parts):
            return all(holds(part, known) for part in parts)
        case Some(parts):
            return any(holds(part, known) for part in parts)
        case Not(part):
            return not holds(part, known)
        case Clause():
            return _clause_holds(condition, known)


def clauses_of(condition: Condition | None) -> Iterator[Clause]:
    """Every clause in it, in the order written."""
    match condition:
        case Every(parts) | Some(parts):
            for part in parts:
                yield from clauses_of(part)
        case Not(part):
            yield from clauses_of(part)
        case Clause():
            yield condition


def renamed(condition: Condition, keys: Mapping[str, str]) -> Condition:
    """The same, speaking of other questions: by the new key of each that has one."""
    match condition:
        case Every(parts):
            return Every(tuple(renamed(part, keys) for part in parts))
        case Some(parts):
            return Some(tuple(renamed(part, keys) for part in parts))
        case Not(part):
            return Not(renamed(part, keys))
        case Clause("question", key):
            return replace(condition, key=keys.get(key, key))
        case Clause():
            return condition


def as_json(condition: Condition) -> dict[str, Any]:
    """What `condition_of` reads; equal conditions give equal JSON."""
    match condition:
        case Every(parts):
            return {"all": [as_json(part) for part in parts]}
        case Some(parts):
            return {"any": [as_json(part) for part in parts]}
        case Not(part):
            return {"not": as_json(part)}
        case Clause(about, key, verb, values):
            return {about: key, "verb": verb} | ({"values": list(values)} if values else {})


def condition_of(told: object, *, where: str = "condition", deep: int = 1) -> Condition:
    """Raises BadConditionError, with the place, for anything but the JSON of a condition."""
    if not isinstance(told, dict):
        raise BadConditionError(f"{where}: expected an object")
    if deep > DEEPEST:
        raise BadConditionError(f"{where}: nested more than {DEEPEST} deep")
    names = set(told)
    for name, kind in (("all", Every), ("any", Some)):
        if names == {name}:
            parts = told[name]
            if not isinstance(parts, list) or not 1 <= len(parts) <= MOST_PARTS:
                raise BadConditionError(f"{where}.{name}: expected a list of 1 to {MOST_PARTS}")
            return kind(tuple(condition_of(each, where=f"{where}.{name}[{n}]", deep=deep + 1) for n, each in enumerate(parts)))
    if names == {"not"}:
        return Not(condition_of(told["not"], where=f"{where}.not", deep=deep + 1))
    return _clause(told, where)


Join: TypeAlias = Literal["all", "any"]


def is_readable(condition: Condition) -> bool:
    """Whether `condition_of` takes what `as_json` makes of it: neither too deep nor of too many parts."""
    try:
        condition_of(as_json(condition))
    except BadConditionError:
        return False
    return True


def parts_of(condition: Condition | None) -> tuple[Join, tuple[Condition, ...]]:
    """How its parts are joined, and the parts as one edits them: a row each."""
    match condition:
        case None:
            return "all", ()
        case Every(parts):
            return "all", parts
        case Some(parts):
            return "any", parts
        case _:
            return "all", (condition,)


def joined(join: Join, parts: Sequence[Condition]) -> Condition | None:
    """The other way round: none without parts, one part stands for itself."""
    if len(parts) < 2:
        return parts[0] if parts else None
    return Every(tuple(parts)) if join == "all" else Some(tuple(parts))


def number_in(text: object) -> Decimal | None:
    """A finite number, or None."""
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        return None
    try:
        found = Decimal(str(text).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def keys_in(said: Any) -> frozenset[str]:
    """The keys that an answer names, however deep: `floor`, `["a", "b"]`, `[["a"], ["b", "c"]]`, and `other` for
    `{"other": "Quinces"}`, an answer in one's own words."""
    if isinstance(said, bool) or said is None:
        return frozenset()
    if isinstance(said, str | int):
        return frozenset({str(said)})
    if isinstance(said, Mapping):
        return frozenset({"other"} & set(said))
    if isinstance(said, list | tuple):
        return frozenset(key for each in said for key in keys_in(each))
    return frozenset()


def _clause_holds(clause: Clause, known: Known) -> bool:
    said = known.facts.get(clause.key) or None if clause.about == "fact" else known.answers.get(clause.key)
    if clause.verb in {"answered", "not_answered"}:
        return (said is None) == (clause.verb == "not_answered")
    if said is None:
        return False
    if clause.verb in {"at_least", "at_most"}:
        return _compares(clause, said)
    wanted = frozenset(clause.values)
    if clause.verb == "first":
        return isinstance(said, list) and bool(said) and bool(wanted & keys_in(said[0]))
    return bool(wanted & keys_in(said)) == (clause.verb in {"is", "contains"})


def _compares(clause: Clause, said: Any) -> bool:
    number, bound = number_in(said), number_in(clause.values[0])
    if number is None or bound is None:
        return False
    return number >= bound if clause.verb == "at_least" else number <= bound


def _clause(told: dict[str, Any], where: str) -> Clause:
    about = next((name for name in get_args(About) if name in told), None)
    if about is None or set(told) - {about, "verb", "values"}:
        raise BadConditionError(f"{where}: expected all, any, not, or a question or fact with verb and values")
    key, verb, values = told[about], told.get("verb"), told.get("values", [])
    if not isinstance(key, str) or not key or len(key) > 50:
        raise BadConditionError(f"{where}.{about}: expected a key")
    if not _is_verb(verb):
        raise BadConditionError(f"{where}.verb: expected one of {', '.join(VERBS)}")
    if not isinstance(values, list) or len(values) > MOST_VALUES or not all(isinstance(each, str) and each for each in values):
        raise BadConditionError(f"{where}.values: expected a list of at most {MOST_VALUES} texts")
    if verb in {"answered", "not_answered"}:
        fits = not values
    elif verb in {"at_least", "at_most"}:
        fits = len(values) == 1 and number_in(values[0]) is not None
    else:
        fits = bool(values)
    if not fits:
        raise BadConditionError(f"{where}.values: they do not fit “{verb}”")
    return Clause(about, key, verb, tuple(values))


def _is_verb(verb: object) -> TypeGuard[Verb]:
    return isinstance(verb, str) and verb in VERBS
