"""The demo's consultations, written, opened, answered and published through the actions that people use."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Facts, User
from common.clock import london_day
from consultation.actions.audience import change_audience
from consultation.actions.closing import close_what_is_due
from consultation.actions.conditions import set_condition
from consultation.actions.opening import open_consultation
from consultation.actions.options import add_document, add_option, discard_option
from consultation.actions.publishing import publish_results, tell_outcome
from consultation.actions.publishing_versions import publish_version
from consultation.actions.questionnaire import add_page, add_question, change_page
from consultation.actions.reviewing import approve_draft, ask_for_review
from consultation.actions.texts import begin_text, publish_text
from consultation.actions.versions import approve_version, ask_for_version_review, start_version
from consultation.actions.writing import write_consultation
from consultation.models import Consultation, Option
from consultation.paths.conditions import condition_of
from consultation.readers.questionnaires import current_version
from consultation.readers.reviewing import text_digest
from consultation.readers.versions import version_digest
from demo import reading
from demo.accounts import DEMO_ACCOUNTS
from demo.answering import answer
from demo.drawing import Person
from demo.others import load_others
from demo.people import load_respondents
from forum.models import Category, Topic

FACT_NAMES = {"method": "assessment", "suits": "suits"}
KEPT_FACTS = ("evidence", "entry", "time", "cost", "renewal", "awarding_body", "level")
FATES = {"Preferred": Option.Fate.PREFERRED, "Not taken up": Option.Fate.RULED_OUT, "Kept for later": Option.Fate.KEPT}
SILENT = {"england": 1.2, "scotland": 1, "wales": 4, "northern-ireland": 2}
_KEPT_FREE = {account.email for account in DEMO_ACCOUNTS}
"""Whoever signs in as one of them finds a consultation to answer."""
Respondents = dict[tuple[str, str], list[User]]


def load_consultations(
    people: Mapping[str, User],
    categories: Mapping[str, Category],
    topics: Mapping[str, Topic],
    *,
    director: User,
    loaded_at: datetime,
) -> list[Consultation]:
    """All of consultations.toml, in the state that each names. Answers differ by nation and list size."""
    names = iter(reading.respondent_names())
    respondents = _by_cell(user for user in people.values() if user.email not in _KEPT_FREE)
    found = []
    for table in reading.consultations():
        consultation = _write(table, by=people[table["organiser"]], topics=topics, loaded_at=loaded_at)
        if table["state"] != "draft":
            answering = _who_answers(table["respondents"], respondents, names, at=consultation.created_at)
            if table.get("others"):
                load_respondents(_silent(table["respondents"]), names, at=consultation.created_at)
            by, category = people[table["organiser"]], categories[table["category"]]
            _open(consultation, table, by=by, reviewer=director, category=category, loaded_at=loaded_at)
            answer(consultation, table, answering, loaded_at=loaded_at)
        if table.get("others"):
            load_others(consultation, people, loaded_at=loaded_at)
        if "slip" in table:
            _mend(consultation, table["slip"], by=by, reviewer=director, at=loaded_at - timedelta(days=2))
        if table["state"] == "published":
            _publish(consultation, table, by=director, loaded_at=loaded_at)
        found.append(consultation)
    _write_document(by=director, at=reading.moment(3, loaded_at=loaded_at))
    return found


def _write_document(*, by: User, at: datetime) -> None:
    """Published, and not yet put to the members: an organiser finds it under “Documents”."""
    version = begin_text(title="Code of conduct, a draft", source=reading.document("conduct"), by=by, at=at)
    publish_text(version, by=by, at=at)


def _write(table: Mapping[str, Any], *, by: User, topics: Mapping[str, Topic], loaded_at: datetime) -> Consultation:
    at = reading.moment(table.get("opened_day", 2) + 3, loaded_at=loaded_at)
    consultation = write_consultation(
        by=by, at=at, title=table["title"], lede=table["summary"], background=reading.unwrapped(table["background"]),
        effects=reading.unwrapped(table["effects"]),
        asked_by="The institute's standards committee", identity_mode=table.get("identity", "named"),
    )  # fmt: skip
    for option in table["option"]:
        facts = {FACT_NAMES.get(name, name): text for name, text in option["facts"].items() if name in {*FACT_NAMES, *KEPT_FACTS}}
        add_option(consultation, by=by, at=at, key=option["key"], name=option["label"], summary=option["summary"], **facts)
    for discarded in table.get("discarded", ()):
        discard_option(consultation, name=discarded["label"], reason=discarded["reason"], by=by, at=at)
    for key in table.get("related_topics", ()):
        add_document(
            consultation, title=topics[key].title, url=topics[key].get_absolute_url(), note="A debate here", by=by, at=at
        )
    for page in table["page"]:
        made = add_page(consultation, title=page["title"], intro=page["intro"], key=page["key"], by=by, at=at)
        if "when" in page:
            set_condition(made, condition_of(page["when"]), by=by, at=at)
        for question in page["question"]:
            _ask(made, question, by=by, at=at)
    return consultation


def _ask(page: Any, question: Mapping[str, Any], *, by: User, at: datetime) -> None:
    offers_options = question.get("choices") == "options"
    own = question["type"] == "agreement_scale" or offers_options
    add_question(
        page, by=by, at=at, key=question["key"], kind=question["type"], text=question["text"], hint=question["hint"],
        required=question["required"], offers_options=offers_options,
        choices=() if own else [(key, label) for key, label in question.get("choices", ())],
        settings=question.get("settings", {}),
    )  # fmt: skip


def _open(
    consultation: Consultation,
    table: Mapping[str, Any],
    *,
    by: User,
    reviewer: User,
    category: Category,
    loaded_at: datetime,
) -> None:
    opened = reading.moment(table["opened_day"], loaded_at=loaded_at).replace(hour=9)
    if table.get("others"):
        change_audience(consultation, organisations=True, public=True, by=by, at=opened - timedelta(days=3))
        consultation.refresh_from_db()
    ask_for_review(consultation, by=by, at=opened - timedelta(days=2))
    approve_draft(consultation, digest=text_digest(consultation), by=reviewer, at=opened - timedelta(days=1))
    closes_on = london_day(reading.moment(table["closes_day"], loaded_at=loaded_at))
    open_consultation(consultation, category=category, by=by, at=opened, closes_on=closes_on)
    consultation.refresh_from_db()


def _mend(consultation: Consultation, slip: Mapping[str, str], *, by: User, reviewer: User, at: datetime) -> None:
    """A slip of the pen that somebody found while it was open, mended by a new version."""
    version = start_version(consultation, by=by, at=at)
    page = version.pages.get(key=slip["page"])
    change_page(page, title=page.title, intro=slip["intro"], by=by, at=at)
    ask_for_version_review(consultation, materiality="typo", reason=slip["reason"], by=by, at=at)
    version.refresh_from_db()
    digest = version_digest(version, current_version(consultation))
    approve_version(consultation, digest=digest, by=reviewer, at=at + timedelta(hours=1))
    publish_version(consultation, by=by, at=at + timedelta(hours=2))


def _who_answers(
    cells: Sequence[Mapping[str, Any]], respondents: Respondents, names: Iterator[str], *, at: datetime
) -> list[tuple[User, Person]]:
    """Members of each cell first; where they are too few, new ones, who then are there for the next consultation too."""
    missing = [
        (cell["nation"], cell["list_size"])
        for cell in cells
        for _ in range(cell["count"] - len(respondents.get((cell["nation"], cell["list_size"]), ())))
    ]
    for where, user in zip(missing, load_respondents(missing, names, at=at), strict=True):
        respondents.setdefault(where, []).append(user)
    return [
        (user, Person(cell["nation"], cell["list_size"]))
        for cell in cells
        for user in respondents[cell["nation"], cell["list_size"]][: cell["count"]]
    ]


def _silent(cells: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Members who could answer and do not: in Wales four for each who does."""
    return [(cell["nation"], cell["list_size"]) for cell in cells for _ in range(round(cell["count"] * SILENT[cell["nation"]]))]


def _publish(consultation: Consultation, table: Mapping[str, Any], *, by: User, loaded_at: datetime) -> None:
    assert consultation.closes_at is not None
    close_what_is_due(at=consultation.closes_at + timedelta(minutes=1))
    consultation.refresh_from_db()
    fates = {option["key"]: _fate(option["facts"]["status"]) for option in table["option"]}
    published = reading.moment(table["published_day"], loaded_at=loaded_at)
    publish_results(consultation, by=by, at=published)
    consultation.refresh_from_db()
    tell_outcome(consultation, outcome=reading.unwrapped(table["outcome"]), fates=fates, by=by, at=published)


def _fate(status: str) -> tuple[str, str]:
    """`Preferred: to be piloted` → what became of the option, and because of what."""
    for words, fate in FATES.items():
        if status.startswith(words):
            return fate, status.removeprefix(words).lstrip(":, ")
    return Option.Fate.OPEN, ""


def _by_cell(people: Iterable[User]) -> Respondents:
    found: Respondents = {}
    for facts in Facts.objects.filter(user__in=list(people)).select_related("user").order_by("user_id"):
        found.setdefault((facts.nation, facts.list_size), []).append(facts.user)
    return found
