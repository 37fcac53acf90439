"""Saying that something happened."""

import logging
from time import monotonic

import pytest
from celery import current_app
from django.db import IntegrityError, transaction

from notifications.events import record_event
from notifications.models import Event, Notice, NoticePreference
from tests.notifications.conftest import NOON, happen

pytestmark = pytest.mark.django_db


def test_is_one_row_of_ids():
    event = record_event("test.happened", at=NOON, by=3, thing=7, word="slug")
    event.refresh_from_db()
    assert (event.kind, event.at, event.actor_id, event.data) == ("test.happened", NOON, 3, {"thing": 7, "word": "slug"})
    assert (event.expanded_at, event.expand_after, event.attempts) == (None, None, 0)


def test_of_an_unknown_kind_is_refused_at_once():
    with pytest.raises(ValueError, match=r"test\.nothing"):
        record_event("test.nothing", at=NOON, by=None)
    assert not Event.objects.exists()


def test_nobody_is_named_where_a_persona_acted():
    assert happen(by=None).actor_id is None


@pytest.mark.django_db(transaction=True)
def test_nudges_the_expander_once_when_the_transaction_is_committed(sent_tasks):
    with transaction.atomic():
        happen(thing=1)
        happen(thing=2)
        assert sent_tasks == []
    assert sent_tasks == ["notifications.expand"]


@pytest.mark.django_db(transaction=True)
def test_leaves_nothing_behind_when_the_transaction_fails(sent_tasks):
    with transaction.atomic():
        happen()
        transaction.set_rollback(True)
    assert sent_tasks == []
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_stands_and_keeps_nobody_waiting_when_the_broker_is_away(broker_away, caplog):
    begun = monotonic()
    with caplog.at_level(logging.WARNING, "plenary.wakeups"):
        happen()
    assert monotonic() - begun < 2
    assert Event.objects.count() == 1
    assert len(caplog.records) == 1


def test_the_expander_that_is_nudged_is_registered():
    current_app.loader.import_default_modules()
    assert "notifications.expand" in current_app.tasks


class TestDatabase:
    """What must hold, the database itself holds."""

    def test_refuses_a_second_notice_under_one_key(self, member):
        event = happen()
        Notice.objects.create(user=member, event=event, kind="test.heard", key="k", at=NOON)
        with pytest.raises(IntegrityError, match="one_notice_per_person_and_key"), transaction.atomic():
            Notice.objects.create(user=member, event=event, kind="test.quiet", key="k", at=NOON)

    def test_refuses_a_second_preference(self, member):
        NoticePreference.objects.create(user=member, kind="test.heard", way="mail")
        with pytest.raises(IntegrityError, match="one_preference_per_person_and_kind"), transaction.atomic():
            NoticePreference.objects.create(user=member, kind="test.heard", way="site")
