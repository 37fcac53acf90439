"""The desk of outcomes and dailies: the same hands as for the weekly, one stream at a time."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from accounts.models import GroupMember
from common.models import AuditEntry
from common.verdicts import Refused
from digest.actions.approving import approve_edition
from digest.actions.editions import TermHasItsEdition, cut_due_edition, cut_now, draft_edition
from digest.drafts import lines_of
from digest.models import Edition
from digest.streams import OUTCOMES, WEEKLY, daily_of
from tests.accounts.factories import GroupFactory, UserFactory
from tests.digest.factories import MONDAY, SubscriptionFactory
from tests.digest.test_contents import topic
from tests.forum.factories import CategoryFactory
from tests.querycount import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
NOON = MONDAY + timedelta(hours=6)


@pytest.fixture
def editor():
    return UserFactory(organiser=True, display_name="Oonagh Tiernay")


@pytest.fixture
def room():
    return CategoryFactory(name="Running the practice")


@pytest.fixture
def desk(client, editor):
    """Monday at noon, as its editor."""
    cache.clear()
    client.force_login(editor)
    with time_machine.travel(NOON, tick=False):
        yield client


def url(name, *args):
    return reverse(f"digest:{name}", args=args)


def words(response):
    assert response.status_code == 200
    return " ".join(response.text.split())


def test_all_streams_are_told_with_their_next_cut_and_state(desk, room, editor):
    daily = daily_of(room.pk)
    SubscriptionFactory(stream=daily)
    approve_edition(draft_edition(at=NOON, stream=daily), by=editor, at=NOON)
    draft_edition(at=NOON)
    text = words(desk.get(url("edit_streams")))
    assert text.index("The weekly") < text.index("Outcomes only") < text.index("Daily: Running the practice")
    assert "Approved</span><span>by Oonagh Tiernay" in text
    assert "put together once somebody gets it" in text
    told = {line.offer.stream: line for line in lines_of(editor, at=NOON)}
    assert told[daily].cut_off == MONDAY + timedelta(days=1)
    assert told[OUTCOMES].cut_off == MONDAY + timedelta(days=7)
    assert [told[each].is_cut for each in (WEEKLY, OUTCOMES, daily)] == [True, False, True]
    for stream in (OUTCOMES, daily):
        assert url("edit_stream", stream) in text


def test_their_number_costs_nothing(desk):
    assert_queries_do_not_grow(url("edit_streams"), client=desk, add_rows=CategoryFactory)


def test_a_daily_is_pinned_dropped_moved_noted_tried_and_approved_by_the_same_buttons(desk, room, editor, post):
    daily = daily_of(room.pk)
    SubscriptionFactory(stream=daily)
    draft = draft_edition(at=MONDAY - timedelta(days=1), stream=daily)
    cut_due_edition(at=MONDAY, stream=daily)
    draft = draft_edition(at=NOON, stream=daily)
    hour = MONDAY + timedelta(hours=1)
    loud, quiet = topic("Loud", category=room, at=hour, posts=3), topic("Quiet", category=room, at=hour)
    topic("Elsewhere", at=hour)
    shown = words(desk.get(url("edit_stream", daily)))
    assert shown.index("Loud") < shown.index("Quiet")
    assert "Elsewhere" not in shown
    desk.post(url("item_pin", daily, "topic", quiet.pk))
    desk.post(url("item_drop", daily, "topic", loud.pk))
    desk.post(url("edit_stream", daily), {"headline": "One thing today", "note": "Read *this*."})
    assert "One thing today" in words(desk.get(url("preview", daily, "visitor")))
    assert "is on its way" in desk.post(url("trial", daily), follow=True).text
    assert post(NOON)[0].message["Subject"] == "[Test] No. 2: One thing today"
    desk.post(url("approve", daily))
    draft.refresh_from_db()
    assert (draft.picks, draft.dropped, draft.approved_by) == ([["topic", quiet.pk]], [["topic", loud.pk]], editor)
    assert AuditEntry.objects.filter(verb="edition.approve", subject_id=f"{daily} 2").exists()
    cut = cut_due_edition(at=MONDAY + timedelta(days=1), stream=daily)
    assert [item.title for item in cut.items.all()] == ["Quiet"]
    assert Edition.objects.filter(stream=WEEKLY).count() == 0, "the weekly was not touched"


def test_a_stream_that_nobody_gets_says_so_and_takes_a_note(desk):
    assert "Nothing is being prepared" in words(desk.get(url("edit_stream", OUTCOMES)))
    desk.post(url("edit_stream", OUTCOMES), {"headline": "What became of it", "note": ""})
    assert "Nobody gets it yet" in words(desk.get(url("edit_stream", OUTCOMES)))
    assert Edition.objects.get().stream == OUTCOMES


def test_nothing_but_the_weekly_waits_for_its_editor(settings, desk, room):
    settings.WEEKLY_UNAPPROVED = "hold"
    daily = daily_of(room.pk)
    draft_edition(at=MONDAY - timedelta(hours=1), stream=daily)
    assert "goes out all the same" in words(desk.get(url("edit_stream", daily)))
    assert cut_due_edition(at=MONDAY, stream=daily) is not None


def test_a_day_has_one_edition(room, editor):
    daily = daily_of(room.pk)
    cut_now(draft_edition(at=NOON, stream=daily), by=editor, at=NOON)
    with pytest.raises(TermHasItsEdition, match="Today's edition is out"):
        cut_now(draft_edition(at=NOON, stream=daily), by=editor, at=NOON + timedelta(hours=1))


def test_the_weekly_has_one_address(desk):
    assert desk.get(url("edit_stream", WEEKLY)).headers["Location"] == url("edit")


def test_the_daily_of_a_group_is_prepared_by_an_editor_who_is_in_it_and_by_nobody_else(client, desk, editor):
    group = GroupFactory(name="Partners")
    secret = daily_of(CategoryFactory(access="group", group=group, name="Partners room").pk)
    draft = draft_edition(at=NOON, stream=secret)
    assert "Partners room" not in words(desk.get(url("edit_streams")))
    for name, *args in (("edit_stream", secret), ("preview", secret, "editor"), ("preview_letter", secret, "editor")):
        assert desk.get(url(name, *args)).status_code == 404
    for name in ("approve", "unapprove", "trial", "spam", "cut"):
        assert desk.post(url(name, secret), {"sure": "yes"}).status_code == 404
    with pytest.raises(Refused, match="no such mail to edit"):
        approve_edition(draft, by=editor, at=NOON)
    insider = UserFactory(organiser=True)
    GroupMember.objects.create(group=group, user=insider, added_at=NOON)
    client.force_login(insider)
    assert "Partners room" in words(client.get(url("edit_stream", secret)))
    assert url("preview", secret, "editor") in client.get(url("edit_stream", secret)).text, "no visitor gets it"
