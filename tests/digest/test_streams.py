"""Streams: the weekly, outcomes only, a category's daily. Each numbered and contiguous by itself."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from digest.actions.editions import cut_due_edition, cut_due_editions, draft_edition
from digest.actions.runs import plan_runs
from digest.calendar import cut_after, cut_before
from digest.due import due_after_change, first_due
from digest.models import Edition
from digest.streams import OUTCOMES, WEEKLY, category_of, daily_of
from tests.digest.factories import MONDAY, WEDNESDAY, SubscriptionFactory
from tests.digest.test_mail_looks import visible_words, words
from tests.forum.factories import CategoryFactory, TopicFactory

DAY = timedelta(days=1)


def test_a_daily_says_whose_it_is():
    assert category_of(daily_of(12)) == 12
    assert [category_of(each) for each in (WEEKLY, OUTCOMES, "daily.", "daily.0x", "daily.-1", "daily.１")] == [None] * 6


@pytest.mark.django_db
def test_a_stream_is_cut_as_long_as_somebody_gets_it_and_the_weekly_always():
    assert [edition.stream for edition in cut_due_editions(at=MONDAY)] == []
    assert set(Edition.objects.draft().values_list("stream", flat=True)) == {WEEKLY}
    SubscriptionFactory(stream=OUTCOMES)
    SubscriptionFactory(stream=daily_of(3))
    SubscriptionFactory(stream=daily_of(4), pending=True)
    cut_due_editions(at=MONDAY)
    assert set(Edition.objects.draft().values_list("stream", flat=True)) == {WEEKLY, OUTCOMES, daily_of(3)}
    assert [str(each) for each in cut_due_editions(at=MONDAY + DAY)] == ["daily.3 1"]
    assert [str(each) for each in cut_due_editions(at=MONDAY + 7 * DAY)] == ["daily.3 2", "outcomes 1", "weekly 1"]
    assert Edition.objects.get(stream=daily_of(3), number=2).starts == MONDAY + DAY


@pytest.mark.django_db
@pytest.mark.parametrize("change", [datetime(2026, 3, 26, 12, tzinfo=UTC), datetime(2026, 10, 22, 12, tzinfo=UTC)])
def test_a_dailys_windows_follow_each_other_across_a_change_of_clocks_and_an_outage(change):
    stream, at = daily_of(3), change
    draft_edition(at=at, stream=stream)
    for days in (1, 1, 1, 1, 4, 1):
        at += timedelta(days=days)
        edition = cut_due_edition(at=at, stream=stream)
        assert edition is not None
        assert edition.ends == edition.cut_off == cut_before(at, stream=stream)
    windows = list(Edition.objects.filter(stream=stream).order_by("number").values_list("number", "window"))
    assert [number for number, _ in windows] == [1, 2, 3, 4, 5, 6]
    assert all(one.upper == two.lower for (_, one), (_, two) in itertools.pairwise(windows))


@pytest.mark.django_db
def test_who_asks_for_a_daily_gets_the_one_that_is_out_and_then_each_day(send, states):
    room = CategoryFactory()
    stream = daily_of(room.pk)
    draft_edition(at=WEDNESDAY - DAY, stream=stream)
    edition = cut_due_edition(at=WEDNESDAY, stream=stream)
    mine = SubscriptionFactory(stream=stream)
    assert first_due(mine, at=WEDNESDAY) == WEDNESDAY
    mine.next_due_at = WEDNESDAY
    mine.save()
    (run,) = plan_runs(at=WEDNESDAY)
    assert run.edition == edition
    assert len(send(WEDNESDAY)) == 1
    mine.refresh_from_db()
    assert mine.next_due_at == WEDNESDAY + DAY
    assert due_after_change(mine, at=WEDNESDAY) == cut_after(WEDNESDAY, stream=stream) + timedelta(hours=6)


@pytest.mark.django_db
def test_streams_of_one_address_go_out_each_with_its_own_edition(send):
    for stream in (WEEKLY, OUTCOMES):
        draft_edition(at=MONDAY - DAY, stream=stream)
        cut_due_edition(at=MONDAY, stream=stream)
    mine = SubscriptionFactory()
    SubscriptionFactory(stream=OUTCOMES, address=mine.address)
    weekly, outcomes = sorted(send(WEDNESDAY), key=lambda mail: mail.message["List-Id"], reverse=True)
    assert weekly.message["List-Id"].startswith(f"Plenary Weekly <{WEEKLY}.")
    assert outcomes.message["List-Id"].startswith(f"Plenary Outcomes <{OUTCOMES}.")
    assert "PLENARY OUTCOMES, NO. 1" in outcomes.text
    assert "No results were published this week, and no consultation closed." in outcomes.text.replace("\n", " ")


@pytest.mark.django_db
def test_a_daily_tells_of_its_category_alone_and_looks_as_a_mail_should(send):
    room = CategoryFactory(name="Running the practice")
    TopicFactory(title="In this room", category=room, created_at=WEDNESDAY - DAY)
    TopicFactory(title="In another", created_at=WEDNESDAY - DAY)
    stream = daily_of(room.pk)
    draft_edition(at=WEDNESDAY - DAY, stream=stream)
    cut_due_edition(at=WEDNESDAY, stream=stream)
    SubscriptionFactory(stream=stream, next_due_at=WEDNESDAY)
    (mail,) = send(WEDNESDAY)
    assert "In another" not in mail.text
    assert "Running the practice, 1 post by 1 person since yesterday. New since yesterday." in " ".join(mail.text.split())
    assert "You get this every day at 12:00" in mail.text
    assert mail.html.startswith('<!DOCTYPE html><html lang="en-GB" dir="ltr"')
    assert "<title>No. 1: In this room</title>" in mail.html
    assert mail.html.count("<table") == mail.html.count('role="presentation"')
    assert "<img" not in mail.html
    assert visible_words(mail.html) - words(mail.text) == set()


@pytest.mark.django_db
def test_a_daily_of_a_category_that_closed_to_its_reader_does_not_come(send, states):
    room = CategoryFactory(members_only=True, name="Members' room")
    TopicFactory(title="Among members", category=room, created_at=WEDNESDAY - DAY)
    stream = daily_of(room.pk)
    draft_edition(at=WEDNESDAY - DAY, stream=stream)
    cut_due_edition(at=WEDNESDAY, stream=stream)
    SubscriptionFactory(stream=stream, next_due_at=WEDNESDAY)
    assert send(WEDNESDAY) == []
    assert [state[1:] for state in states()] == [("suppressed", "may no longer read this category")]
