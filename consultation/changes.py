"""What one questionnaire says otherwise than another: page by page, question by question, word by word. Pure.

A question, a page and a choice are the same as long as their key is. *Wording* is what a reader reads and no rule decides by:
texts, hints, titles, labels. All else (what is asked at all and in which order, types, choices, limits, what has to be answered,
of whom something is asked) is more than wording, and says so in a sentence.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Final, Literal

from common.differences import Piece, differences
from consultation.paths.checks import subjects_of
from consultation.paths.conditions import Condition
from consultation.paths.subjects import Subject, Subjects, in_words
from consultation.questionnaire import Questionnaire, Sheet
from questions.definitions import Choice, Definition
from questions.kinds import kind_of

Fate = Literal["added", "removed", "changed"]
WORDED_SETTINGS: Final[Mapping[str, str]] = {"low": "What 1 means", "high": "What the highest number means"}
"""Settings that are wording; `scale` is both: its labels are, its steps are not."""
_LABELS: Final[Mapping[str, str]] = {
    "at_least": "Choose at least",
    "at_most": "At most",
    "none": "Also “None of these”",
    "other": "Also “Other”",
    "to": "From 1 to",
    "total": "Points to share out",
    "form": "What is written",
    "least": "Least",
    "most": "Most",
    "step": "In steps of",
    "unit": "Unit",
    "earliest": "Earliest day",
    "latest": "Latest day",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is said otherwise: what it is, and both texts as pieces. `beyond` says why it is more than wording; empty:
    it is wording."""

    what: str
    pieces: tuple[Piece, ...]
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A page or a question that was added, taken out, or is asked otherwise. `title` is how it is called now, or was; `number`
    its place among its kind, now or before. `asked` is the question as it is now, or was; None for a page."""

    fate: Fate
    key: str
    title: str
    number: int
    lines: tuple[Line, ...] = ()
    asked: Definition | None = None

    @property
    def what(self) -> str:
        return "Question" if self.asked is not None else "Page"

    @property
    def beyond(self) -> list[str]:
        """Why it is more than wording, a sentence each."""
        called = f"{self.what} {self.number}, “{self.title}”,"
        if self.fate != "changed":
            return [f"{called} {'is new' if self.fate == 'added' else 'is not asked any more'}."]
        return [f"{called} {line.beyond}" for line in self.lines if line.beyond]


@dataclass(frozen=True, slots=True)
class Changes:
    """All of it, in the order of the later questionnaire; what was taken out stands last."""

    pages: tuple[Change, ...] = ()
    questions: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pages or self.questions)

    def __iter__(self) -> Iterator[Change]:
        return iter((*self.pages, *self.questions))

    @property
    def beyond_wording(self) -> list[str]:
        """Why this is no slip of the pen, a sentence each; empty where nothing but wording is another."""
        return [sentence for change in self for sentence in change.beyond]

    @property
    def by_question(self) -> Mapping[str, Change]:
        return {change.key: change for change in self.questions}


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two questionnaires."""

    whole: Questionnaire
    subjects: Subjects
    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    at: Mapping[str, Sheet] = field(default_factory=dict)
    asked: Mapping[str, Definition] = field(default_factory=dict)

    def told(self, when: Condition | None) -> str:
        return in_words(when, self.subjects) if when is not None else "always"


def changes_between(before: Questionnaire, after: Questionnaire, *, facts: Mapping[str, Subject] | None = None) -> Changes:
    """Empty where both ask the same in the same words. `facts` name what conditions ask of a member."""
    old, new = _side(before, facts or {}), _side(after, facts or {})
    moved_pages = _moved(list(old.sheets), list(new.sheets))
    moved = _moved([asked.key for asked in before.questions], [asked.key for asked in after.questions])
    pages = [_page(old, new, key, moved=key in moved_pages) for key in _both(old.sheets, new.sheets)]
    questions = [_question(old, new, key, moved=key in moved) for key in _both(old.asked, new.asked)]
    return Changes(tuple(each for each in pages if each), tuple(each for each in questions if each))


def asks_the_same(before: Questionnaire, after: Questionnaire, key: str) -> bool:
    """Whether both ask this question, in the same words, of the same people, under the same introduction: then answers to the
    one and to the other may stand in one count."""
    return all(_whole(side, key) is not None for side in (before, after)) and _whole(before, key) == _whole(after, key)


def _whole(side: Questionnaire, key: str) -> tuple[Any, ...] | None:
    for sheet, asked in side.placed():
        if asked.key == key:
            return (asked, dict(asked.settings), sheet.whens.get(key), sheet.when, sheet.intro)
    return None


def _side(whole: Questionnaire, facts: Mapping[str, Subject]) -> _Side:
    return _Side(
        whole,
        subjects_of(whole, facts),
        {sheet.key: sheet for sheet in whole.sheets},
        {asked.key: sheet for sheet, asked in whole.placed()},
        {asked.key: asked for asked in whole.questions},
    )


