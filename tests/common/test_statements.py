"""Kept statements find what their queryset finds, ask for it once, and say so where they would not."""

import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DataError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.statements import ReadersStatement
from common.errors import NotTheSame
from common.statements import Statement, forget_statements
from forum.models import Post, Topic
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db


def _later(_, *, at):
    return Post.objects.filter(created_at__gt=at - timedelta(hours=1)).select_related("author", "topic").order_by("pk")


def _newest(_):
    return Topic.objects.order_by("-pk")[:1]


def _mine(user):
    return Topic.objects.filter(author=user.pk).order_by("-pk")


class TestAMomentOld:
    def test_what_names_no_reader_is_asked_once_a_moment(self, settings):
        settings.VISITOR_PAGES_KEPT_FOR = 60
        first, statement = TopicFactory(), Statement(_newest, a_moment_old=True)
        assert statement.rows(None) == [first]
        TopicFactory()
        with CaptureQueriesContext(connection) as statements:
            (again,) = statement.rows(None)
            again.title = "changed by whoever got it"
            assert statement.rows(None)[0].title == first.title
        assert len(statements) == 0

    def test_what_names_a_reader_is_asked_each_time(self, settings):
        settings.VISITOR_PAGES_KEPT_FOR = 60
        statement, topic = ReadersStatement(_mine, a_moment_old=True), TopicFactory()
        assert statement.rows(topic.author) == [topic]
        assert statement.rows(UserFactory()) == []
        newer = TopicFactory(author=topic.author)
        assert statement.rows(topic.author) == [newer, topic]

    def test_it_is_told_anew_when_the_moment_is_over_and_where_it_has_no_length(self, settings):
        settings.VISITOR_PAGES_KEPT_FOR = 0.01
        first, statement = TopicFactory(), Statement(_newest, a_moment_old=True)
        assert statement.rows(None) == [first]
        second = TopicFactory()
        time.sleep(0.02)
        assert statement.rows(None) == [second]
        settings.VISITOR_PAGES_KEPT_FOR = 0
        third = TopicFactory()
        assert statement.rows(None) == [third]


class TestRows:
    def test_are_those_of_the_queryset_with_what_it_selects(self):
        topic = TopicFactory()
        new = PostFactory(topic=topic, created_at=AT + timedelta(days=9))
        with CaptureQueriesContext(connection) as statements:
            (found,) = Statement(_later).rows(None, at=AT + timedelta(days=9))
            assert (found, found.author, found.topic) == (new, new.author, topic)
        assert len(statements) == 1

    def test_are_asked_anew_with_other_values_and_built_once(self):
        built = []

        def named(_, *, handle):
            built.append(handle)
            return User.objects.filter(handle=handle)

        one, other = UserFactory(), UserFactory()
        statement = Statement(named)
        assert [statement.first(None, handle=user.handle) for user in (one, other, one)] == [one, other, one]
        # Once to be kept, and for the comparison that tests make once for each value.
        assert [built.count(user.handle) for user in (one, other)] == [1, 1]
        assert len(built) == 3

    def test_of_every_kind_of_value(self):
        topic = TopicFactory()
        posts = [PostFactory(topic=topic) for _ in range(3)]

        def chosen(_, *, number, numbers, slug, at, digest):
            rows = Post.objects.filter(topic=number, topic__slug=slug, created_at__lt=at).exclude(kept_from=digest)
            return rows.extra(where=["number = ANY(%s)"], params=[numbers]).order_by("number")

        values = {"slug": topic.slug, "at": datetime(2100, 1, 1, tzinfo=UTC), "digest": b"\x00%s'"}
        found = Statement(chosen).rows(None, number=topic.pk, numbers=[posts[0].number, posts[2].number], **values)
        assert found == [posts[0], posts[2]]

    def test_are_none_without_asking_where_nothing_can_be_found(self):
        statement = Statement(lambda _, *, at: Topic.objects.filter(pk__in=[], created_at=at))
        with CaptureQueriesContext(connection) as statements:
            assert statement.rows(None, at=AT) == []
        assert len(statements) == 0

    def test_keep_a_per_cent_sign_and_a_quote_that_stand_in_the_statement(self):
        topic = TopicFactory(title="100 % of ‘us’ and %s")

        def called(_, *, number):
            return Topic.objects.filter(pk=number, title="100 % of ‘us’ and %s").annotate(told=F("title"))

        assert Statement(called).first(None, number=topic.pk) == topic

    @pytest.mark.parametrize("number", [2**63, -(10**30)])
    def test_are_none_for_a_number_that_no_column_holds(self, number):
        TopicFactory()
        assert Statement(lambda _, *, number: Topic.objects.filter(pk=number)).first(None, number=number) is None
        assert Statement(lambda _, *, number: Topic.objects.filter(pk=number).values_list("pk")).tuples(None, number=number) == []

    def test_as_tuples(self):
        topic = TopicFactory()
        assert Statement(lambda _, *, pk: Topic.objects.filter(pk=pk).values_list("pk", "title")).tuples(None, pk=topic.pk) == [
            (topic.pk, topic.title)
        ]

    def test_survive_a_setting_that_changes_when_forgotten(self, settings):
        settings.SITE_NAME_OF_TEST = "one"
        from django.conf import settings as now

        one = UserFactory(display_name="one")
        statement = Statement(lambda _, *, pk: User.objects.filter(pk=pk, display_name=now.SITE_NAME_OF_TEST))
        assert statement.first(None, pk=one.pk) == one
        settings.SITE_NAME_OF_TEST = "two"
        forget_statements()
        assert statement.first(None, pk=one.pk) is None


