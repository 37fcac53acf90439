"""What the database refuses although somebody writes SQL by hand. Each room's tests hold its other promises."""

import pytest
from django.db import DatabaseError, connection, transaction

from consultation.models import Response
from tests.consultation.factories import a_draft, a_response, an_open_one, an_organiser

pytestmark = pytest.mark.django_db


def refused(sql: str, *values: object) -> str:
    def attempt() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError) as told:
        attempt()
    return str(told.value)


def test_an_option_of_a_draft_does_not_move_into_a_consultation_that_opened():
    by = an_organiser()
    draft, opened = a_draft(by=by), an_open_one(by=by)
    option = draft.options.first()
    told = refused(
        "UPDATE consultation_option SET consultation_id = %s, position = 9, letter = 'Z', key = 'late' WHERE id = %s",
        opened.pk, option.pk,
    )  # fmt: skip
    assert "options do not change once opened" in told


@pytest.mark.parametrize("change", ["submitted_at = now()", "nation = 'wales'", "revision = 7", "reference = 'x'"])
def test_what_was_sent_is_not_rewritten(change):
    response = a_response(an_open_one())
    assert "stays as it was sent" in refused(f"UPDATE consultation_response SET {change} WHERE id = %s", response.pk)


def test_an_answer_that_was_replaced_does_not_become_the_current_one_again():
    opened = an_open_one()
    first = a_response(opened)
    a_response(opened, by=first.user, why="On second thoughts.")
    old = Response.objects.get(user=first.user, is_current=False)
    assert "stays as it was sent" in refused("UPDATE consultation_response SET is_current = true WHERE id = %s", old.pk)


def test_an_end_once_promised_is_neither_taken_back_nor_emptied():
    opened = an_open_one()
    refused("UPDATE consultation_consultation SET closes_at = closes_at - interval '1 second' WHERE id = %s", opened.pk)
    refused("UPDATE consultation_consultation SET closes_at = NULL WHERE id = %s", opened.pk)
    refused("UPDATE consultation_consultation SET opened_at = NULL, opened_by_id = NULL, closes_at = NULL, topic_id = NULL")
