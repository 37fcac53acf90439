"""Published results, ready to be drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from consultation.models import Consultation, OtherBooks, OtherResult, Party, Response, Result
from consultation.questionnaire import Questionnaire, Sheet
from consultation.readers.paths import asked_when
from consultation.readers.questionnaires import questionnaire_of
from questions.agreement_scale import STEPS
from questions.definitions import Definition
from questions.findings import NOBODY, Bar, Table
from questions.kinds import kind_of
from questions.ranking import METHODS
from tally import number


@dataclass(frozen=True, slots=True)
class Method:
    """One way of counting a ranking. `places` by candidate: "1", or "2=" where level; `first` are the labels of the winners."""

    title: str
    rule: str
    unit: str
    places: list[str]
    scores: list[str]
    first: list[str]
    sentences: list[str]
    tie_broken: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What was counted for one question. Which of the rest is filled hangs on the kind."""

    sheet: Sheet
    asked: Definition
    n: int
    whole: int
    sentence: str
    bars: tuple[Bar, ...] = ()
    table: Table | None = None
    note: str = ""
    steps: tuple[int, ...] = ()
    methods: tuple[Method, ...] = ()
    ranked: int = 0
    abstained: int = 0
    when: str = ""
    """In words, of whom it was asked only; empty: of everybody."""

    @property
    def is_read(self) -> bool:
        """By people: it is a text."""
        return bool(self.asked.longest)

    @property
    def missing(self) -> int:
        return self.whole - self.n


@dataclass(frozen=True, slots=True)
class Others:
    """What was counted over those who are no members. `found` is empty where fewer than five answered: too few to count without
    telling who said what. `named`: the organisations."""

    kind: str
    title: str
    counted: int
    found: Sequence[Found]
    named: Sequence[Party]


def findings(consultation: Consultation) -> list[Found]:
    """One for each question, in order: two statements."""
    version = consultation.versions.filter(published_at__isnull=False).latest("number")
    results = {result.question.key: result for result in Result.objects.filter(version=version).select_related("question")}
    return _told(questionnaire_of(version), results)


def findings_of_others(consultation: Consultation) -> list[Others]:
    """Of organisations and of the public, each apart. No statement where they were not asked, else four at most."""
    if not consultation.for_organisations and not consultation.for_public:
        return []
    books = list(OtherBooks.objects.filter(consultation=consultation))
    if not books:
        return []
    version = consultation.versions.filter(published_at__isnull=False).latest("number")
    results: dict[str, dict[str, OtherResult]] = {}
    for result in OtherResult.objects.filter(version=version).select_related("question"):
        results.setdefault(result.kind, {})[result.question.key] = result
    sent = Response.objects.filter(consultation=consultation, is_current=True).of_kind(Party.Kind.ORGANISATION)
    named = list(Party.objects.filter(responses__in=sent).order_by("name", "pk"))
    questionnaire = questionnaire_of(version)
    return [
        Others(
            kind=each.kind,
            title=str(Party.Kind(each.kind).label),
            counted=each.counted,
            found=_told(questionnaire, results.get(each.kind, {})),
            named=named if each.kind == Party.Kind.ORGANISATION else [],
        )
        for each in books
    ]


def _told(questionnaire: Questionnaire, results: Mapping[str, Result | OtherResult]) -> list[Found]:
    whens = {key: when for page in asked_when(questionnaire) for key, when in page.whens.items()}
    found = [_found(sheet, asked, results[asked.key]) for sheet, asked in questionnaire.placed() if asked.key in results]
    return [replace(each, when=whens[each.asked.key]) for each in found]


def _found(sheet: Sheet, asked: Definition, result: Result | OtherResult) -> Found:
    told: dict[str, Any] = {"sheet": sheet, "asked": asked, "n": result.n, "whole": result.whole}
    counts = result.counts
    match asked.kind:
        case "agreement_scale":
            by_step = {key: part for key, _, _, part in counts["choices"]}
            steps = tuple(by_step[step.key] for step in STEPS)
            return Found(**told, steps=steps, sentence=_agreement(steps, result.n))
        case "ranking":
            methods = tuple(_method(asked, each) for each in _in_order(counts["results"]))
            told |= {"ranked": counts["ranked"], "abstained": counts["abstained"]}
            return Found(**told, methods=methods, sentence=_winners(methods))
        case _:
            found = kind_of(asked).told(asked, counts)
            return Found(**told, bars=found.bars, table=found.table, note=found.note, sentence=found.sentence)


def _in_order(results: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """jsonb forgets the order of its keys."""
    return [results[name] for name in METHODS if name in results]


def _agreement(steps: tuple[int, ...], n: int) -> str:
    if not n:
        return NOBODY.sentence
    against, neither, agree = steps[0] + steps[1], steps[2], steps[3] + steps[4]
    return f"Of {n:,} answers, {agree:,} agree, {against:,} disagree and {neither:,} do neither."


def _winners(methods: tuple[Method, ...]) -> str:
    if not methods:
        return "Nobody ranked them."
    winners = {tuple(method.first) for method in methods}
    if len(winners) > 1:
        return "The ways of counting do not agree on the first place."
    first = winners.pop()
    if len(first) == 1:
        return f"Every way of counting puts “{first[0]}” first."
    return f"Every way of counting leaves {' and '.join(f'“{label}”' for label in first)} level in first place."


def _method(asked: Definition, told: Mapping[str, Any]) -> Method:
    places: dict[str, str] = {}
    for group in told["ranking"]:
        place = len(places) + 1
        places |= {key: f"{place}=" if len(group) > 1 else str(place) for key in group}
    return Method(
        title=told["title"],
        rule=told["rule"],
        unit=told["unit"],
        places=[places[key] for key in asked.keys],
        scores=[number(Fraction(told["scores"][key])) for key in asked.keys],
        first=[asked.labels[key] for key in told["ranking"][0]],
        sentences=list(told["sentences"]),
        tie_broken=told["tie_broken"],
    )
