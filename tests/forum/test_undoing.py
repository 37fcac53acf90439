"""What was done by a slip is undone by the button that stands in the message after it, and everything is as before."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from forum.actions.drafts import save_draft
from forum.actions.reading import follow_category, follow_topic, mark_all_read, mark_category_read, mark_topic_read
from forum.models import Because, Bookmark, CategoryMember, Draft, Level, TopicMember
from notifications.models import Event, Notice
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db


def test_what_one_follows_and_never_opened_is_marked_as_read_too(member):
    topic = TopicFactory()
    TopicMember.objects.create(user=member, topic=topic, level=Level.TRACKING, because=Because.NAMED)
    mark_all_read(by=member, at=AT)
    assert TopicMember.objects.get(topic=topic).last_read == 1


def undo(client, page) -> str:
    """Push the button in the message on a page, as a browser without script does."""
    token = re.search(r'name="undo" value="([^"]+)"', page.content.decode())
    return client.post(reverse("forum:undo"), {"undo": token[1]}, follow=True).content.decode()


def state_of(member) -> list[object]:
    return [list(model.objects.filter(user=member).order_by("pk").values()) for model in (TopicMember, CategoryMember, Bookmark)]


def test_everything_marked_as_read_is_as_unread_as_before(signed_in, member):
    named, followed, read, other = TopicFactory.create_batch(4)
    TopicMember.objects.create(user=member, topic=named, level=Level.TRACKING, because=Because.NAMED)
    for topic in (followed, read):
        mark_topic_read(topic, by=member, number=1, at=AT)
        PostFactory(topic=topic)
    follow_topic(followed, by=member, level="watching")
    follow_category(other.category, by=member, level="tracking")
    mark_category_read(read.category, by=member, at=AT)
    PostFactory(topic=read)
    before = state_of(member)
    page = signed_in.post(reverse("forum:read_all"), follow=True)
    assert state_of(member) != before
    assert "All is as it was" in undo(signed_in, page)
    assert state_of(member) == before


def test_of_one_category_only_its_marks_come_back(signed_in, member):
    here, there = TopicFactory.create_batch(2)
    for topic in (here, there):
        mark_topic_read(topic, by=member, number=1, at=AT)
        PostFactory(topic=topic)
    before = state_of(member)
    undo(signed_in, signed_in.post(reverse("forum:category_read", args=[here.category.slug]), follow=True))
    assert state_of(member) == before


def test_what_was_read_after_it_stays_read(signed_in, member):
    topic = TopicFactory()
    mark_topic_read(topic, by=member, number=1, at=AT)
    PostFactory(topic=topic)
    page = signed_in.post(reverse("forum:read_all"), follow=True)
    PostFactory(topic=topic)
    mark_topic_read(topic, by=member, number=3, at=timezone.now())
    undo(signed_in, page)
    assert TopicMember.objects.get(topic=topic).last_read == 3


@pytest.mark.parametrize("began", [None, {"last_read": 1, "read_at": AT}, {"level": "tracking", "because": "named"}])
def test_one_topic_marked_as_read_is_as_unread_as_before(signed_in, member, began):
    topic = TopicFactory()
    PostFactory.create_batch(2, topic=topic)
    if began:
        TopicMember.objects.create(user=member, topic=topic, **began)
    event = Event.objects.create(kind="forum.reply", data={"topic": topic.pk, "number": 2}, at=AT)
    notice = Notice.objects.create(user=member, event=event, kind="forum.reply", key="k", at=AT)
    before = state_of(member)
    page = signed_in.post(reverse("forum:read", args=[topic.pk]), follow=True)
    notice.refresh_from_db()
    assert (TopicMember.objects.get(user=member).last_read, bool(notice.read_at)) == (3, True)
    assert "All is as it was" in undo(signed_in, page)
    notice.refresh_from_db()
    assert (state_of(member), notice.read_at) == (before, None)
    assert "You read on since" in undo(signed_in, page)


def test_what_a_script_marks_offers_nothing_to_undo(signed_in):
    topic = TopicFactory()
    signed_in.post(reverse("forum:read", args=[topic.pk]), {"number": 1}, headers={"X-Quietly": "1"})
    assert 'name="undo"' not in signed_in.get(topic.get_absolute_url()).content.decode()


@pytest.mark.parametrize("began", [None, ("tracking", "replied")])
def test_unfollowing_a_topic_is_taken_back_with_the_reason(signed_in, member, began):
    topic = TopicFactory()
    if began:
        TopicMember.objects.create(user=member, topic=topic, level=began[0], because=began[1], last_read=1, read_at=AT)
    before = state_of(member)
    page = signed_in.post(reverse("forum:follow", args=[topic.pk]), {"level": "muted"}, follow=True)
    assert "All is as it was" in undo(signed_in, page)
    assert state_of(member) == before
    assert "You chose again since" in undo(signed_in, page)


def test_a_category_is_followed_as_before(signed_in, member):
    category = TopicFactory().category
    before = state_of(member)
    url = reverse("forum:category_follow", args=[category.slug])
    undo(signed_in, signed_in.post(url, {"level": "muted"}, follow=True))
    assert state_of(member) == before
    assert 'name="undo"' not in signed_in.post(url, {"level": "normal"}, follow=True).content.decode(), "nothing changed"


def test_a_bookmark_comes_back_with_its_note_and_day(signed_in, member):
    post = PostFactory()
    kept = Bookmark.objects.create(user=member, post=post, note="For the audit", remind_on="2099-01-02", created_at=AT)
    before = Bookmark.objects.filter(user=member).values("post", "note", "remind_on", "reminded_at", "created_at")
    told = list(before)
    page = signed_in.post(reverse("forum:bookmark_off", args=[kept.pk]), follow=True)
    assert not Bookmark.objects.exists()
    undo(signed_in, page)
    assert list(before.all()) == told


def test_the_button_is_for_whoever_did_it_and_for_an_hour(client, signed_in, member, monkeypatch):
    kept = Bookmark.objects.create(user=member, post=PostFactory(), created_at=AT)
    page = signed_in.post(reverse("forum:bookmark_off", args=[kept.pk]), follow=True)
    assert "cannot be undone" in signed_in.post(reverse("forum:undo"), {"undo": "undo:nonsense"}, follow=True).content.decode()
    client.force_login(UserFactory(member=True))
    assert "cannot be undone" in undo(client, page)
    client.force_login(member)
    monkeypatch.setattr("forum.undoing.GOOD_FOR", timedelta(seconds=-1))
    assert "cannot be undone" in undo(client, page)
    assert not Bookmark.objects.exists()


def test_a_deleted_draft_comes_back_from_the_page_and_from_nowhere_else(signed_in, member):
    topic = TopicFactory()
    key = f"reply:{topic.pk}:1"
    save_draft(by=member, key=key, seen=0, body="Two\n“lines” & more", parent_number=1, at=AT)
    draft = Draft.objects.get()
    page = signed_in.post(reverse("forum:draft_discard", args=[draft.pk]), {"sequence": 1}).content.decode()
    assert Draft.objects.get().is_empty
    told = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page[page.index("<main") :])}
    assert signed_in.post(reverse("forum:draft_discard", args=[draft.pk]), {"sequence": 1}).status_code == 302, "loaded again"
    signed_in.post(reverse("forum:draft_restore", args=[draft.pk]), told)
    back = Draft.objects.get()
    assert (back.body, back.parent_number, back.key) == ("Two\n“lines” & more", 1, key)
    signed_in.post(reverse("forum:draft_discard", args=[draft.pk]), {"sequence": back.sequence})
    save_draft(by=member, key=key, seen=back.sequence + 1, body="Begun anew", at=AT)
    page = signed_in.post(reverse("forum:draft_restore", args=[draft.pk]), told).content.decode()
    assert "The draft is not back" in page
    assert Draft.objects.get().body == "Begun anew"
    signed_in.force_login(UserFactory(member=True))
    assert signed_in.post(reverse("forum:draft_restore", args=[draft.pk]), told).status_code == 404


def test_thrown_away_on_the_topic_s_page_it_comes_back_too(signed_in, member):
    topic = TopicFactory()
    save_draft(by=member, key=f"reply:{topic.pk}", seen=0, body="Half", at=AT)
    page = signed_in.post(reverse("forum:throw_away", args=[topic.pk]), {"draft_key": f"reply:{topic.pk}"}).content.decode()
    assert "Half" in page
    assert reverse("forum:draft_restore", args=[Draft.objects.get().pk]) in page
