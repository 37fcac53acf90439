"""Published results, ready to be drawn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from consultation.models import Books, Consultation, OtherBooks, OtherResult, Party, Response, Result, Version
from consultation.questionnaire import Sheet
from consultation.readers.paths import asked_when
from consultation.readers.questionnaires import published_versions, questionnaire_of
from consultation.readers.tabulation import tabulations
from questions.agreement_scale import STEPS
from questions.definitions import Definition
from questions.findings import NOBODY, Bar, Table
from questions.kinds import kind_of
from questions.ranking import METHODS
from tally import number

FEW: Final = 5


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
    under: str = ""
    """In words, to which versions of the questionnaire this count belongs; empty: to all."""
    is_kept_back: bool = False
    """So few answered under these versions that the count would tell who said what."""
    is_again: bool = False
    """The same question, as a later version asked it, right after the count of the earlier."""

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


def findings(consultation: Consultation, versions: Sequence[Version] | None = None) -> list[Found]:
    """One for each count, in order; a question that a material change made another one has several. `versions` are all published
    ones, where they were read already. Two statements."""
    versions = published_versions(consultation) if versions is None else versions
    found = _told(versions, Result.objects.filter(version__in=versions).select_related("question"))
    is_named = consultation.identity_mode == Consultation.Identity.NAMED
    return [replace(each, is_kept_back=bool(each.under) and not is_named and 0 < each.whole < FEW) for each in found]


def findings_of_others(consultation: Consultation, versions: Sequence[Version] | None = None) -> list[Others]:
    """Of organisations and of the public, each apart. No statement where they were not asked, else four at most."""
    if not consultation.for_organisations and not consultation.for_public:
        return []
    books = list(OtherBooks.objects.filter(consultation=consultation))
    if not books:
        return []
    versions = published_versions(consultation) if versions is None else versions
    results: dict[str, list[OtherResult]] = {}
    for result in OtherResult.objects.filter(version__in=versions).select_related("question"):
        results.setdefault(result.kind, []).append(result)
    sent = Response.objects.filter(consultation=consultation, is_current=True).of_kind(Party.Kind.ORGANISATION)
    named = list(Party.objects.filter(responses__in=sent).order_by("name", "pk"))
    return [
        Others(
            kind=each.kind,
            title=str(Party.Kind(each.kind).label),
            counted=each.counted,
            found=_told(versions, results.get(each.kind, [])),
            named=named if each.kind == Party.Kind.ORGANISATION else [],
        )
        for each in books
    ]


def _told(versions: Sequence[Version], counted: Iterable[Result | OtherResult]) -> list[Found]:
    """In the order of what was asked last. No statement, but for what `counted` takes."""
    results = {(result.version_id, result.question.key): result for result in counted}
    questionnaires = {version.pk: questionnaire_of(version) for version in versions}
    placed = {pk: {asked.key: (sheet, asked) for sheet, asked in each.placed()} for pk, each in questionnaires.items()}
    whens = {
        pk: {key: when for page in asked_when(each) for key, when in page.whens.items()} for pk, each in questionnaires.items()
    }
    found: list[Found] = []
    for table in tabulations(versions):
        result = results.get((table.version.pk, table.key))
        if result is None:
            continue
        told = _found(*placed[table.version.pk][table.key], result)
        found.append(
            replace(
                told,
                when=whens[table.version.pk][table.key],
                under=_under(result.over),
                is_again=bool(found) and found[-1].asked.key == table.key,
            )
        )
    return found


def versions_counted(consultation: Consultation) -> list[tuple[int, int]]:
    """How many of those counted answered each version; empty where there was one alone. One statement."""
    books = Books.objects.filter(consultation=consultation).first()
    return books.told_by_version if books else []


def _under(numbers: list[int]) -> str:
    """“version 2”, “versions 1 and 2”, “versions 1, 2 and 3”."""
    if not numbers:
        return ""
    *before, last = map(str, numbers)
    return f"versions {', '.join(before)} and {last}" if before else f"version {last}"


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
