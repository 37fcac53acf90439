"""What members wrote, on its way to other readers: what waits for a decision, what its writer will see, what everybody reads."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, Count, Exists, F, Func, OuterRef, Q, Value
from django.db.models.query import QuerySet

from common.paging import BadCursor, Page, read_cursor, take_page
from consultation.models import Answer, Consultation, Response, Showing, Version
from consultation.models.response import COUNTED, COUNTED_ANSWERS, ResponseQuerySet
from consultation.questionnaire import Questionnaire
from consultation.readers.questionnaires import questionnaire_of, questions_ever_asked
from consultation.readers.seats import Writer, theirs
from questions.definitions import Canonical, Definition
from questions.kinds import kind_of

PAGE: Final = 20
WORDED: Final = ("long_text", "short_text")
"""Kinds of questions that are answered in one's own words."""
MAY_HOLD_WORDS: Final = (*WORDED, "consent", "single_choice", "several_choices")
_WORDS_WITHIN: Final = "$.** ? (exists(@.because) || exists(@.other))"
Waiting = Literal["undecided", "second", "analysis"]


@dataclass(frozen=True, slots=True)
class Waits:
    """How many answers nobody has decided about, how many wait for a second organiser, how many are settled; and how many are
    for analysis alone, about which nothing is decided."""

    undecided: int
    second: int
    settled: int
    analysis: int

    @property
    def whole(self) -> int:
        """Of those that others may read."""
        return self.undecided + self.second + self.settled


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """A question with what others read of the answer to it: lines; `state` says why there are none."""

    asked: Definition
    words: Sequence[str]
    state: Literal["", "waits", "kept-back", "own-wish", "files"] = ""
    reason: str = ""
    redactions: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ShownResponse:
    """One response as others read it. `name` is empty where its writer gave none; `kind` says whose it is where it is no
    member's."""

    reference: str
    name: str
    kind: str
    answers: Sequence[ShownAnswer]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the check page asks: the consents with the one that is chosen, and the answers that others could read, with those
    that are kept from them all the same."""

    consents: Sequence[tuple[str, str]]
    consent: str
    answers: Sequence[Definition]
    kept_back: Collection[str]


def wish_of(questions: Iterable[Definition], given: Collection[str], sent: Response | None) -> Wish:
    """As it was sent before; at first nobody else reads anything. At most one statement."""
    kept = sent.answers.filter(kept_back=True).values_list("question__key", flat=True) if sent else ()
    answers = [asked for asked in questions if asked.key in given and not kind_of(asked).stores_files]
    return Wish(Response.Consent.choices, sent.consent if sent else Response.Consent.ANALYSIS, answers, set(kept))


def written_in(asked: Definition, value: Canonical) -> str:
    """The answer as others would read it, where it holds words of one's own (a text, the reason of an objection, another choice);
    empty where it holds none: those are shown as they are."""
    if asked.kind in WORDED or _holds_words(value):
        return "\n".join(kind_of(asked).words(asked, value))
    return ""


def answer_in_words(consultation: Consultation, handle: UUID) -> tuple[Answer, str] | None:
    """One answer that counts with words of its writer's own, with what it says; None for any other. One statement."""
    rows = Answer.objects.select_related("question", "response__version", "showing__decided_by", "showing__agreed_by")
    rows = rows.select_related("response__consultation")
    answer = rows.filter(COUNTED_ANSWERS, handle=handle, response__consultation=consultation).first()
    if answer is None:
        return None
    text = written_in(asked_by(answer), answer.value)
    return (answer, text) if text else None


def asked_by(answer: Answer) -> Definition:
    """The question as the version asked it that was answered. Wants `question` and `response.version`."""
    asked = (one for one in questionnaire_of(answer.response.version).questions if one.key == answer.question.key)
    return next(asked)


def _holds_words(value: Canonical) -> bool:
    if isinstance(value, dict):
        return bool({"because", "other"} & value.keys()) or any(map(_holds_words, value.values()))
    return isinstance(value, list) and any(map(_holds_words, value))


def to_decide(consultation: Consultation, what: Waiting, *, question: str = "", after: str = "") -> Page[tuple[Answer, str]]:
    """Answers in their writers' own words, twenty a page, in an order drawn by lot: those about which nobody has decided, those
    that wait for a second organiser, or those that nobody else reads, each with what it says. Without the names of their
    writers. Raises BadCursor."""
    rows = _worded(consultation, _FOR_ANALYSIS if what == "analysis" else ~_FOR_ANALYSIS)
    if what != "analysis":
        rows = rows.filter(showing=None) if what == "undecided" else rows.filter(_FOR_A_SECOND)
    if question:
        rows = rows.filter(question__key=question)
    if after:
        rows = rows.filter(handle__gt=_handle_in(after))
    found = list(rows.select_related("question", "response__version", "showing").order_by("handle")[: PAGE + 1])
    page = take_page(found, size=PAGE, key=lambda answer: (str(answer.handle),), has_newer=False)
    return Page([(answer, written_in(asked_by(answer), answer.value)) for answer in page.rows], page.older)


def how_many_to_decide(consultation: Consultation) -> Waits:
    """One statement, which reads the answers once."""
    told = _worded(consultation).aggregate(
        whole=Count("pk", filter=~_FOR_ANALYSIS),
        undecided=Count("pk", filter=~_FOR_ANALYSIS & Q(showing=None)),
        second=Count("pk", filter=~_FOR_ANALYSIS & _FOR_A_SECOND),
        analysis=Count("pk", filter=_FOR_ANALYSIS),
    )
    settled = told["whole"] - told["undecided"] - told["second"]
    return Waits(told["undecided"], told["second"], settled, told["analysis"])


