from datetime import UTC, datetime

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models.sql import InsertQuery

from common.handwritten import Handwritten, Inserted
from forum.models import Post
from notifications.models import Event

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize("model", [Event, Post])
def test_a_row_is_put_in_with_the_words_and_values_of_the_orm(model):
    row = model()
    query = InsertQuery(model)
    query.insert_values([field for field in model._meta.local_concrete_fields if not field.generated][1:], [row])
    ((sql, params),) = query.get_compiler(connection=connection).as_sql()
    inserted = Inserted(model)
    told = inserted.values(row)
    places = ", ".join(f"%({column})s" for column in told)
    assert inserted.text.replace(places, ", ".join(["%s"] * len(told))).removesuffix(' RETURNING "id"') == sql
    assert [getattr(one, "obj", one) for one in told.values()] == [getattr(one, "obj", one) for one in params]


def test_what_was_put_in_is_there_and_can_be_saved_again():
    event = Event(kind="x", at=AT, actor_id=None, data={"post": 3})
    Inserted(Event).put(event)
    event.attempts = 2
    event.save()
    assert Event.objects.values("kind", "at", "actor_id", "data", "attempts").get() == {
        "kind": "x", "at": AT, "actor_id": None, "data": {"post": 3}, "attempts": 2,
    }  # fmt: skip


def test_a_name_may_stand_twice_and_numbers_of_any_size_are_one_statement():
    doubled = Handwritten("SELECT %(number)s + %(number)s, %(word)s::text")
    assert [doubled.run(number=number, word="a%b") for number in (1, 2**40)] == [[(2, "a%b")], [(2**41, "a%b")]]


def test_a_statement_that_returns_nothing_has_no_rows():
    assert Handwritten("UPDATE notifications_event SET attempts = %(number)s WHERE id = %(number)s").run(number=0) == []


def test_a_refusal_of_the_database_is_django_s():
    with pytest.raises(IntegrityError), transaction.atomic():
        Inserted(Event).put(Event(kind=None, at=AT))


def test_any_number_of_statements_may_be_prepared_and_the_oldest_are_let_go():
    texts = [f"SELECT %(number)s + {each}" for each in range(250)]
    assert [Handwritten(text).run(number=1) for text in texts] == [[(1 + each,)] for each in range(250)]
    ((kept,),) = Handwritten("SELECT count(*) FROM pg_prepared_statements").run()
    assert 50 < kept <= 101
    assert Handwritten(texts[0]).run(number=2) == [(2,)]


def test_a_pooler_that_knows_no_prepared_statements_is_served(settings):
    settings.DATABASE_PREPARES = False
    told = Handwritten("SELECT %(number)s * 2, %(word)s::text || (SELECT count(*) FROM pg_prepared_statements)")
    before = told.run(number=1, word="")
    assert told.run(number=1, word="") == before
    assert told.run(number=21, word="so many: ")[0][0] == 42


@pytest.mark.django_db(transaction=True)
class TestByItself:
    """On a connection that nothing has spoken on yet."""

    def test_the_first_statement_of_a_transaction_is_undone_with_it(self):
        with transaction.atomic():
            Inserted(Event).put(Event(kind="x", at=AT, data={}))
            transaction.set_rollback(True)
        assert not Event.objects.exists()

    def test_a_statement_outside_a_transaction_is_committed(self):
        Inserted(Event).put(Event(kind="x", at=AT, data={}))
        connection.close()
        assert Event.objects.count() == 1

    def test_a_database_that_went_away_is_told_as_such(self):
        asked = Handwritten("SELECT 1")
        asked.run()
        with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
        with pytest.raises(OperationalError):
            asked.run()
        connection.close_if_unusable_or_obsolete()
        assert asked.run() == [(1,)]
