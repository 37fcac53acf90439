"""What was counted is what was given: asked of everything that is kept, and answered no where one thing was changed."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from consultation.actions.closing import close_what_is_due
from consultation.actions.leaving import erase_responses_of, take_back_response
from consultation.actions.publishing import publish_results
from consultation.readers.recount import recounted
from tests.consultation.factories import (
    AFTER_CLOSE,
    DAY,
    a_ballot,
    a_confidential_one,
    a_detached_one,
    a_person,
    a_response,
    an_open_one,
    an_organiser,
)

pytestmark = pytest.mark.django_db
MAKERS = {"named": an_open_one, "confidential": a_confidential_one, "detached": a_detached_one}


def published(mode):
    by = an_organiser()
    members = [a_person() for _ in range(4)]
    consultation = MAKERS[mode](by=by)
    for number, member in enumerate(members):
        answer = a_ballot if mode == "detached" else a_response
        answer(consultation, by=member, purpose=("floor", "spur")[number % 2])
    close_what_is_due(at=AFTER_CLOSE)
    consultation.refresh_from_db()
    if mode != "detached":
        take_back_response(consultation, by=members[0], at=AFTER_CLOSE)
    publish_results(consultation, by=by, at=AFTER_CLOSE + DAY)
    consultation.refresh_from_db()
    consultation.stayed = members[-1].pk
    return consultation


def changed(table, change):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(change)


@pytest.mark.parametrize("mode", MAKERS)
def test_all_holds_as_it_was_published(mode):
    consultation, told = published(mode), StringIO()
    assert [(one.asked, one.holds) for one in recounted(consultation) if not one.holds] == []
    call_command("recount", consultation.slug, stdout=told)
    assert told.getvalue().count("yes ") == 4
    assert "floor" not in told.getvalue()


ANSWER = ("consultation_answer", "UPDATE consultation_answer SET value = '\"none\"' WHERE value = '\"floor\"'")
BALLOT = ("consultation_ballot", 'UPDATE consultation_ballot SET answers = answers || \'{"purpose": "none"}\'')


@pytest.mark.parametrize(
    ("mode", "change", "wrong"),
    [
        ("named", ANSWER, {"Every answer", "What was published"}),
        ("confidential", ANSWER, {"Every answer", "What was published"}),
        ("detached", BALLOT, {"Every ballot", "What was published"}),
        ("detached", ("consultation_result", "UPDATE consultation_result SET counts = '{\"n\": 3}'"), {"What was published"}),
        ("named", ("consultation_leaf", "DELETE FROM consultation_leaf WHERE position < 2"), {"The list", "Every answer"}),
        ("named", ("consultation_root", "UPDATE consultation_root SET fixed_at = fixed_at + interval '1 hour'"), {"The root"}),
    ],
)
def test_says_no_where_something_was_changed_since(mode, change, wrong):
    consultation = published(mode)
    changed(*change)
    found = {one.asked for one in recounted(consultation) if not one.holds}
    assert len(found) == len(wrong)
    assert all(any(asked.startswith(each) for each in wrong) for asked in found)
    with pytest.raises(CommandError, match="does not hold"):
        call_command("recount", consultation.slug, stdout=StringIO())


ONE_MORE = (
    "UPDATE consultation_result SET counts = jsonb_set(counts, '{n}', to_jsonb((counts->>'n')::int + 1)) "
    "WHERE question_id = (SELECT id FROM consultation_question WHERE key = 'purpose')"
)
ANOTHER = """UPDATE consultation_result SET counts = replace(counts::text, '"floor", "', '"floor", "not ')::jsonb"""


@pytest.mark.parametrize("mode", ["named", "confidential"])
def test_says_what_cannot_be_counted_again_where_somebody_was_erased_after_the_results(mode):
    consultation, told = published(mode), StringIO()
    assert erase_responses_of(consultation.stayed, at=AFTER_CLOSE + 2 * DAY) == 1
    call_command("recount", consultation.slug, stdout=told)
    assert "NO" not in told.getvalue()
    assert "1 answer was erased since, which cannot be counted again" in told.getvalue()
    changed("consultation_result", ANOTHER)
    with pytest.raises(CommandError, match="does not hold"):
        call_command("recount", consultation.slug, stdout=StringIO())


@pytest.mark.parametrize("mode", ["named", "confidential"])
def test_an_erasure_explains_no_more_than_one_answer_to_a_question(mode):
    consultation, told = published(mode), StringIO()
    erase_responses_of(consultation.stayed, at=AFTER_CLOSE + 2 * DAY)
    changed("consultation_result", ONE_MORE)
    with pytest.raises(CommandError, match="does not hold"):
        call_command("recount", consultation.slug, stdout=told)
    assert "1 of which come out otherwise" in told.getvalue()


def test_nothing_is_fixed_before_the_close_and_nothing_is_told_of_what_is_not_there():
    for slug, problem in ((an_open_one().slug, "not closed"), ("no-such-one", "There is no")):
        with pytest.raises(CommandError, match=problem):
            call_command("recount", slug, stdout=StringIO())


def test_the_page_of_a_detached_one_says_who_can_check_the_totals():
    page = Client().get(reverse("consultation:verify", args=[published("detached").slug])).content.decode()
    assert "nobody outside can count the ballots again" in page
    assert "manage.py recount" in page
