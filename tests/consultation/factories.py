"""Makes consultations through the actions, as people would. Traits are keyword arguments; times are given, never read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings

from accounts.actions.people import create_account
from accounts.actions.roles import grant_role
from accounts.models import Facts, User
from common.clock import london_day
from consultation.actions.answering import save_answers
from consultation.actions.audience import change_audience
from consultation.actions.casting import cast_ballot
from consultation.actions.closing import close_what_is_due
from consultation.actions.entries import Source, begin_entry, hand_in_entry
from consultation.actions.finishing import begin_analysis, follow_up_consultation
from consultation.actions.opening import open_consultation
from consultation.actions.options import add_document, add_option, discard_option
from consultation.actions.organisations import Statement, ask_colleague, begin_for_organisation, join_colleagues
from consultation.actions.pausing import pause_consultation
from consultation.actions.publishing import publish_results, tell_outcome
from consultation.actions.publishing_versions import publish_version
from consultation.actions.questionnaire import add_page, add_question
from consultation.actions.reviewing import approve_draft, ask_for_review
from consultation.actions.scheduling import schedule_consultation
from consultation.actions.sealing import seal_answers
from consultation.actions.submitting import submit_response
from consultation.actions.versions import approve_version, ask_for_version_review, start_version
from consultation.actions.writing import change_details, write_consultation
from consultation.calendar import last_day
from consultation.detachment import new_key
from consultation.models import Consultation, Entry, ParticipationFigure, Response, Version
from consultation.readers.audience import audience_of, entitled
from consultation.readers.participation import NATIONS, SIZES, Shown, Table
from consultation.readers.questionnaires import current_version
from consultation.readers.reviewing import text_digest
from consultation.readers.seats import Seat, seat_at, seat_of_entry
from consultation.readers.versions import version_digest
from consultation.suppression import Count, with_sums
from forum.models import Category
from questions.definitions import Given
from tests.forum.factories import CategoryFactory

DAY = timedelta(days=1)
BEGIN = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
"""When drafts are written; they open a day later and close 42 days after that."""
OPENED = BEGIN + DAY
WHILE_OPEN = OPENED + 3 * DAY
AFTER_CLOSE = OPENED + 43 * DAY
LONG_AGO = OPENED - 100 * DAY

_numbers = count(1)

FULL: dict[str, Given] = {
    "purpose": "floor",
    "value": "agree",
    "route-order": [["portfolio"], ["exam"]],
    "why": "Most of us learnt this on the job.",
}
"""An answer to every question of `a_draft`."""


def a_person(name: str = "Anwen Tester", *, role: str | None = "member", facts: Mapping[str, str] | None = None) -> User:
    """Somebody with one role; `role=None`: an account that is no member's."""
    user = create_account(
        email=f"somebody{next(_numbers)}@example.org", display_name=name, at=BEGIN, terms_version=settings.TERMS_VERSION
    )
    if role:
        grant_role(user, role=role, by=None, at=BEGIN)
    if facts:
        Facts.objects.create(user=user, updated_at=BEGIN, **facts)
    return User.objects.with_roles().get(pk=user.pk)


def an_organiser() -> User:
    return a_person("Orla Organiser", role="organiser")


def a_draft(*, by: User | None = None, title: str = "Routes to accreditation", at: datetime = BEGIN) -> Consultation:
    """Ready to open: three options, two pages, one question of each type; the single choice and the ranking are required."""
    by = by or an_organiser()
    consultation = write_consultation(
        title=title,
        lede="Three ways are on the table. Which would you build?",
        background="Nobody outside can tell a good manager from a **lucky** one.",
        effects="Small practices have nobody to release.",
        asked_by="The standards committee",
        by=by,
        at=at,
    )
    for key, name, time, cost in (
        ("exam", "A written examination", "60 hours", "£540"),
        ("portfolio", "A portfolio of your own work", "45 hours", "£420"),
        ("appraisal", "Built on yearly appraisal", "6 hours a year", "£0"),
    ):
        add_option(consultation, key=key, name=name, summary=f"{name}, in short.", time=time, cost=cost, by=by, at=at)
    discard_option(consultation, name="A licence", reason="The institute cannot create one.", by=by, at=at)
    add_document(consultation, title="What each costs", url="https://example.org/costs", note="4 pages", by=by, at=at)
    first = add_page(consultation, key="purpose", title="What it is for", intro="Two questions.", by=by, at=at)
    add_question(
        first,
        key="purpose",
        kind="single_choice",
        text="What should it do above all?",
        hint="Only one.",
        required=True,
        choices=[("floor", "Guarantee a floor"), ("spur", "Help to get better"), ("none", "I would rather have none")],
        by=by,
        at=at,
    )
    add_question(first, key="value", kind="agreement_scale", text="Partners would value my work more.", by=by, at=at)
    second = add_page(consultation, key="routes", title="The routes", by=by, at=at)
    add_question(
        second,
        key="route-order",
        kind="ranking",
        text="Put the routes in order.",
        hint="Leave out what you could not live with.",
        required=True,
        offers_options=True,
        by=by,
        at=at,
    )
    add_question(second, key="why", kind="long_text", text="Why that order?", longest=200, by=by, at=at)
    return consultation