class TestComparison:
    """What stands between a value that is computed from a stand-in and everybody's page."""

    def test_refuses_what_is_computed_from_a_number(self):
        statement = Statement(lambda _, *, number: Topic.objects.filter(last_number=number * 2))
        with pytest.raises(NotTheSame):
            statement.rows(None, number=3)

    def test_refuses_a_condition_that_hangs_on_the_value(self):
        statement = Statement(lambda _, *, number: Topic.objects.filter(last_number=number) if number else Topic.objects.all())
        with pytest.raises(NotTheSame):
            statement.rows(None, number=0)


class TestReadersStatement:
    def test_is_kept_once_for_people_who_may_read_the_same(self):
        built = []

        def own(user):
            built.append(user)
            return Topic.objects.visible_to(user).filter(author=user.pk)

        statement = ReadersStatement(own)
        topics = [TopicFactory(author=UserFactory()) for _ in range(3)]
        assert [statement.rows(topic.author) for topic in topics] == [[topic] for topic in topics]
        assert len(built) == 1 + 3

    def test_knows_a_visitor(self):
        topic = TopicFactory()
        assert ReadersStatement(Topic.objects.visible_to).rows(AnonymousUser()) == [topic]


@pytest.mark.django_db(transaction=True)
def test_the_first_statement_of_a_request_connects_again_where_the_database_was_started_anew():
    statement = Statement(_later)
    statement.rows(None, at=AT)
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    connection.close_if_unusable_or_obsolete()  # what Django does as a request begins
    assert statement.rows(None, at=AT) == []


@pytest.mark.django_db
def test_a_connection_on_which_nobody_speaks_stands_without_a_question():
    connection.cursor().execute("SELECT 2")
    assert connection.is_usable()
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        pid = connection.connection.info.backend_pid
        (last,) = other.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()
    assert last == "SELECT 2"


@pytest.mark.django_db
def test_a_connection_whose_transaction_failed_is_of_no_use_until_that_ends():
    before = transaction.savepoint()
    with pytest.raises(DataError):
        connection.cursor().execute("SELECT 1 / 0")
    assert not connection.is_usable()
    transaction.savepoint_rollback(before)
    assert connection.is_usable()
