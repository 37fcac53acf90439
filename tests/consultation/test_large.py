"""What a consultation costs does not grow with those who answered: statements, cold and warm; `make drill` says the same of
seconds and memory at 50,000."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultation.actions.closing import close_what_is_due
from consultation.actions.participation import publish_participation
from consultation.actions.publishing import publish_results
from consultation.actions.withdrawing import withdraw_consultation
from consultation.models import OtherResult, Result
from tests.consultation.factories import (
    AFTER_CLOSE,
    DAY,
    WHILE_OPEN,
    a_person,
    a_response,
    an_open_one,
    an_organisations_answer,
    an_organiser,
    figures_of,
    one_for_others,
)
from tests.consultation.test_public import a_public_answer
from tests.querycount import Asked, assert_no_page_grows

pytestmark = pytest.mark.django_db
MOST = 15


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def answered_by(many, *, by):
    consultation = an_open_one(by=by)
    for number in range(many):
        facts = {"nation": ("wales", "england")[number % 2], "list_size": "5-10k"}
        a_response(consultation, by=a_person(facts=facts), purpose=("floor", "spur", "none")[number % 3])
    return consultation


def cost(work):
    cache.clear()
    with CaptureQueriesContext(connection) as told:
        work()
    return [query["sql"] for query in told if "SAVEPOINT" not in query["sql"]]


def test_counting_and_publishing_cost_the_same_for_two_answers_as_for_nine():
    by, costs = an_organiser(), []
    for many in (2, 9):
        consultation = answered_by(many, by=by)
        close_what_is_due(at=AFTER_CLOSE)
        costs.append(cost(lambda one=consultation: publish_results(one, by=by, at=AFTER_CLOSE + timedelta(hours=1))))
    counting = [sql for sql in costs[1] if "consultation_answer" in sql or "consultation_result" in sql]
    assert len(costs[0]) == len(costs[1])
    assert len(counting) == 2, "one reads the answers to all questions, one writes what was counted"
    assert len(costs[1]) <= MOST, "\n".join(costs[1])
    assert Result.objects.filter(version__consultation=consultation, question__key="purpose").get().n == 9


def test_publishing_where_organisations_and_the_public_are_asked_costs_three_more_however_many_answered():
    by, costs = an_organiser(), []
    for many in (5, 8):
        consultation = one_for_others(by=by)
        for number in range(many):
            a_response(consultation, purpose=("floor", "spur")[number % 2])
            an_organisations_answer(consultation, name=f"Committee {number} of {many}")
            a_public_answer(consultation, f"pat{number}@example.net")
        close_what_is_due(at=AFTER_CLOSE)
        costs.append(cost(lambda one=consultation: publish_results(one, by=by, at=AFTER_CLOSE + timedelta(hours=1))))
    assert len(costs[0]) == len(costs[1]) <= MOST + 1, "\n".join(costs[1])
    record = re.compile(r"(INSERT INTO|UPDATE) \"?(forum_|common_|notifications_|consultation_(transition|news|consultation))")
    assert len([sql for sql in costs[1] if not record.match(sql)]) <= 10, "of which so many count"
    counted = {row.kind: row.n for row in OtherResult.objects.filter(question__key="purpose", version__consultation=consultation)}
    assert counted == {"organisation": 8, "public": 8}


def test_the_figures_of_a_morning_cost_the_same_for_two_answers_as_for_nine():
    by, costs = an_organiser(), []
    for many in (2, 9):
        consultation = answered_by(many, by=by)
        costs.append(cost(lambda: publish_participation(at=WHILE_OPEN + DAY)))
        withdraw_consultation(consultation, reason="The next is counted alone.", by=by, at=WHILE_OPEN + DAY)
    assert len(costs[0]) == len(costs[1]) <= MOST


def test_no_page_of_it_costs_more_where_more_have_answered():
    by, member = an_organiser(), a_person()
    consultation = answered_by(2, by=by)
    figures_of(consultation, at=WHILE_OPEN)
    with time_machine.travel(WHILE_OPEN, tick=False):
        asked = [
            Asked(reverse(f"consultation:{name}", args=[consultation.slug]), client, MOST)
            for name in ("participation", "detail")
            for client in (Client(), signed_in(member))
        ]
        assert_no_page_grows(asked, add_rows=lambda: [a_response(consultation) for _ in range(3)])
    close_what_is_due(at=AFTER_CLOSE)
    publish_results(consultation, by=by, at=AFTER_CLOSE)
    with time_machine.travel(AFTER_CLOSE + timedelta(days=1), tick=False):
        for client in (Client(), signed_in(member)):
            for cold in (True, False):
                found = cost_of(reverse("consultation:results", args=[consultation.slug]), client, cold=cold)
                assert found <= MOST


def cost_of(url, client, *, cold):
    cache.clear()
    if not cold:
        client.get(url)
    with CaptureQueriesContext(connection) as told:
        assert client.get(url).status_code == 200
    return len(told)
