"""Who hears of a post, by which way, and what it says."""

from datetime import timedelta

import pytest
from django.conf import settings

from accounts.actions.roles import revoke_role
from accounts.models import GroupMember
from forum.actions.editing import edit_post
from forum.actions.posts import reply_to_topic
from forum.actions.reading import follow_topic, mark_topic_read
from forum.actions.removal import hide_post
from forum.actions.topics import lock_topic, start_topic
from forum.live import TopicChannel
from forum.models import TopicMember
from mail.kinds import Dropped
from mail.messages import thread_id
from mail.models import Mail
from notifications.expander import expand_next
from notifications.kinds import event_kind, notice_kind
from notifications.mails import NoticeMail
from notifications.models import Event, Notice
from notifications.readers import latest_unread, unread_count
from tests.accounts.factories import GroupFactory, UserFactory
from tests.forum.factories import AT, CategoryFactory, PersonaFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


def told() -> dict[str, str]:
    """Expand everything; who was told, of what kind."""
    while expand_next(at=LATER) is not None:
        pass
    return {notice.user.display_name: notice.kind for notice in Notice.objects.select_related("user")}


def named(name: str, **traits):
    return UserFactory(display_name=name, handle=name.lower(), **({"member": True} | traits))


@pytest.fixture
def topic():
    return TopicFactory(author=named("Starter"), title="Exam or portfolio?")


def test_whom_it_answers_and_who_started_and_who_watches_are_told(topic):
    parent = PostFactory(topic=topic, author=named("Parent"))
    follow_topic(topic, by=named("Watcher"), level="watching")
    follow_topic(topic, by=named("Tracker"), level="tracking")
    reply_to_topic(topic, by=named("Writer"), body="Here.", at=AT, parent_number=parent.number)
    assert told() == {"Starter": "forum.reply", "Parent": "forum.reply", "Watcher": "forum.reply"}


def test_nobody_is_told_of_what_they_wrote_themselves(topic):
    follow_topic(topic, by=topic.author, level="watching")
    reply_to_topic(topic, by=topic.author, body="I answer @starter myself.", at=AT, parent_number=1)
    assert told() == {}


def test_whoever_muted_a_topic_hears_nothing(topic):
    follow_topic(topic, by=topic.author, level="muted")
    reply_to_topic(topic, by=named("Writer"), body="Hear me, @starter.", at=AT)
    assert told() == {}


def test_whoever_is_named_is_told_once_and_of_that(topic):
    named("Named")
    named("Quoted")
    body = "Ask @named and @Starter, not `@quoted` nor name@quoted.example."
    reply_to_topic(topic, by=named("Writer"), body=body, at=AT)
    assert told() == {"Named": "forum.mention", "Starter": "forum.mention"}


def test_naming_somebody_in_the_first_post_tells_them_and_no_watcher():
    named("Named")
    start_topic(CategoryFactory(), by=named("Writer"), title="A question for you", body="What does @named say?", at=AT)
    assert told() == {"Named": "forum.mention"}


def test_only_those_who_may_see_it_are_told(topic):
    closed = TopicFactory(members_only=True, author=named("Starter2"))
    lapsed = named("Lapsed")
    follow_topic(closed, by=lapsed, level="watching")
    revoke_role(lapsed, role="member", by=None, at=AT)
    named("Stranger", member=False)
    reply_to_topic(closed, by=named("Writer"), body="Not for @stranger.", at=AT)
    assert told() == {"Starter2": "forum.reply"}


def test_people_come_in_batches_each_once(topic):
    for number in range(7):
        follow_topic(topic, by=named(f"Watcher{number}"), level="watching")
    reply_to_topic(topic, by=named("Writer"), body="Here.", at=AT)
    kind, event, after, found = event_kind("forum.replied"), Event.objects.get(kind="forum.replied"), 0, []
    while people := kind.people(event, after=after, limit=3):
        assert len(people) <= 3
        found += [person.user_id for person in people]
        after = people[-1].user_id
    assert found == sorted(set(found))
    assert len(found) == 8


