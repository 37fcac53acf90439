"""Marking a post, with a note and a day, and being reminded once."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.urls import reverse

from forum.actions.bookmarks import DayIsPast, drop_bookmark, keep_bookmark, remind_of_bookmarks
from forum.actions.reading import follow_topic
from forum.actions.removal import hide_post
from forum.models import Bookmark, TopicMember
from forum.tasks import remind
from mail.models import Mail
from notifications.expander import expand_next
from notifications.kinds import notice_kind
from notifications.mails import NoticeMail
from notifications.models import Event, Notice
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, PersonaFactory, PostFactory, TopicFactory
from tests.querycount import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
MORNING = datetime(2026, 11, 20, 7, 5, tzinfo=UTC)


def test_a_reminder_comes_on_the_morning_of_its_day_and_once(member):
    post = PostFactory()
    keep_bookmark(post, by=member, note="Ask the partners.", remind_on=DAY, at=AT)
    assert remind_of_bookmarks(at=MORNING - timedelta(minutes=10)) == 0
    assert [remind_of_bookmarks(at=MORNING), remind_of_bookmarks(at=MORNING)] == [1, 0]
    while expand_next(at=MORNING) is not None:
        pass
    notice = Notice.objects.get()
    text = notice_kind("forum.reminder").render(member, [notice], MORNING)[notice.pk]
    assert text.sentence == f"You wanted to be reminded of #2 in “{post.topic.title}”"
    assert (text.url, text.detail) == (post.get_absolute_url(), "Ask the partners.")
    letter = NoticeMail().write(Mail.objects.get(), at=MORNING)
    assert letter.subject == "The reminder that you set"
    assert "Ask the partners." in letter.text
    assert remind() == 0


def test_another_day_reminds_again_and_the_past_is_refused(member):
    post = PostFactory()
    keep_bookmark(post, by=member, remind_on=DAY, at=AT)
    remind_of_bookmarks(at=MORNING)
    keep_bookmark(post, by=member, remind_on=DAY + timedelta(days=1), at=MORNING)
    assert remind_of_bookmarks(at=MORNING + timedelta(days=1)) == 1
    with pytest.raises(DayIsPast):
        keep_bookmark(post, by=member, remind_on=AT.date(), at=AT)
    assert Bookmark.objects.count() == 1


def test_of_what_may_not_be_read_any_more_only_the_own_note_is_left(signed_in, member):
    post = PostFactory(body="Zsecret words.", topic=TopicFactory(title="Ztitle of it"))
    keep_bookmark(post, by=member, note="My own note", remind_on=DAY, at=AT)
    hide_post(post, by=UserFactory(moderator=True), reason="no", at=AT)
    page = signed_in.get(reverse("forum:bookmarks")).content.decode()
    assert "My own note" in page
    assert "Zsecret" not in page
    assert "Ztitle" not in page
    remind_of_bookmarks(at=MORNING)
    while expand_next(at=MORNING) is not None:
        pass
    notice = Notice.objects.get()
    text = notice_kind("forum.reminder").render(member, [notice], MORNING)[notice.pk]
    assert (text.sentence, text.detail) == ("You wanted to be reminded of a post that you cannot read any more", "My own note")
    letter = NoticeMail().write(Mail.objects.get(), at=MORNING)
    assert "Ztitle" not in letter.text + letter.html


def test_a_letter_about_what_is_not_public_names_no_title(member):
    post = PostFactory(topic=TopicFactory(members_only=True, title="Redundancies in Leeds"))
    keep_bookmark(post, by=member, remind_on=DAY, at=AT)
    remind_of_bookmarks(at=MORNING)
    while expand_next(at=MORNING) is not None:
        pass
    letter = NoticeMail().write(Mail.objects.get(), at=MORNING)
    assert "Redundancies" not in letter.subject + letter.text + letter.html
    assert "a post in the forum" in letter.text


def test_a_bookmark_that_is_gone_reminds_of_nothing(member):
    mark = keep_bookmark(PostFactory(), by=member, remind_on=DAY, at=AT)
    remind_of_bookmarks(at=MORNING)
    drop_bookmark(mark, by=UserFactory())
    assert Bookmark.objects.exists(), "another's is left alone"
    drop_bookmark(mark, by=member)
    while expand_next(at=MORNING) is not None:
        pass
    assert not Notice.objects.exists()
    assert Event.objects.get().expanded_at


def test_a_post_is_marked_changed_and_unmarked_from_its_menu(signed_in, member):
    post = PostFactory()
    url = reverse("forum:bookmark", args=[post.topic_id, post.number])
    assert f'href="{url}">Bookmark<' in signed_in.get(post.topic.get_absolute_url()).content.decode()
    assert signed_in.post(url, {"note": " Read  twice ", "remind_on": ""})["Location"].endswith("#p2")
    mark = Bookmark.objects.get()
    assert (mark.note, mark.remind_on, mark.user) == ("Read twice", None, member)
    page = signed_in.get(post.topic.get_absolute_url()).content.decode()
    assert "Your bookmark<" in page
    assert "To your bookmark, #2" in page
    bad = signed_in.post(url, {"note": "Kept", "remind_on": "2020-01-01"}).content.decode()
    assert "Choose a day from tomorrow on." in bad
    assert 'value="Kept"' in bad
    signed_in.post(reverse("forum:bookmark_off", args=[mark.pk]))
    assert not Bookmark.objects.exists()
    assert "No bookmarks yet" in signed_in.get(reverse("forum:bookmarks")).content.decode()


def test_one_press_marks_and_leaves_a_note_that_there_is(signed_in, member):
    post = PostFactory()
    url, quietly = reverse("forum:bookmark", args=[post.topic_id, post.number]), {"X-Quietly": "1"}
    assert signed_in.post(url, headers=quietly).status_code == 204
    keep_bookmark(post, by=member, note="Mine", at=AT)
    assert signed_in.post(url, headers=quietly).status_code == 204
    assert Bookmark.objects.get().note == "Mine"


def test_another_s_bookmark_is_not_found(client, member):
    mark = keep_bookmark(PostFactory(), by=member, note="Mine", at=AT)
    client.force_login(UserFactory(member=True))
    assert client.post(reverse("forum:bookmark_off", args=[mark.pk])).status_code == 404
    assert "Mine" not in client.get(reverse("forum:bookmarks")).content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(signed_in, member):
    topic = TopicFactory()
    keep_bookmark(PostFactory(topic=topic), by=member, at=AT)

    def many() -> None:
        for post in [*PostFactory.create_batch(25, topic=topic), PostFactory(topic=topic, author=None, persona=PersonaFactory())]:
            keep_bookmark(post, by=member, at=AT)

    assert_queries_do_not_grow(reverse("forum:bookmarks"), signed_in, add_rows=many, at_most=6)


def test_the_one_mark_a_topic_that_there_was_before_is_a_bookmark_now(member):
    """The column is still in the table: a process of the release before may write it."""
    post = PostFactory()
    follow_topic(post.topic, by=member, level="tracking")
    moved = import_module("forum.migrations.0036_reasons_and_kept_bookmarks")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE forum_topicmember SET bookmark = %s, because = ''", [post.number])
        cursor.execute(moved.REASONS)
        cursor.execute(moved.BOOKMARKS)
    assert Bookmark.objects.get().post == post
    assert TopicMember.objects.get().because == "chosen"


def test_a_note_that_is_too_long_comes_back_whole_with_how_long_it_is(signed_in):
    post = PostFactory()
    url, note = reverse("forum:bookmark", args=[post.topic_id, post.number]), "Look at it again. " * 20
    page = signed_in.post(url, {"note": note}).text
    assert "This has 359 characters; 300 is the most." in page
    assert note.strip() in page
    assert "maxlength" not in page, "a browser would cut what is pasted and say nothing"