def approved(draft: Consultation, *, at: datetime = BEGIN, by: User | None = None) -> Consultation:
    """Read and approved by a second organiser, who is no member. Asked is a member, where the test has made none."""
    if not entitled(audience_of(draft), at=at).exists():
        a_person()
    asker = User.objects.with_roles().get(pk=draft.created_by_id)
    ask_for_review(draft, by=asker, at=at)
    draft.refresh_from_db()
    return approve_draft(draft, digest=text_digest(draft), by=by or _a_second_organiser(), at=at)


def _a_second_organiser() -> User:
    """Awake also where staff need a second step."""
    second = an_organiser()
    Authenticator.objects.create(user=second, type="totp", data={})
    return User.objects.with_roles().get(pk=second.pk)


def opened(draft: Consultation, *, category: Category, by: User, at: datetime, closes_on: date | None = None) -> Consultation:
    """Approved, then opened at once."""
    return open_consultation(approved(draft, at=at), category=category, by=by, at=at, closes_on=closes_on)


def an_open_one(*, by: User | None = None, title: str = "Routes to accreditation", at: datetime = OPENED) -> Consultation:
    by = by or an_organiser()
    return opened(a_draft(by=by, title=title, at=at - DAY), category=CategoryFactory(), by=by, at=at)


def a_confidential_one(
    *, by: User | None = None, title: str = "What we think of partners", at: datetime = OPENED
) -> Consultation:
    """An open one that keeps a tag instead of a name."""
    by, begun = by or an_organiser(), min(BEGIN, at - DAY)
    draft = change_details(a_draft(by=by, title=title, at=begun), identity_mode="confidential", by=by, at=begun)
    return opened(draft, category=CategoryFactory(), by=by, at=at)


def a_new_version(
    consultation: Consultation,
    *,
    change: Callable[[Version], object],
    materiality: str = "material",
    by: User | None = None,
    at: datetime = WHILE_OPEN,
    published: bool = True,
) -> Version:
    """Started by who opened it, changed by `change`, approved by a second organiser, and published."""
    by = by or User.objects.with_roles().get(pk=consultation.opened_by_id)
    version = start_version(consultation, by=by, at=at)
    change(version)
    ask_for_version_review(consultation, materiality=materiality, reason="It could be misread.", by=by, at=at)
    digest = version_digest(Version.objects.get(pk=version.pk), current_version(consultation))
    approve_version(consultation, digest=digest, by=_a_second_organiser(), at=at)
    return publish_version(consultation, by=by, at=at) if published else version


def a_later_one(state: str, *, by: User, at: datetime, title: str = "Routes to accreditation") -> Consultation:
    """`scheduled` (opens in five days), `paused`, `analysing` or `followed-up` at this moment."""
    if state == "scheduled":
        draft = approved(a_draft(by=by, title=title, at=at - DAY), at=at)
        plan = {"opens_at": at + 5 * DAY, "closes_on": last_day(at, 47), "category": CategoryFactory()}
        return schedule_consultation(draft, by=by, at=at, **plan)
    if state == "paused":
        consultation = an_open_one(by=by, title=title, at=at - 12 * DAY)
        return pause_consultation(consultation, note="A figure in the background is wrong.", by=by, at=at)
    consultation = an_open_one(by=by, title=title, at=at - 60 * DAY)
    close_what_is_due(at=at)
    begin_analysis(consultation, note="The answers are in.", by=by, at=at)
    if state == "followed-up":
        publish_results(consultation, by=by, at=at)
        return follow_up_consultation(consultation, follow_up="The first ten were assessed.", by=by, at=at)
    return Consultation.objects.get(pk=consultation.pk)


def figures_of(consultation: Consultation, *, at: datetime) -> ParticipationFigure:
    """Published this morning: Wales is little heard."""
    cells = {("england", "5-10k"): Count(40, 24), ("wales", "5-10k"): Count(40, 8)}
    whole = with_sums(cells, tuple(NATIONS), tuple(SIZES))
    table = Table(at, {cell: Shown(count.people, count.took_part) for cell, count in whole.items()}, Shown(12, 6))
    figures = {"table": table.as_dict(), "counted_at": at}
    return ParticipationFigure.objects.create(consultation=consultation, day=london_day(at), **figures)


