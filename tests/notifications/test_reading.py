"""Marking notices as read, and choosing what comes by mail."""

from datetime import timedelta

import pytest

from notifications.actions.preferences import choose_ways
from notifications.actions.reading import mark_read
from notifications.expander import expand_next
from notifications.models import Notice, NoticePreference, Way
from notifications.readers import unread_count
from notifications.ways import chosen_ways
from tests.notifications.conftest import NOON, happen

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=2)


def told(*things, **data):
    for thing in things:
        happen(thing=thing, **data)
    while expand_next(at=NOON):
        pass


def test_marks_what_is_meant_and_nobody_elses(member, other_member):
    told(1, 2)
    assert mark_read(Notice.objects.filter(key="test:1"), by=member, at=LATER) == 1
    assert set(Notice.objects.exclude(read_at=None).values_list("user_id", "key", "read_at")) == {(member.pk, "test:1", LATER)}


def test_keeps_the_first_moment_when_it_is_done_twice(member):
    told(1)
    mark_read(Notice.objects.all(), by=member, at=LATER)
    assert mark_read(Notice.objects.all(), by=member, at=LATER + timedelta(days=1)) == 0
    assert Notice.objects.get().read_at == LATER


def test_marks_by_what_the_event_says(member):
    for thing, number in ((1, 3), (2, 9), (3, 12)):
        told(thing, number=number)
    assert mark_read(Notice.objects.about(number__lte=9), by=member, at=LATER) == 2
    assert mark_read(Notice.objects.about(thing=3, number__lte=9), by=member, at=LATER) == 0
    assert unread_count(member) == 1


def test_counts_to_a_hundred_and_no_further(member):
    event = happen()
    Notice.objects.bulk_create(
        Notice(user=member, event=event, kind="test.heard", key=f"k{number}", at=NOON) for number in range(130)
    )
    assert unread_count(member) == 100


def test_a_choice_holds_until_the_next_one(member, other_member):
    choose_ways({"test.heard": Way.SITE}, by=member)
    ways = chosen_ways([member.pk, other_member.pk], ["test.heard"])
    assert ways == {(member.pk, "test.heard"): Way.SITE, (other_member.pk, "test.heard"): Way.MAIL}
    choose_ways({"test.heard": Way.MAIL}, by=member)
    assert chosen_ways([member.pk], ["test.heard"]) == {(member.pk, "test.heard"): Way.MAIL}
    assert NoticePreference.objects.count() == 1
