"""How somebody comes to follow, what they chose, and who hears of what because of it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actions.showing import block_person
from forum.actions.posts import reply_to_topic
from forum.actions.reading import follow_category, follow_topic, mark_all_read, mark_seen, mark_topic_read
from forum.actions.restoring import publish_post
from forum.actions.topics import start_topic
from forum.models import CategoryMember, TopicMember
from forum.readers import topic_page
from notifications.events import record_event
from notifications.expander import expand_next
from notifications.models import Notice
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, PersonaFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


def named(name: str, **traits):
    return UserFactory(display_name=name, handle=name.lower(), **({"member": True} | traits))


def told() -> dict[str, str]:
    while expand_next(at=LATER) is not None:
        pass
    return {notice.user.display_name: notice.kind for notice in Notice.objects.select_related("user")}


def standing(person, topic) -> tuple[str, str]:
    return TopicMember.objects.values_list("level", "because").get(user=person, topic=topic)


def test_starting_answering_and_being_named_are_reasons_to_follow():
    starter, writer, asked = named("Starter"), named("Writer"), named("Asked")
    topic = start_topic(CategoryFactory(), by=starter, title="A fine question", body="What now?", at=AT)
    reply_to_topic(topic, by=writer, body="Ask @asked, and not @nobody.", at=AT)
    assert standing(starter, topic) == ("tracking", "started")
    assert standing(writer, topic) == ("tracking", "replied")
    assert standing(asked, topic) == ("tracking", "named")
    assert topic_page(asked, topic.pk).why_followed == "You were named here."


@pytest.mark.parametrize("level", ["watching", "normal", "muted"])
def test_what_somebody_chose_is_changed_by_nothing_that_happens(level):
    topic, person = TopicFactory(), named("Chooser")
    follow_topic(topic, by=person, level=level)
    reply_to_topic(topic, by=person, body="I answer.", at=AT)
    reply_to_topic(topic, by=named("Writer"), body="Hear, @chooser.", at=AT)
    assert standing(person, topic) == (level, "chosen")


def test_naming_oneself_is_no_reason_and_a_held_post_names_nobody_until_it_is_let_on():
    topic, asked = TopicFactory(), named("Asked")
    PostFactory(topic=topic, author=named("Writer"), body="Ask @asked.", pending=True)
    assert not TopicMember.objects.filter(user=asked).exists()
    publish_post(topic.posts.get(number=2), by=UserFactory(moderator=True), at=AT)
    assert standing(asked, topic) == ("tracking", "named")
    reply_to_topic(topic, by=asked, body="I, @asked, say so.", at=AT)
    assert standing(asked, topic) == ("tracking", "named"), "the first reason stays"


def test_whoever_watches_a_category_hears_of_new_topics_and_not_of_every_reply():
    category, watcher = CategoryFactory(name="Money"), named("Watcher")
    follow_category(category, by=watcher, level="watching")
    follow_category(category, by=named("Tracker"), level="tracking")
    topic = start_topic(category, by=named("Starter"), title="What does it cost?", body="Well?", at=AT)
    assert told() == {"Watcher": "forum.topic"}
    reply_to_topic(topic, by=named("Writer"), body="A lot.", at=AT)
    assert told() == {"Watcher": "forum.topic", "Starter": "forum.reply"}
    assert topic_page(watcher, topic.pk).why_followed == "You watch its category."


def test_a_muted_category_is_silent_but_for_topics_that_one_follows():
    category = CategoryFactory()
    away, insider = named("Away"), named("Insider")
    for person in (away, insider):
        follow_category(category, by=person, level="muted")
    topic = TopicFactory(category=category)
    follow_topic(topic, by=insider, level="watching")
    reply_to_topic(topic, by=topic.author, body="Hear, @away and @insider.", at=AT)
    assert told() == {"Insider": "forum.mention"}


def test_a_persona_s_owner_is_told_like_everybody_who_watches_the_category():
    owner, category = named("Owner"), CategoryFactory()
    follow_category(category, by=owner, level="watching")
    follow_category(category, by=named("Other"), level="watching")
    topic = TopicFactory(category=category, author=None, persona=PersonaFactory(topic=TopicFactory()))
    record_event("forum.started", at=AT, by=None, topic=topic.pk, post=topic.posts.get().pk, number=1)
    assert told() == {"Owner": "forum.topic", "Other": "forum.topic"}


def test_nobody_hears_of_a_new_topic_by_somebody_they_blocked():
    category, watcher, starter = CategoryFactory(), named("Watcher"), named("Starter")
    follow_category(category, by=watcher, level="watching")
    block_person(starter, by=watcher, at=AT)
    start_topic(category, by=starter, title="Hear me, all of you", body="Now.", at=AT)
    assert told() == {}


def test_following_a_category_leaves_what_was_read_and_the_other_way_round():
    category, person = CategoryFactory(), named("Reader")
    follow_category(category, by=person, level="watching")
    mark_all_read(by=person, at=LATER)
    row = CategoryMember.objects.get(user=person, category=category)
    assert (row.level, row.watermark) == ("watching", LATER)
    follow_category(category, by=person, level="muted")
    row.refresh_from_db()
    assert (row.level, row.watermark) == ("muted", LATER)
    with pytest.raises(ValueError, match="staring"):
        follow_category(category, by=person, level="staring")


def test_marking_all_as_read_catches_up_wherever_one_may_read():
    person = named("Reader")
    topics = [TopicFactory(), TopicFactory(members_only=True)]
    closed = TopicFactory(category=CategoryFactory(private=True))
    for topic in topics:
        mark_topic_read(topic, by=person, number=1, at=AT)
        PostFactory.create_batch(2, topic=topic)
    mark_all_read(by=person, at=LATER)
    assert set(TopicMember.objects.filter(user=person).values_list("last_read", flat=True)) == {3}
    assert not CategoryMember.objects.filter(category=closed.category).exists()


@pytest.mark.parametrize(
    ("seen", "mark"), [([3, 4, 5], 5), ([3, 5], 3), ([5, 4], 2), ([3, 4, 5, 6, 7, 8], 8), ([1, 2], 2), ([99], 2)]
)
def test_what_was_seen_out_of_order_counts_up_to_the_first_that_was_not(seen, mark):
    """Number 7 is a gap that an import left, 8 the last."""
    topic, person = TopicFactory(), named("Reader")
    PostFactory.create_batch(5, topic=topic)
    PostFactory(topic=topic, state="gap", author=None, body="", html="")
    PostFactory(topic=topic)
    mark_topic_read(topic, by=person, number=2, at=AT)
    mark_seen(topic, by=person, numbers=[number for number in seen if number != 7], last_read=2, at=LATER)
    assert TopicMember.objects.get().last_read == mark


def test_a_gap_holds_nobody_up(client):
    topic, person = TopicFactory(), named("Reader")
    PostFactory(topic=topic, state="gap", author=None, body="", html="")
    PostFactory(topic=topic)
    client.force_login(person)
    url = reverse("forum:read", args=[topic.pk])
    assert client.post(url, {"seen": "1,3,nonsense"}, headers={"X-Quietly": "1"}).status_code == 204
    assert TopicMember.objects.get().last_read == 3


def test_the_page_of_what_one_follows_shows_the_reason_and_changes_it_in_place(client):
    person, topic = named("Reader"), TopicFactory(title="Exam or portfolio?")
    closed = TopicFactory(category=CategoryFactory(private=True), title="Zclosed")
    TopicMember.objects.create(user=person, topic=closed, level="tracking")
    reply_to_topic(topic, by=person, body="Both.", at=AT)
    client.force_login(person)
    url = reverse("forum:follows") + "?level=tracking"
    page = client.get(url).content.decode()
    assert "Exam or portfolio?" in page
    assert "You replied here." in page
    assert "Zclosed" not in page
    sent = client.post(reverse("forum:follow", args=[topic.pk]), {"level": "muted", "back": "tracking"})
    assert sent["Location"] == url
    assert "Exam or portfolio?" in client.get(url).content.decode(), "said once, with a button to undo it"
    assert "Exam or portfolio?" not in client.get(url).content.decode()
    assert "Exam or portfolio?" in client.get(reverse("forum:follows") + "?level=muted").content.decode()
    sent = client.post(
        reverse("forum:category_follow", args=[topic.category.slug]), {"level": "muted", "back": "muted"}, follow=True
    )
    assert "Muted: off my lists, no notices" in sent.content.decode()
    assert client.get(reverse("forum:follows") + "?level=all").status_code == 404
    assert client.post(reverse("forum:category_follow", args=[topic.category.slug]), {"level": "all"}).status_code == 404


def test_somebody_is_blocked_from_below_a_post_after_it_was_said_what_that_does(client):
    person, post = named("Reader"), PostFactory(author=named("Loud"))
    client.force_login(person)
    assert "Block this person" in client.get(post.topic.get_absolute_url()).content.decode()
    url = reverse("forum:block_author", args=[post.topic_id, post.number])
    assert "They are not told" in client.get(url).content.decode()
    client.post(url)
    assert "You blocked this person" in client.get(post.topic.get_absolute_url()).content.decode()
    assert "Unblock" in client.get(url).content.decode()
    by_persona = PostFactory(topic=post.topic, author=None, persona=PersonaFactory(topic=post.topic))
    assert client.get(reverse("forum:block_author", args=[post.topic_id, by_persona.number])).status_code == 404
