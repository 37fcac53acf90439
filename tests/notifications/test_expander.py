"""An event becomes notices, mails and live messages: once each, whatever happens on the way."""

import logging
import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mail.addresses import attach
from mail.models import Address, Mail
from notifications import expander
from notifications.expander import LEASE, expand_next
from notifications.kinds import event_kind
from notifications.models import Event, Notice, NoticePreference
from notifications.models.event import MOST_ATTEMPTS
from notifications.tasks import expand
from tests.notifications.conftest import NOON, happen, make_crowd, make_person

pytestmark = pytest.mark.django_db


def expand_all(at=NOON):
    count = 0
    while expand_next(at=at):
        count += 1
    return count


def test_tells_everybody_but_the_actor(member, other_member):
    event = happen(thing=7, by=member.pk)
    assert expand_all() == 1
    notice = Notice.objects.get()
    assert (notice.user_id, notice.event_id, notice.kind, notice.key, notice.at) == (
        other_member.pk,
        event.pk,
        "test.heard",
        "test:7",
        NOON,
    )
    event.refresh_from_db()
    assert event.expanded_at == NOON


def test_tells_once_when_two_events_are_about_one_thing(member):
    happen(thing=7)
    happen(thing=7)
    expand_all()
    assert Notice.objects.count() == Mail.objects.count() == 1
    assert not Event.objects.unexpanded().exists()


def test_goes_through_a_crowd_batch_by_batch(monkeypatch):
    monkeypatch.setattr(expander, "BATCH", 10)
    crowd = make_crowd(35)
    happen()
    expand_all()
    assert sorted(Notice.objects.values_list("user_id", flat=True)) == sorted(user.pk for user in crowd)


def test_does_a_large_crowd_in_several_goes(monkeypatch):
    monkeypatch.setattr(expander, "BATCH", 10)
    monkeypatch.setattr(expander, "BATCHES_AT_ONCE", 2)
    make_crowd(35)
    event = happen()
    counts = []
    while expand_next(at=NOON):
        counts.append(Notice.objects.count())
    event.refresh_from_db()
    assert counts == [20, 35, 35]  # nobody is left: that too has to be found out
    assert (event.expanded_at, event.attempts) == (NOON, 1)  # the last go alone, however many there were


def test_takes_as_many_statements_for_ten_people_as_for_a_hundred():
    def cost():
        happen(thing=Event.objects.count() + 1)
        with CaptureQueriesContext(connection) as statements:
            expand_all()
        return len(statements)

    for person in make_crowd(10):
        attach(person, email=person.email, at=NOON)
    few = cost()
    for person in make_crowd(90, name="later"):
        attach(person, email=person.email, at=NOON)
    assert cost() == few
    assert Notice.objects.count() == Mail.objects.count() == 110


def test_expands_in_the_order_in_which_things_happened(member):
    first, second = happen(thing=1), happen(thing=2)
    assert [expand_next(at=NOON), expand_next(at=NOON), expand_next(at=NOON)] == [first, second, None]


class TestMail:
    def test_goes_to_the_confirmed_address_with_the_notice_and_no_words(self, member):
        happen(thing=7)
        expand_all()
        mail = Mail.objects.get()
        assert (mail.address.email, mail.kind, mail.key, mail.lane) == ("mira@example.org", "test.heard", "test:7", "notify")
        assert mail.params == {"notice": Notice.objects.get().pk}

    def test_does_not_go_to_an_address_that_nobody_confirmed(self, member):
        Address.objects.update(state=Address.State.UNVERIFIED, verified_at=None)
        happen()
        expand_all()
        assert Notice.objects.exists()
        assert not Mail.objects.exists()

    def test_does_not_go_to_whoever_chose_not_to_have_it(self, member):
        NoticePreference.objects.create(user=member, kind="test.heard", way="site")
        happen()
        expand_all()
        assert not Mail.objects.exists()

    def test_does_not_go_where_the_event_forbids_it(self, member):
        happen(no_mail=1)
        expand_all()
        assert not Mail.objects.exists()

    def test_does_not_go_for_a_kind_without_a_letter(self, member):
        happen(quiet=1)
        expand_all()
        assert Notice.objects.get().kind == "test.quiet"
        assert not Mail.objects.exists()


class TestHeldBack:
    def test_waits_until_the_thing_is_ready_and_that_is_no_failure(self, member):
        event = happen(ready_at=int(NOON.timestamp()) + 3600)
        for minute in range(0, 60, 5):
            expand_next(at=NOON + timedelta(minutes=minute))
        event.refresh_from_db()
        assert (event.attempts, event.expanded_at) == (0, None)
        assert not Notice.objects.exists()
        assert expand_all(at=NOON + timedelta(hours=1)) == 1
        assert Notice.objects.count() == 1

    def test_is_not_asked_about_again_at_once(self, member):
        happen(ready_at=int(NOON.timestamp()) + 3600)
        assert expand_all() == 1


