"""Several rows that are all answered on one scale."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from questions.checks import choice_faults
from questions.definitions import Canonical, Choice, Definition, Given, InvalidAnswerError
from questions.findings import NOBODY, Row, Table, Told, answers
from questions.kind import Check, Kind
from questions.texts import typed

MOST_ROWS: Final = 20
MOST_STEPS: Final = 7
MOST_WORDS: Final = 40


def is_scale(value: Any) -> bool:
    """[[key, words], …]: two to seven, each key once."""
    if not isinstance(value, list) or not 2 <= len(value) <= MOST_STEPS:
        return False
    pairs = [pair for pair in value if isinstance(pair, list) and len(pair) == 2 and all(isinstance(each, str) for each in pair)]
    fits = all(key and words.strip() and len(words) <= MOST_WORDS for key, words in pairs)
    return len(pairs) == len(value) and fits and len({key for key, _ in pairs}) == len(pairs)


class Matrix(Kind):
    """Canonical form: {row: step} by their keys; a row that was left out is not there. The rows are the question's choices."""

    name = "matrix"
    label = "Several rows on one scale"
    use = "The same scale for several things: how important is each, how often does each happen."
    template = "questions/_matrix.html"
    missing = "Answer every row"
    unknown = "Choose only what is shown, one in each row"
    takes_choices = True
    settings: ClassVar[Mapping[str, Check]] = {"scale": is_scale}

    def faults(self, asked: Definition) -> list[str]:
        scale = [] if "scale" in asked.settings else ["Say what its scale is: two steps at least."]
        return [*choice_faults(asked, least=1, most=MOST_ROWS), *scale, *super().faults(asked)]

    def instruction(self, asked: Definition) -> str:
        return "Choose one in each row." if asked.required else "Choose one in each row; leave out what you have no view on."

    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        found = {key: text for key in asked.keys if (text := typed(posted, asked.part(key), 60))}
        return found or None

    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        if given is None:
            return None
        steps = self._as_typed(asked, given)
        left = [asked.labels[key] for key in asked.keys if key not in steps]
        if asked.required and steps and left:
            missing = f" and {len(left) - 1} more are" if len(left) > 1 else " is"
            raise InvalidAnswerError(f"Answer every row: “{left[0]}”{missing} not answered")
        return {key: steps[key] for key in asked.keys if key in steps} or None

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        steps = self._as_typed(asked, given) if given is not None else {}
        rows = [(choice, asked.part(choice.key), steps.get(choice.key, "")) for choice in asked.choices]
        return {"rows": rows, "scale": scale_of(asked)}

    def words(self, asked: Definition, answer: Canonical) -> list[str]:
        steps = answer if isinstance(answer, dict) else {}
        told = {step.key: step.label for step in scale_of(asked)}
        return [f"{label}: {told[steps[key]] if key in steps else 'not answered'}" for key, label in asked.labels.items()]

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """`rows` gives [key, label, letter, [how many by step]]; those of a row add up to whoever answered it, `n` at most."""
        counted: Counter[tuple[str, str]] = Counter()
        n = 0
        for answer in answers:
            n += 1
            counted.update((answer if isinstance(answer, dict) else {}).items())
        scale = scale_of(asked)
        rows = [
            [choice.key, choice.label, choice.letter, [counted[choice.key, step.key] for step in scale]]
            for choice in asked.choices
        ]
        return {"n": n, "scale": [[step.key, step.label] for step in scale], "rows": rows}

    def told(self, asked: Definition, counts: Mapping[str, Any]) -> Told:
        if not counts["n"]:
            return NOBODY
        heads = ("Row", *(label for _, label in counts["scale"]), "Answers")
        rows = tuple(
            Row(label, letter, (*(_cell(part, sum(parts)) for part in parts), f"{sum(parts):,}"))
            for _, label, letter, parts in counts["rows"]
        )
        return Told(
            "", table=Table(f"How each row was answered, {answers(counts['n'])}", heads, rows), note="Shares are of each row."
        )

    def _as_typed(self, asked: Definition, given: Given) -> dict[str, str]:
        known = {step.key for step in scale_of(asked)}
        if not isinstance(given, dict) or not set(given) <= set(asked.keys):
            raise InvalidAnswerError(self.unknown)
        if not all(isinstance(step, str) and step in known for step in given.values()):
            raise InvalidAnswerError(self.unknown)
        return given


def scale_of(asked: Definition) -> list[Choice]:
    """Empty where the setting cannot be read."""
    scale = asked.settings.get("scale")
    return [Choice(key, label) for key, label in scale] if is_scale(scale) and isinstance(scale, list) else []


def _cell(part: int, whole: int) -> str:
    return f"{part:,} ({100 * part / whole:.0f}%)" if whole else "0"
