"""Consent, can live with it, or an objection with its reason: of one proposal or of each of several."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from questions.checks import choice_faults
from questions.definitions import Canonical, Choice, Definition, Given, InvalidAnswerError
from questions.findings import NOBODY, Bar, Row, Table, Told, answers
from questions.kind import Kind
from questions.texts import tidy, typed, within

STANCES: Final = (Choice("consent", "Consent"), Choice("live", "Can live with it"), Choice("object", "Object, because…"))
REASON_LONGEST: Final = 500
MOST: Final = 12
PROPOSAL: Final = "proposal"
"""The key under which the question itself is answered, where it has no choices."""


class Consent(Kind):
    """Canonical form: {key: {"stance": consent, live or object, "because": words}}; `because` only where something is written,
    and always with an objection. Without choices the text of the question is the proposal."""

    name = "consent"
    label = "Consent, can live with it, or object"
    use = "For a proposal, or for each choice: who objects says why. Without choices, the question itself is the proposal."
    template = "questions/_consent.html"
    missing = "Say where you stand"
    unknown = "Choose one of the three"
    takes_choices = True

    def faults(self, asked: Definition) -> list[str]:
        return [*(choice_faults(asked, least=1, most=MOST) if asked.choices else []), *super().faults(asked)]

    def instruction(self, asked: Definition) -> str:
        return "Whoever objects says why; with the others a reason is welcome."

    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        found: dict[str, Any] = {}
        for each in proposals(asked):
            stance = typed(posted, asked.part(each.key), 20)
            because = tidy(posted.get(asked.part(f"{each.key}:because"), "")[: 10 * REASON_LONGEST])
            if stance or because:
                found[each.key] = {"stance": stance, "because": because}
        return found or None

    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        if given is None:
            return None
        told = self._as_typed(asked, given)
        found: dict[str, Any] = {}
        for each in proposals(asked):
            stance, because = told.get(each.key, ("", ""))
            about = f" about “{each.label}”" if asked.choices else ""
            if not stance and because:
                raise InvalidAnswerError(f"You gave a reason: say where you stand{about} too")
            if stance == "object" and not because:
                raise InvalidAnswerError(f"Say why you object{f' to “{each.label}”' if asked.choices else ''}")
            if stance:
                reason = within(because, REASON_LONGEST, what=f"your reason{about}")
                found[each.key] = {"stance": stance} | ({"because": reason} if reason else {})
            elif asked.required and told:
                raise InvalidAnswerError(f"Say where you stand{about}")
        return found or None

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        told = self._as_typed(asked, given) if given is not None else {}
        rows = [
            {"choice": each, "name": asked.part(each.key), "stance": stance, "because": because}
            for each in proposals(asked)
            for stance, because in [told.get(each.key, ("", ""))]
        ]
        return {"rows": rows, "stances": STANCES, "alone": not asked.choices, "longest": REASON_LONGEST}

    def words(self, asked: Definition, answer: Canonical) -> list[str]:
        told = answer if isinstance(answer, dict) else {}
        lines = []
        for each in proposals(asked):
            if each.key in told:
                stance = {"consent": "Consent", "live": "Can live with it", "object": "Object"}[told[each.key]["stance"]]
                because = f", because: {told[each.key]['because']}" if "because" in told[each.key] else ""
                lines.append(f"{f'{each.label}: ' if asked.choices else ''}{stance}{because}")
        return lines

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """`choices` gives [key, label, letter, [consent, live, object], how many gave a reason]; those of a choice add up to
        whoever said where they stand on it, `n` at most."""
        stances: Counter[tuple[str, str]] = Counter()
        reasons: Counter[str] = Counter()
        n = 0
        for answer in answers:
            n += 1
            for key, told in (answer if isinstance(answer, dict) else {}).items():
                stances[key, told["stance"]] += 1
                reasons[key] += "because" in told
        rows = [
            [each.key, each.label, each.letter, [stances[each.key, stance.key] for stance in STANCES], reasons[each.key]]
            for each in proposals(asked)
        ]
        return {"n": n, "choices": rows}

    def told(self, asked: Definition, counts: Mapping[str, Any]) -> Told:
        n, rows = counts["n"], counts["choices"]
        if not n:
            return NOBODY
        note = "Reasons are read by people and not published here."
        if not asked.choices:
            consent, live, objects = rows[0][3]
            sentence = f"Of {answers(n)}, {consent:,} consent, {live:,} can live with it and {objects:,} object."
            bars = tuple(
                Bar(label, "", part, n) for label, part in zip(("Consent", "Can live with it", "Object"), rows[0][3], strict=True)
            )
            return Told(sentence, bars, note=note)
        fewest = min(row[3][2] for row in rows)
        calm = " and ".join(f"“{label}”" for _, label, _, parts, _ in rows if parts[2] == fewest)
        met = f"{fewest:,} objection{'' if fewest == 1 else 's'}"
        sentence = f"{calm} met the fewest objections: {met}, from {answers(n)}."
        bars = tuple(Bar(label, letter, parts[0] + parts[1], sum(parts)) for _, label, letter, parts, _ in rows)
        heads = ("Choice", "Consent", "Can live with it", "Object", "Answers", "Reasons given")
        cells = tuple(
            Row(label, letter, (*(f"{part:,}" for part in parts), f"{sum(parts):,}", f"{reasons:,}"))
            for _, label, letter, parts, reasons in rows
        )
        table = Table(f"Where members stand, {answers(n)}", heads, cells)
        return Told(sentence, bars, table, f"The bars show whoever consents or can live with it. {note}")

    def _as_typed(self, asked: Definition, given: Given) -> dict[str, tuple[str, str]]:
        known = {each.key for each in proposals(asked)}
        stances = {"", *(stance.key for stance in STANCES)}
        if not isinstance(given, dict) or not set(given) <= known:
            raise InvalidAnswerError(self.unknown)
        found = {}
        for key, told in given.items():
            if not isinstance(told, dict) or not set(told) <= {"stance", "because"}:
                raise InvalidAnswerError(self.unknown)
            stance, because = told.get("stance", ""), told.get("because", "")
            if not isinstance(stance, str) or stance not in stances or not isinstance(because, str):
                raise InvalidAnswerError(self.unknown)
            found[key] = (stance, tidy(because))
        return found


def proposals(asked: Definition) -> tuple[Choice, ...]:
    """What is stood for or against: the choices, or the question itself."""
    return asked.choices or (Choice(PROPOSAL, asked.text),)