def a_response(
    consultation: Consultation, *, by: User | None = None, at: datetime = WHILE_OPEN, consent: str = "analysis", **answers: Given
) -> Response:
    """Sent by `by` (default: a new member); `answers` with _ for - over an answer to everything."""
    by = by or a_person()
    save_answers(consultation, FULL | {key.replace("_", "-"): value for key, value in answers.items()}, by=by, at=at)
    return submit_response(consultation, by=by, at=at, consent=consent)


def a_published_one(*, by: User | None = None, title: str = "Routes to accreditation", answers: int = 0) -> Consultation:
    """Opened long before the others, so that closing it closes none of them."""
    by = by or an_organiser()
    consultation = an_open_one(by=by, title=title, at=LONG_AGO)
    for _ in range(answers):
        a_response(consultation, at=LONG_AGO + 3 * DAY)
    close_what_is_due(at=LONG_AGO + 43 * DAY)
    publish_results(consultation, by=by, at=LONG_AGO + 44 * DAY)
    return tell_outcome(consultation, outcome="We will build the **portfolio**.", by=by, at=LONG_AGO + 44 * DAY)


def a_detached_draft(*, by: User | None = None, title: str = "What we think of partners", at: datetime = BEGIN) -> Consultation:
    by = by or an_organiser()
    return change_details(a_draft(by=by, title=title, at=at), identity_mode="detached", by=by, at=at)


def a_detached_one(*, by: User | None = None, title: str = "What we think of partners", at: datetime = OPENED) -> Consultation:
    """Open to everybody who is a member by now: who comes later is entered the next morning."""
    by = by or an_organiser()
    return opened(a_detached_draft(by=by, title=title, at=at - DAY), category=CategoryFactory(), by=by, at=at)


def a_ballot(consultation: Consultation, *, by: User, at: datetime = WHILE_OPEN, **answers: Given) -> None:
    """Sent by `by` from a browser of their own; `answers` with _ for - over an answer to everything."""
    key = new_key()
    given = FULL | {name.replace("_", "-"): value for name, value in answers.items()}
    seal_answers(consultation, given, by=by, at=at, key=key)
    cast_ballot(consultation, by=by, at=at, key=key)


def one_for_others(
    *, by: User | None = None, title: str = "Routes to accreditation", at: datetime = OPENED, identity: str = "named"
) -> Consultation:
    """Open to organisations as well, and to the public."""
    by = by or an_organiser()
    draft = change_details(a_draft(by=by, title=title, at=at - DAY), identity_mode=identity, by=by, at=at - DAY)
    draft = change_audience(draft, organisations=True, public=True, by=by, at=at - DAY)
    return opened(draft, category=CategoryFactory(), by=by, at=at)


THE_COMMITTEE = Statement(
    name="Harbour Local Committee",
    sort="committee",
    on_behalf_of="the practices of the harbour",
    authority="Asked by its board",
    agreed="Put to a meeting on 3 May, nobody against",
    speaks_for=41,
)


def an_organisation(
    consultation: Consultation, *, by: User, at: datetime = WHILE_OPEN, colleagues: Iterable[User] = (), **told: Any
) -> Seat:
    """Begun by `by`, with colleagues who said yes."""
    seat = seat_at(begin_for_organisation(consultation, replace(THE_COMMITTEE, **told), by=by, at=at), by)
    for person in colleagues:
        ask_colleague(seat, person, by=by, at=at)
        join_colleagues(seat.party, by=person, at=at)
    return seat


def an_organisations_answer(
    consultation: Consultation, *, by: User | None = None, at: datetime = WHILE_OPEN, consent: str = "named", **told: Any
) -> Response:
    """Written and sent by one member for an organisation."""
    seat = an_organisation(consultation, by=by or a_person(), at=at, **told)
    save_answers(consultation, FULL, by=seat, at=at)
    return submit_response(consultation, by=seat, at=at, consent=consent)


BY_MAIL = Source("mail", WHILE_OPEN.date(), "From: somebody\n\nA floor, please. The portfolio first.")


def an_entry(
    consultation: Consultation, whose: User, *, by: User, at: datetime = WHILE_OPEN, source: Source = BY_MAIL, **answers: Given
) -> Entry:
    """Typed from an e-mail and handed in."""
    entry = begin_entry(consultation, whose, source, by=by, at=at)
    given = {key.replace("_", "-"): value for key, value in answers.items()} or {"purpose": "floor"}
    save_answers(consultation, given, by=seat_of_entry(entry, by), at=at)
    return hand_in_entry(entry, consent="analysis", by=by, at=at)