class TestPoison:
    def test_does_not_hold_up_the_others(self, member):
        poison, good = happen(kind="test.poison"), happen(thing=2)
        with pytest.raises(ZeroDivisionError):
            expand_next(at=NOON)
        assert expand_all() == 1
        good.refresh_from_db()
        poison.refresh_from_db()
        assert good.expanded_at
        assert (poison.expanded_at, poison.attempts) == (None, 1)

    def test_is_tried_less_and_less_often_and_then_given_up(self, member, caplog):
        happen(kind="test.poison")
        at, waits = NOON, []
        with caplog.at_level(logging.ERROR, "plenary.notifications"):
            for _ in range(MOST_ATTEMPTS):
                with pytest.raises(ZeroDivisionError):
                    expand_next(at=at)
                assert expand_next(at=at) is None
                after = Event.objects.get().expand_after
                waits.append((after - at) * settings.SPEED)
                at = after
        assert waits == [LEASE * 2**n for n in range(MOST_ATTEMPTS)]
        assert expand_next(at=at + timedelta(days=365)) is None
        assert Event.objects.given_up().count() == 1
        assert "given up" in caplog.messages[-1]
        assert sum("given up" in line for line in caplog.messages) == 1

    def test_a_kind_that_goes_round_in_circles_is_stopped(self, member):
        happen(kind="test.circling")
        with pytest.raises(ValueError, match="rising user id"):
            expand_next(at=NOON)

    def test_a_kind_that_was_taken_away_fails_by_name(self, member, settings):
        happen()
        settings.EVENT_KINDS = {}
        with pytest.raises(KeyError, match=r"test\.happened"):
            expand_next(at=NOON)


class Crash(BaseException):
    """The worker is gone, in the middle."""


def crash_before(number):
    left = number

    def wrapper(execute, sql, params, many, context):
        nonlocal left
        left -= 1
        if left < 0:
            raise Crash
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


@pytest.mark.django_db(transaction=True)
def test_leaves_everybody_told_exactly_once_after_a_crash_before_any_statement(monkeypatch):
    monkeypatch.setattr(expander, "BATCH", 2)
    people = [make_person(name) for name in ("ada", "ben", "cleo")]
    crashes, number = 0, 0
    while True:
        thing = number + 1
        happen(thing=thing)
        try:
            with crash_before(number):
                expand_all()
        except Crash:
            crashes += 1
        else:
            break
        finally:
            assert expand_all(at=NOON + timedelta(days=1)) <= 1
            mine = Notice.objects.filter(key=f"test:{thing}")
            assert sorted(mine.values_list("user_id", flat=True)) == sorted(person.pk for person in people)
            mails = Mail.objects.filter(key=f"test:{thing}")
            assert sorted(mails.values_list("address__account", flat=True)) == sorted(person.pk for person in people)
            assert {mail.params["notice"] for mail in mails} == set(mine.values_list("pk", flat=True))
            assert not Event.objects.unexpanded().exists()
        number += 1
    assert crashes > 15


@pytest.mark.django_db(transaction=True)
def test_two_at_once_tell_everybody_exactly_once(monkeypatch):
    monkeypatch.setattr(expander, "BATCH", 7)
    crowd = make_crowd(60)
    for thing in range(1, 9):
        happen(thing=thing)
    errors = []

    def work():
        try:
            expand_all(at=NOON)
            expand_all(at=NOON + timedelta(days=1))  # as if every lease had run out: the same events again
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    assert not Event.objects.unexpanded().exists()
    assert Notice.objects.count() == 8 * len(crowd)


@pytest.mark.django_db(transaction=True)
def test_joins_an_event_whose_first_worker_is_still_at_it(member):
    """The lease ran out, but the first worker lives: the second waits for its batch and then finds nothing left."""
    event = happen()
    expand_next(at=NOON)
    Event.objects.filter(pk=event.pk).update(expanded_at=None)
    expand_next(at=NOON + timedelta(days=1))
    assert Notice.objects.count() == Mail.objects.count() == 1


def test_does_nothing_more_once_another_worker_has_finished(member):
    event = happen()
    expand_next(at=NOON)
    Notice.objects.all().delete()
    assert expander._expand_batch(event.pk, event_kind(event.kind), at=NOON) is False
    assert not Notice.objects.exists()


class TestTask:
    @pytest.mark.django_db(transaction=True)
    def test_expands_all_that_is_due(self, member):
        happen(thing=1, at=timezone.now())
        happen(thing=2, at=timezone.now())
        assert expand() == 2
        assert Notice.objects.count() == 2

    @pytest.mark.django_db(transaction=True)
    def test_is_sent_again_behind_one_that_failed(self, member, sent_tasks):
        happen(kind="test.poison")
        happen(thing=2)
        sent_tasks.clear()
        with pytest.raises(ZeroDivisionError):
            expand()
        assert sent_tasks == ["notifications.expand"]
        assert expand() == 1
        assert Notice.objects.count() == 1