def test_a_persona_s_post_tells_every_watcher_so_that_none_is_missing(topic):
    """Were the owner left out, the notices would name the one who is not told."""
    owner = named("Owner")
    follow_topic(topic, by=owner, level="watching")
    post = PostFactory(topic=topic, author=None, persona=PersonaFactory(topic=topic, label="Larchfield"))
    Event.objects.create(kind="forum.replied", at=AT, data={"topic": topic.pk, "post": post.pk, "number": post.number})
    assert told() == {"Starter": "forum.reply", "Owner": "forum.reply"}
    notice = Notice.objects.get(user=topic.author)
    text = notice_kind("forum.reply").render(topic.author, [notice], AT)[notice.pk]
    assert text.sentence == "Larchfield replied in your topic “Exam or portfolio?”"


def test_an_answer_to_a_persona_tells_nobody_who_that_is(topic):
    post = PostFactory(topic=topic, author=None, persona=PersonaFactory(topic=topic))
    reply_to_topic(topic, by=named("Writer"), body="Who are you?", at=AT, parent_number=post.number)
    assert told() == {"Starter": "forum.reply"}


def test_nothing_goes_out_while_the_topic_is_locked_and_nothing_late(topic):
    reply_to_topic(topic, by=named("Writer"), body="Here.", at=AT)
    lock_topic(topic, by=UserFactory(moderator=True), at=AT)
    event, kind = Event.objects.get(), event_kind("forum.replied")
    assert not kind.ready(event, LATER)
    assert kind.ready(event, AT + timedelta(days=2))
    assert kind.people(event, after=0, limit=10) == ()


def test_a_hidden_post_tells_nobody_and_is_no_longer_told_of(topic):
    post = reply_to_topic(topic, by=named("Writer"), body="Here.", at=AT)
    assert told() == {"Starter": "forum.reply"}
    notice, kind = Notice.objects.select_related("event").get(), notice_kind("forum.reply")
    assert kind.may_still_see(topic.author, notice.event, AT)
    hide_post(post, by=UserFactory(moderator=True), reason="no", at=AT)
    assert not kind.may_still_see(topic.author, notice.event, AT)
    assert kind.render(topic.author, [notice], AT) == {}
    assert event_kind("forum.replied").people(Event.objects.get(), after=0, limit=10) == ()


def test_many_notices_are_rendered_in_one_statement(topic, django_assert_num_queries):
    for number in range(5):
        reply_to_topic(topic, by=named(f"Writer{number}"), body="Here.", at=AT)
    told()
    notices = list(Notice.objects.filter(user=topic.author).select_related("event"))
    reader = type(topic.author).objects.with_roles().get(pk=topic.author.pk)
    with django_assert_num_queries(1):
        texts = notice_kind("forum.reply").render(reader, notices, AT)
    assert len(texts) == 5


def test_reading_the_topic_reads_its_notices(topic):
    reply_to_topic(topic, by=named("Writer"), body="One.", at=AT)
    reply_to_topic(topic, by=named("Other"), body="Two.", at=AT)
    told()
    topic.refresh_from_db()
    mark_topic_read(topic, by=topic.author, number=2, at=LATER)
    assert list(Notice.objects.filter(user=topic.author).order_by("pk").values_list("read_at", flat=True)) == [LATER, None]


def test_the_letter_says_who_answered_what_and_hangs_together(topic):
    reply_to_topic(topic, by=named("Writer"), body="It was *the work*, isn't it?", at=AT, parent_number=1)
    told()
    mail = Mail.objects.get()
    letter = NoticeMail().write(mail, at=LATER)
    assert mail.kind == "forum.reply"
    assert letter.subject == "Re: Exam or portfolio?"
    root, parent = (
        f"<topic.{topic.pk}@{settings.MAIL_DOMAIN}>",
        thread_id(f"post.{topic.posts.get(number=1).pk}", topic.author_id),
    )
    assert letter.headers["In-Reply-To"] == parent
    assert letter.headers["References"] == f"{root} {parent}"
    for part in (letter.text, letter.html):
        assert "Writer answered you in" in part
        assert f"/forum/topics/{topic.pk}/posts/2/" in part
    assert "It was the work, isn't it?" in letter.text
    assert "<em>the work</em>" in letter.html


