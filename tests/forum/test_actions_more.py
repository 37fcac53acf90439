"""Changing, removing, reacting, reading, drafting."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from common.models import AuditEntry
from forum.actions.editing import edit_post
from forum.actions.errors import AlreadyRemoved, EditedMeanwhile, TextRefused
from forum.actions.notices import put_topic_notice, take_topic_notice_away
from forum.actions.posts import reply_to_topic
from forum.actions.reactions import react, toggle_reaction, unreact
from forum.actions.reading import follow_topic, mark_category_read, mark_topic_read
from forum.actions.removal import hide_post, withdraw_post
from forum.models import CategoryMember, Post, Reaction, Revision, TopicActivity, TopicMember
from forum.readers import topic_rows
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, PostFactory, TopicFactory

LATER = AT + timedelta(hours=1)


@pytest.mark.django_db
def test_an_edit_keeps_what_was_said():
    post = PostFactory(body="One.\nTwo.")
    edited = edit_post(post, by=post.author, body="One.\nThree.", at=LATER, note=" a figure ")
    assert (edited.body, edited.revision, edited.edited_at) == ("One.\nThree.", 2, LATER)
    revision = Revision.objects.get()
    assert (revision.number, revision.body, revision.note, revision.author) == (1, "One.\nTwo.", "a figure", post.author)
    assert "-Two." in revision.diff
    assert "+Three." in revision.diff
    assert edit_post(post, by=post.author, body="One.\nThree.", at=LATER).revision == 2, "the same again changes nothing"


@pytest.mark.django_db
def test_an_edit_does_not_overwrite_another_window():
    post = PostFactory()
    edit_post(post, by=post.author, body="From the desk.", note="Where", at=LATER, seen_revision=1)
    with pytest.raises(EditedMeanwhile):
        edit_post(post, by=post.author, body="From the phone.", at=LATER, seen_revision=1)
    with pytest.raises(TextRefused):
        edit_post(post, by=post.author, body="", at=LATER)
    assert Post.objects.get(pk=post.pk).body == "From the desk."


@pytest.mark.django_db
def test_an_imported_post_becomes_markdown_when_its_author_changes_it():
    post = PostFactory(source_format="html", body="<p>Old</p>", html="<p>Old</p>")
    edited = edit_post(post, by=post.author, body="*New*", note="Emphasis", at=LATER)
    assert (edited.source_format, edited.html.strip()) == ("markdown", "<p><em>New</em></p>")
    assert Revision.objects.get().source_format == "html"


@pytest.mark.django_db
def test_a_locked_topic_s_posts_stay_as_they_are_but_can_be_taken_back():
    topic = TopicFactory(locked=True)
    post = PostFactory(topic=topic)
    with pytest.raises(PermissionDenied, match="locked"):
        edit_post(post, by=post.author, body="x", at=LATER)
    assert withdraw_post(post, by=post.author, at=LATER).state == "withdrawn"


@pytest.mark.django_db
def test_what_is_removed_is_no_longer_counted():
    topic, person = TopicFactory(), UserFactory(member=True)
    first = reply_to_topic(topic, by=person, body="One.", at=AT)
    second = reply_to_topic(topic, by=person, body="Two.", at=LATER)
    moderator = UserFactory(moderator=True)
    hidden = hide_post(second, by=moderator, reason=" off topic ", at=LATER)
    assert (hidden.state, hidden.removal_reason, hidden.removed_by, hidden.moderation_version) == (
        "hidden",
        "off topic",
        moderator,
        1,
    )
    activity = TopicActivity.objects.get(topic=topic)
    assert (activity.reply_count, activity.participant_count, activity.last_post_number, activity.last_posted_at) == (1, 2, 2, AT)
    withdrawn = withdraw_post(first, by=person, at=LATER)
    assert (withdrawn.state, withdrawn.removed_by) == ("withdrawn", person)
    activity.refresh_from_db()
    assert (activity.reply_count, activity.participant_count, activity.last_post_number) == (0, 1, 1)
    assert AuditEntry.objects.get(verb="post.hide").subject_id == str(second.pk)
    with pytest.raises(AlreadyRemoved):
        hide_post(second, by=moderator, reason="again", at=LATER)


@pytest.mark.django_db
def test_a_reason_is_needed_to_hide():
    with pytest.raises(TextRefused):
        hide_post(PostFactory(), by=UserFactory(moderator=True), reason="  ", at=AT)
    with pytest.raises(PermissionDenied):
        hide_post(PostFactory(), by=UserFactory(member=True), reason="spite", at=AT)


@pytest.mark.django_db
def test_a_topic_nobody_answered_goes_with_its_first_post():
    alone, answered = TopicFactory(), TopicFactory()
    PostFactory(topic=answered)
    for topic in (alone, answered):
        withdraw_post(topic.posts.get(number=1), by=topic.author, at=LATER)
        topic.refresh_from_db()
    assert (alone.state, answered.state) == ("hidden", "published")


@pytest.mark.django_db
def test_reactions_are_said_once_and_taken_back():
    post, person = PostFactory(), UserFactory(member=True)
    assert react(post, by=person, kind="agree", at=AT)
    assert not react(post, by=person, kind="agree", at=AT)
    assert react(post, by=person, kind="thanks", at=AT)
    assert react(post, by=person, kind="disagree", at=AT), "disagreeing takes back the agreement"
    post.refresh_from_db()
    assert (post.agree_count, post.thanks_count, post.disagree_count) == (0, 1, 1)
    assert unreact(post, by=person, kind="thanks")
    assert not unreact(post, by=person, kind="thanks")
    assert not toggle_reaction(post, by=person, kind="disagree", at=AT)
    post.refresh_from_db()
    assert (post.agree_count, post.thanks_count, post.disagree_count) == (0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("trait", ["hidden", "withdrawn", "pending"])
def test_nobody_reacts_to_what_is_not_on_show(trait):
    with pytest.raises(PermissionDenied):
        react(PostFactory(**{trait: True}), by=UserFactory(moderator=True), kind="agree", at=AT)


@pytest.mark.django_db
def test_nobody_reacts_to_themselves_nor_without_membership():
    post = PostFactory()
    for person in (post.author, UserFactory()):
        with pytest.raises(PermissionDenied):
            react(post, by=person, kind="agree", at=AT)
    assert not Reaction.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_counters_are_exact_when_many_react_at_once():
    post = PostFactory()
    people = UserFactory.create_batch(8, member=True)

    def act(turn: int) -> None:
        try:
            toggle_reaction(post, by=people[turn % 8], kind=["agree", "disagree", "thanks"][turn % 3], at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(48)))
    post.refresh_from_db()
    for kind in Reaction.Kind.values:
        assert getattr(post, f"{kind}_count") == Reaction.objects.filter(post=post, kind=kind).count()


@pytest.mark.django_db
def test_a_read_mark_never_goes_back_nor_beyond_the_end():
    topic, person = TopicFactory(), UserFactory()
    PostFactory.create_batch(4, topic=topic)
    for number, expected in ((3, 3), (2, 3), (99, 5)):
        mark_topic_read(topic, by=person, number=number, at=LATER)
        assert TopicMember.objects.get().last_read == expected
    follow_topic(topic, by=person, level="watching")
    mark_topic_read(topic, by=person, number=5, at=LATER)
    member = TopicMember.objects.get()
    assert (member.level, member.because, member.last_read) == ("watching", "chosen", 5)
    with pytest.raises(ValueError, match="staring"):
        follow_topic(topic, by=person, level="staring")


@pytest.mark.django_db
def test_marking_a_category_read_makes_what_comes_later_stand_out():
    old, person = TopicFactory(), UserFactory(member=True)
    opened = TopicFactory(category=old.category)
    mark_topic_read(opened, by=person, number=1, at=AT)
    PostFactory(topic=opened)
    mark_category_read(old.category, by=person, at=LATER)
    new = TopicFactory(category=old.category, created_at=LATER + timedelta(hours=1))
    assert CategoryMember.objects.get().watermark == LATER
    _, page = topic_rows(old.category, person, order="latest", at=LATER)
    assert {row.topic.pk: (row.is_new, row.unread) for row in page.rows} == {
        new.pk: (True, None),
        old.pk: (False, None),
        opened.pk: (False, 0),
    }


@pytest.mark.django_db
def test_a_notice_on_a_topic_is_put_once_and_taken_away():
    topic = TopicFactory()
    for text in ("Opens", "Open"):
        put_topic_notice(topic, kind="consultation.open", text=text, url="/consultations/1/", at=AT)
    assert topic.notices.get().text == "Open"
    take_topic_notice_away(topic, kind="consultation.open", url="/consultations/1/")
    assert not topic.notices.exists()
