"""Points from 0 to 5 for each choice, given without regard to the others."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from questions.checks import choice_faults
from questions.definitions import Canonical, Definition, Given, InvalidAnswerError
from questions.findings import NOBODY, Bar, Row, Table, Told, answers, average
from questions.kind import Kind
from questions.shares import fields, numbers_of, read_numbers
from tally import count_scores

MOST: Final = 5
MOST_CHOICES: Final = 20


class Score(Kind):
    """Canonical form: {key: 0 to 5}; what one has no view on is left out."""

    name = "score"
    label = "Score from 0 to 5 for each"
    use = "Members give each choice 0 to 5 points; the most points stand first."
    template = "questions/_score.html"
    missing = "Score at least one"
    takes_choices = True

    def faults(self, asked: Definition) -> list[str]:
        return [*choice_faults(asked, least=1, most=MOST_CHOICES), *super().faults(asked)]

    def instruction(self, asked: Definition) -> str:
        return "0 is worst, 5 is best. Two may have the same; what you have no view on needs no score."

    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        return read_numbers(asked, posted)

    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        if given is None:
            return None
        scores = numbers_of(asked, given)
        if any(score > MOST for score in scores.values()):
            raise InvalidAnswerError("Scores run from 0 to 5")
        return scores or None

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        return {"rows": fields(asked, given), "steps": [str(step) for step in range(MOST + 1)]}

    def words(self, asked: Definition, answer: Canonical) -> list[str]:
        scores = answer if isinstance(answer, dict) else {}
        return [f"{label}: {scores.get(key, 'no view')}" for key, label in asked.labels.items()]

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """`choices` gives [key, label, letter, all points, how many scored it]; `result` is the finding of `tally`."""
        cast = Counter(tuple(sorted(answer.items())) for answer in answers if isinstance(answer, dict))
        scored = Counter(key for ballot, times in cast.items() for key, _ in ballot for _ in range(times))
        result = count_scores(asked.keys, [(dict(ballot), times) for ballot, times in cast.items()], most=MOST)
        return {
            "n": cast.total(),
            "choices": [
                [choice.key, choice.label, choice.letter, int(result.scores[choice.key]), scored[choice.key]]
                for choice in asked.choices
            ],
            "result": {**result.as_dict(), "sentences": list(result.sentences(asked.labels))},
        }

    def told(self, asked: Definition, counts: Mapping[str, Any]) -> Told:
        n, rows = counts["n"], counts["choices"]
        if not n:
            return NOBODY
        first = [label for _, label, _, points, _ in rows if points == max(row[3] for row in rows)]
        named = " and ".join(f"“{label}”" for label in first)
        sentence = f"{named} {'has' if len(first) == 1 else 'have'} the most points, from {answers(n)}."
        bars = tuple(Bar(label, letter, points, n * MOST) for _, label, letter, points, _ in rows)
        heads = ("Choice", "Points", "Average of those who scored it", "Scored by")
        cells = tuple(
            Row(label, letter, (f"{points:,}", average(points, scored), f"{scored:,} of {n:,}"))
            for _, label, letter, points, scored in rows
        )
        note = f"The bars show the points out of {MOST} from each of {n:,}. {counts['result']['rule']}"
        return Told(sentence, bars, Table(f"Points from 0 to 5, {answers(n)}", heads, cells), note)
