"""Of many that write at once, one wakes the worker."""

import pytest
from django.core.cache.backends.redis import RedisCache
from django.db import connection

from common import wakeups
from common.wakeups import is_awake, wake_on_commit

pytestmark = pytest.mark.django_db
TASK = "notifications.expand"


@pytest.fixture(autouse=True)
def _messages_lie_long(monkeypatch):
    monkeypatch.setattr(wakeups, "LIES_FOR", 60)
    is_awake(TASK)
    yield
    is_awake(TASK)


@pytest.fixture
def wake(django_capture_on_commit_callbacks):
    def wake(**how):
        with django_capture_on_commit_callbacks(execute=True):
            wake_on_commit(TASK, **how)
        connection.run_on_commit.clear()  # the next one is another transaction's

    return wake


def test_one_message_is_enough_until_somebody_begins_with_it(wake, sent_tasks):
    for _ in range(3):
        wake(at_most_once=True)
    assert sent_tasks == [TASK]
    is_awake(TASK)
    wake(at_most_once=True)
    assert sent_tasks == [TASK, TASK]


def test_a_task_that_does_not_say_so_is_sent_each_time(wake, sent_tasks):
    for _ in range(2):
        wake()
    assert sent_tasks == [TASK, TASK]


def test_what_could_not_be_sent_keeps_back_none_that_follows(wake, sent_tasks, broker_away, monkeypatch):
    wake(at_most_once=True)
    monkeypatch.undo()
    wake(at_most_once=True)
    assert sent_tasks == [TASK]


def test_without_a_cache_each_is_sent(wake, sent_tasks, tmp_path, monkeypatch):
    monkeypatch.setattr(wakeups, "cache", RedisCache(f"unix://{tmp_path}/nobody", {}))
    for _ in range(2):
        wake(at_most_once=True)
    is_awake(TASK)
    assert sent_tasks == [TASK, TASK]