def as_others_will_see(writer: Writer, consultation: Consultation) -> ShownResponse | None:
    """One's own, decided or not yet; None where nothing was sent. Three statements."""
    rows = Response.objects.filter(theirs(consultation, writer), consultation=consultation, is_current=True)
    sent = rows.select_related("version", "party", "user").first()
    return _shown([sent])[0] if sent is not None else None


def shown_responses(consultation: Consultation, *, words: str = "", question: str = "", after: str = "") -> Page[ShownResponse]:
    """What members let others read, in no order that tells anything; those in which `words` are found, in the answer to
    `question` where one is named. Twenty a page, four statements. Nothing before results are published. Raises BadCursor."""
    if consultation.published_at is None:
        return Page([])
    rows = _readable(consultation)
    if words or question:
        found = Showing.objects.filter(_ON_SHOW, answer__response=OuterRef("pk"))
        found = found.filter(answer__question__key=question) if question else found
        found = found.filter(search=SearchQuery(words, search_type="websearch", config="english")) if words else found
        rows = rows.filter(Exists(found))
    if after:
        rows = rows.filter(reference__gt=read_cursor(after, length=1)[0])
    page = take_page(
        list(rows.select_related("user", "party", "version").order_by("reference")[: PAGE + 1]),
        size=PAGE,
        key=lambda response: (response.reference,),
        has_newer=False,
    )
    return Page(_shown(page.rows), page.older)


def how_many_shown(consultation: Consultation) -> int:
    """Of the members' current responses those that others may read. One statement."""
    return _readable(consultation).of_members().count() if consultation.published_at is not None else 0


def how_many_others_shown(consultation: Consultation) -> int:
    """The same of organisations and the public. One statement."""
    return _readable(consultation).exclude(party=None).count() if consultation.published_at is not None else 0


def worded_questions(consultation: Consultation) -> list[Definition]:
    """Those answered in one's own words, also of earlier versions."""
    return [asked for asked in questions_ever_asked(consultation) if asked.kind in MAY_HOLD_WORDS]


_FOR_A_SECOND: Final = Q(showing__decision__in=["redacted", "kept-back"], showing__agreed_at=None)
_FOR_ANALYSIS: Final = Q(response__consent=Response.Consent.ANALYSIS) | Q(kept_back=True)
_ON_SHOW: Final = Q(decision="shown") | Q(decision="redacted", agreed_at__isnull=False)


def _readable(consultation: Consultation) -> ResponseQuerySet:
    return Response.objects.filter(COUNTED, consultation=consultation).exclude(consent=Response.Consent.ANALYSIS)


def _worded(consultation: Consultation, which: Q | None = None) -> "QuerySet[Answer]":
    rows = Answer.objects.filter(COUNTED_ANSWERS, which or Q(), response__consultation=consultation)
    within = Func(
        F("value"), Value(_WORDS_WITHIN), template="jsonb_path_exists(%(expressions)s::jsonpath)", output_field=BooleanField()
    )
    return rows.alias(within=within).filter(Q(question__kind__in=WORDED) | Q(question__kind__in=MAY_HOLD_WORDS, within=True))


def _handle_in(cursor: str) -> UUID:
    try:
        return UUID(str(read_cursor(cursor, length=1)[0]))
    except ValueError as error:
        raise BadCursor(cursor) from error


def _shown(responses: Sequence[Response]) -> list[ShownResponse]:
    rows = Answer.objects.filter(response__in=responses).select_related("question", "showing")
    by_response: dict[int, dict[str, Answer]] = {}
    for answer in rows.prefetch_related("showing__redactions"):
        by_response.setdefault(answer.response_id, {})[answer.question.key] = answer
    questionnaires: dict[int, Questionnaire] = {}
    return [
        ShownResponse(
            response.reference,
            _name(response),
            response.party.sort_label if response.party else "",
            _answers(_asked_in(response.version, questionnaires), by_response.get(response.pk, {})),
        )
        for response in responses
    ]


def _name(response: Response) -> str:
    if response.consent != Response.Consent.NAMED:
        return ""
    if response.party is not None:
        return response.party.name
    return response.user.display_name if response.user else ""


def _asked_in(version: Version, questionnaires: dict[int, Questionnaire]) -> Questionnaire:
    if version.pk not in questionnaires:
        questionnaires[version.pk] = questionnaire_of(version)
    return questionnaires[version.pk]


def _answers(questionnaire: Questionnaire, given: Mapping[str, Answer]) -> list[ShownAnswer]:
    return [_answer(asked, given[asked.key]) for asked in questionnaire.questions if asked.key in given]


def _answer(asked: Definition, answer: Answer) -> ShownAnswer:
    if answer.kept_back:
        return ShownAnswer(asked, (), "own-wish")
    if kind_of(asked).stores_files:
        return ShownAnswer(asked, (), "files")
    if not written_in(asked, answer.value):
        return ShownAnswer(asked, kind_of(asked).words(asked, answer.value))
    showing: Showing | None = getattr(answer, "showing", None)
    if showing is None or not showing.is_final:
        return ShownAnswer(asked, (), "waits")
    if showing.decision == Showing.Decision.KEPT_BACK:
        return ShownAnswer(asked, (), "kept-back", showing.reason)
    return ShownAnswer(asked, showing.text.split("\n"), redactions=[taken.why for taken in showing.redactions.all()])
