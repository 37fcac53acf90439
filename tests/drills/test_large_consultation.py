"""A consultation with 50,000 responses: opened, answered, closed, counted, looked at; statements, seconds and memory.

`make test` runs it at a thousandth; `make drill` at real size, and prints what docs/drills keeps.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from time import monotonic

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Facts, User
from consultation.actions.eligible import freeze_eligible
from consultation.actions.publishing import publish_results
from consultation.models import Answer, Consultation, Draft, Eligible, Party, Response, Result, State
from consultation.readers.participation import count_participation, latest_figures
from consultation.readers.receipts import receipt_of
from demo.town import ledger
from demo.town.answers import answers_of, turnout, voters
from demo.town.building import build_town
from demo.town.people import offices
from demo.town.plan import Plan
from notifications.models import Event

REAL = bool(os.environ.get("PLENARY_DRILL"))
MEMBERS, RESPONSES, MOST_GROWTH = (150_851, 50_000, 120) if REAL else (300, 60, 60)
PLAN = Plan(members=MEMBERS, topics=24, posts=120, seed=5, until=date(2026, 11, 20), responses=RESPONSES)
MOST = 15
FRAMES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
"""Of a transaction; they ask nothing."""


class Measured:
    """What a step took: statements, seconds, and by how many MB the process grew at its highest. Prints itself at the end."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __call__(self, what: str, work: Callable[[], object], *, most: int = 0) -> None:
        cache.clear()
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")  # the highest begins anew
        before, began = status("VmRSS"), monotonic()
        with CaptureQueriesContext(connection) as queries:
            work()
        took, grown = monotonic() - began, max(0.0, status("VmHWM") - before)
        count = len([query for query in queries if not query["sql"].startswith(FRAMES)])
        self.told.append(f"{what}: {count} statements, {took:.2f} s, {grown:.0f} MB more")
        assert not most or count <= most, "\n".join(query["sql"][:300] for query in queries)
        assert grown < MOST_GROWTH, self.told[-1]


def status(name: str) -> float:
    """Of this process, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


@pytest.fixture
def town(transactional_db):
    began = monotonic()
    build_town(PLAN)
    yield monotonic() - began
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {ledger.TABLE}")


def test_a_consultation_is_answered_closed_and_counted_at_any_size(town, capsys):
    consultation, measured = Consultation.objects.get(), Measured()
    assert_it_is_as_people_do_it(consultation)
    director = User.objects.with_roles().get(pk=offices(PLAN).directors[0])
    assert consultation.closes_at is not None
    measured("figures of a morning", lambda: count_participation(consultation, as_of=consultation.closes_at), most=MOST)
    measured("counting all answers and publishing", lambda: publish_results(consultation, by=director, at=PLAN.end), most=MOST)
    counted = {result.question.key: result.n for result in Result.objects.select_related("question")}
    assert (counted["purpose"], consultation.books.counted) == (RESPONSES, RESPONSES)
    member = Client()
    member.force_login(User.objects.get(pk=turnout(PLAN)[0][0].user))
    for name in ("results", "participation", "detail", "run", "responses"):
        url = reverse(f"consultation:{name}", args=[consultation.slug])
        for who, client in (("visitor", Client()), ("member", member)):
            measured(
                f"{name}, {who}, cold",
                lambda one=client, at=url: answers_well(one, at),
                most=MOST if name in {"results", "participation", "detail"} else 0,
            )
    organiser = Client()
    organiser.force_login(director)
    for name in ("showing", "evidence", "detail"):
        url = reverse(f"consultation:{name}", args=[consultation.slug])
        measured(f"{name}, organiser, cold", lambda at=url: answers_well(organiser, at), most=MOST)
    freeze_again(consultation, measured)
    with capsys.disabled():
        seconds = {stage: took for stage, took in ledger.summary()[1].items() if took >= 0.1}
        print(f"\n{RESPONSES:,} responses, {consultation.eligible_at_opening:,} may answer; built in {town:.0f} s: {seconds}")
        print("\n".join(measured.told))


def assert_it_is_as_people_do_it(consultation: Consultation) -> None:
    assert consultation.state_at(PLAN.end) is State.CLOSED
    assert set(Eligible.objects.values_list("user", flat=True)) == {each.user for each in voters(PLAN)}
    current = Response.objects.filter(is_current=True).of_members()
    assert (current.count(), Response.objects.of_members().count()) == (RESPONSES, RESPONSES + RESPONSES // 20)
    assert Draft.objects.filter(party=None).count() == RESPONSES // 25
    assert Party.objects.count() == PLAN.organisations > 0
    assert consultation.root.size - consultation.root.of_organisations == RESPONSES
    assert 0 < consultation.root.of_organisations <= PLAN.organisations
    some = Response.objects.select_related("consultation", "version").order_by("reference")[:100]
    assert all(receipt_of(response).holds() for response in some)
    assert not Response.objects.filter(submitted_at__gte=consultation.closes_at).exists()
    assert Event.objects.unexpanded().count() == 0, "nobody is told of what happened in a story"
    facts = {one.user_id: (one.nation, one.list_size, one.job, one.years) for one in Facts.objects.all()}
    for response in current.iterator(2_000):
        assert (response.nation, response.list_size, response.job, response.years) == facts[response.user_id]
    of_some = Answer.objects.filter(question__key="burden").values_list("value", flat=True)[:50]
    assert any(" " in text for text in of_some)
    off_the_path = Answer.objects.filter(question__key="instead", response__is_current=True).exclude(
        response__answers__question__key="purpose", response__answers__value="none"
    )
    assert not off_the_path.exists()
    assert latest_figures(consultation) is not None
    drawn = {each.user: answers_of(PLAN, each)["worth"] for each in turnout(PLAN)[0][:200]}
    kept = Answer.objects.filter(question__key="worth", response__is_current=True, response__user__in=drawn)
    assert dict(kept.values_list("response__user", "value")) == drawn


def freeze_again(consultation: Consultation, measured: Measured) -> None:
    """The list of another with the same rule, put together by copying the row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'consultation_consultation'")
        names = ", ".join(f'"{name}"' for (name,) in cursor.fetchall() if name not in {"id", "slug"})
        cursor.execute(
            f"INSERT INTO consultation_consultation (slug, {names}) SELECT 'another', {names} FROM consultation_consultation "
            "WHERE id = %s RETURNING id",
            [consultation.pk],
        )
        another = Consultation.objects.get(pk=cursor.fetchone()[0])
    measured("freezing the list of who may answer", lambda: freeze_eligible(another, at=PLAN.end))


def answers_well(client: Client, url: str) -> None:
    assert client.get(url).status_code == 200