def _both(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [*after, *(key for key in before if key not in after)]


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Of what is there before and after, the fewest that have to be taken up and put elsewhere."""
    one, other = [key for key in before if key in set(after)], [key for key in after if key in set(before)]
    stays = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return set(one) - {key for block in stays for key in one[block.a : block.a + block.size]}


def _page(old: _Side, new: _Side, key: str, *, moved: bool) -> Change | None:
    before, after = old.sheets.get(key), new.sheets.get(key)
    if before is None or after is None:
        there = after or before
        assert there is not None
        return Change("removed" if after is None else "added", key, there.title, there.number)
    lines = [*_worded("Title", before.title, after.title), *_worded("Introduction", before.intro, after.intro)]
    lines += _ruled(
        "Shown", old.told(before.when), new.told(after.when), "is shown to others than before.", before.when != after.when
    )
    lines += _ruled("Place", f"page {before.number}", f"page {after.number}", "stands elsewhere.", moved)
    return Change("changed", key, after.title, after.number, tuple(lines)) if lines else None


def _question(old: _Side, new: _Side, key: str, *, moved: bool) -> Change | None:
    before, after = old.asked.get(key), new.asked.get(key)
    if before is None or after is None:
        asked = after or before
        assert asked is not None
        number = (old if after is None else new).whole.numbers[key]
        return Change("removed" if after is None else "added", key, asked.text, number, asked=asked)
    here, there = old.at[key], new.at[key]
    lines = [*_worded("Question", before.text, after.text), *_worded("Hint", before.hint, after.hint)]
    lines += _ruled(
        "About", _about(before), _about(after), "is about other words of a document.", before.passage != after.passage
    )
    lines += _ruled("Type", kind_of(before).label, kind_of(after).label, "is of another type.", before.kind != after.kind)
    if before.kind == after.kind and not kind_of(after).fixed_choices:
        lines += _choices("Choice", before.choices, after.choices)
    lines += _ruled(
        "Has to be answered", _yes(before.required), _yes(after.required), _REQUIRED, before.required != after.required
    )
    if before.kind == after.kind:
        limit = "has another limit of its length."
        lines += _ruled("Longest text", _longest(before.longest), _longest(after.longest), limit, before.longest != after.longest)
        lines += _settings(before.settings, after.settings)
    when, then = here.whens.get(key), there.whens.get(key)
    lines += _ruled("Asked", old.told(when), new.told(then), "is asked of others than before.", when != then)
    place, placed = _place(here, old, key), _place(there, new, key)
    lines += _ruled("Place", place, placed, "stands elsewhere.", moved or here.key != there.key)
    return Change("changed", key, after.text, new.whole.numbers[key], tuple(lines), asked=after) if lines else None


_REQUIRED: Final = "has to be answered now, or has not any more."


def _about(asked: Definition) -> str:
    return f"{asked.passage.label}: {asked.passage.words}" if asked.passage else "no document"


def _place(sheet: Sheet, side: _Side, key: str) -> str:
    return f"question {side.whole.numbers[key]}, on page {sheet.number}"


def _yes(required: bool) -> str:
    return "yes" if required else "no"


def _longest(characters: int) -> str:
    return f"{characters:,} characters" if characters else ""


def _worded(what: str, before: str, after: str) -> list[Line]:
    return [Line(what, tuple(differences(before, after)))] if before != after else []


def _ruled(what: str, before: str, after: str, beyond: str, differs: bool) -> list[Line]:
    """Something by which a rule decides: told as a whole, not word by word."""
    if not differs:
        return []
    pieces = (Piece("same", after),) if before == after else (Piece("gone", before), Piece("new", after))
    return [Line(what, tuple(piece for piece in pieces if piece.text), beyond)]


def _choices(what: str, before: Sequence[Choice], after: Sequence[Choice]) -> list[Line]:
    old, new = {choice.key: choice for choice in before}, {choice.key: choice for choice in after}
    moved = _moved(list(old), list(new))
    lines: list[Line] = []
    for key in _both(old, new):
        if key not in old:
            lines.append(
                Line(f"New {what.lower()}", (Piece("new", new[key].label),), f"has a new {what.lower()}, “{new[key].label}”.")
            )
        elif key not in new:
            beyond = f"lost the {what.lower()} “{old[key].label}”."
            lines.append(Line(f"{what} taken out", (Piece("gone", old[key].label),), beyond))
        else:
            lines += _worded(what, old[key].label, new[key].label)
            differs = (old[key].letter, old[key].note) != (new[key].letter, new[key].note)
            lines += _ruled(what, old[key].note, new[key].note, f"tells something else of “{new[key].label}”.", differs)
            order = f"has its {what.lower()}s in another order."
            places = f"{list(old).index(key) + 1}", f"{list(new).index(key) + 1}"
            lines += _ruled(f"Place of “{new[key].label}”", *places, order, key in moved)
    return lines


def _settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Line]:
    lines: list[Line] = []
    for name in sorted({*before, *after}):
        one, other = before.get(name), after.get(name)
        if name in WORDED_SETTINGS:
            lines += _worded(WORDED_SETTINGS[name], str(one or ""), str(other or ""))
        elif name == "scale":
            lines += _choices("Step", _steps(one), _steps(other))
        else:
            label = _LABELS.get(name, name)
            lines += _ruled(label, _told(one), _told(other), f"has another rule: {label.lower()}.", one != other)
    return lines


def _steps(scale: Any) -> list[Choice]:
    return [Choice(key, label) for key, label in scale or ()]


def _told(value: Any) -> str:
    return {True: "yes", False: "no", None: "not said"}.get(value, str(value)) if isinstance(value, bool | None) else str(value)