def test_the_subject_of_a_letter_names_nothing_of_a_private_place():
    closed = TopicFactory(members_only=True, author=named("Starter"), title="Redundancies in Leeds")
    reply_to_topic(closed, by=named("Writer"), body="How many?", at=AT)
    told()
    letter = NoticeMail().write(Mail.objects.get(), at=LATER)
    assert letter.subject == "New in a topic for members"
    assert "Redundancies" not in letter.html.split('class="outer"')[0], "the line beside the subject neither"
    assert "How many?" in letter.text


def test_a_letter_from_a_private_group_names_neither_topic_nor_group():
    starter, writer = named("Starter"), named("Writer")
    group = GroupFactory(name="The redundancy panel", members=[starter, writer])
    closed = TopicFactory(category=CategoryFactory(private=True, group=group), author=starter, title="Redundancies in Leeds")
    reply_to_topic(closed, by=writer, body="How many?", at=AT)
    told()
    letter = NoticeMail().write(Mail.objects.get(), at=LATER)
    assert letter.subject == "New in a topic of a private group"
    head = letter.html.split('class="outer"')[0]
    assert "Redundancies" not in head
    assert "redundancy" not in head
    GroupMember.objects.filter(group=group, user=starter).update(removed_at=LATER)
    assert NoticeMail().write(Mail.objects.get(), at=LATER) == Dropped("may not be seen any more")


def test_a_topic_is_heard_by_whoever_may_see_it():
    channel, closed, lapsed = TopicChannel(), TopicFactory(members_only=True), named("Lapsed")
    assert channel.may_listen(lapsed.pk, closed.pk)
    revoke_role(lapsed, role="member", by=None, at=AT)
    assert not channel.may_listen(lapsed.pk, closed.pk)
    assert channel.may_listen(lapsed.pk, TopicFactory().pk)
    assert not channel.may_listen(lapsed.pk, 987654)
    assert not channel.may_listen(987654, closed.pk)


def test_a_live_message_holds_ids_only(topic):
    post = reply_to_topic(topic, by=named("Writer"), body="Here.", at=AT)
    (message,) = event_kind("forum.replied").live(Event.objects.get())
    assert (message.channel, message.id, dict(message.data)) == ("topic", topic.pk, {"post": post.pk, "number": 2})


def test_the_unread_count_is_of_what_may_still_be_seen_and_one_statement(topic, django_assert_num_queries):
    for number in range(3):
        last = reply_to_topic(topic, by=named(f"Writer{number}"), body="Here.", at=AT)
    told()
    reader = type(topic.author).objects.with_roles().get(pk=topic.author.pk)
    assert unread_count(reader) == 3
    hide_post(last, by=UserFactory(moderator=True), reason="no", at=AT)
    with django_assert_num_queries(1):
        assert unread_count(reader) == 2
    assert [told.text.url for told in latest_unread(reader, at=AT)] == [
        f"/forum/topics/{topic.pk}/posts/{number}/" for number in (3, 2)
    ]


def test_the_count_of_a_topic_that_went_behind_a_door_is_none(topic):
    reply_to_topic(topic, by=named("Writer"), body="Here.", at=AT)
    told()
    topic.category.access, topic.category.group = "group", GroupFactory()
    topic.category.save()
    assert unread_count(type(topic.author).objects.get(pk=topic.author.pk)) == 0


def test_a_name_that_a_change_adds_is_told_once_and_follows(topic):
    first, second = named("First"), named("Second")
    post = reply_to_topic(topic, by=named("Writer"), body="Ask @first.", at=AT)
    told()
    for body in ("Ask @first and @second.", "Ask @first, @second.", "Ask @second."):
        post = edit_post(post, by=post.author, body=body, note="More.", at=LATER)
    assert told() == {"Starter": "forum.reply", "First": "forum.mention", "Second": "forum.mention"}
    assert Event.objects.filter(kind="forum.named").count() == 1
    assert TopicMember.objects.get(user=second).because == "named"
    assert Notice.objects.filter(user=first).count() == 1


def test_a_name_in_a_change_of_what_waits_is_not_told(topic):
    named("Second")
    post = PostFactory(topic=topic, author=named("Writer"), pending=True)
    edit_post(post, by=post.author, body="Ask @second.", note="More.", at=LATER)
    assert not Event.objects.exists()
