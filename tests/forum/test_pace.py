"""How fast one person may write: told with the time to wait, nothing lost, counted from the rows."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from forum.actions.errors import LabelTaken
from forum.actions.polls import put_poll, take_vote_back, vote_in_poll
from forum.actions.posts import reply_to_topic
from forum.actions.reactions import react, toggle_reaction
from forum.actions.topics import start_topic
from forum.models import Draft
from forum.pace import TooFast, files_key, pace_of_replies, told_of_files
from forum.polling import PollPlan
from forum.pseudonyms import OWN, Voice
from forum.readers.standing import before_a_reply
from forum.views.pacing import note_pace, pace_near
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, PostFactory, TopicFactory
from tests.forum.officers import officers_with_keys

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LARK = Voice(is_persona=True, label="Calm Lark")


@pytest.fixture(autouse=True)
def _slowly(settings):
    settings.PACE_TOPICS, settings.PACE_REPLIES, settings.PACE_REACTIONS = 1, 2, 2


def test_the_next_reply_comes_when_the_first_of_them_is_old_enough():
    topic, person = TopicFactory(), UserFactory(member=True)
    for minute in (0, 4):
        reply_to_topic(topic, by=person, body="Again.", at=AT + minute * MINUTE)
    with pytest.raises(TooFast, match=r"posted 2 replies in 10 minutes.*09:10, London") as told:
        reply_to_topic(topic, by=person, body="Again.", at=AT + 9 * MINUTE)
    assert told.value.until == AT + 10 * MINUTE
    assert topic.posts.count() == 3
    reply_to_topic(topic, by=person, body="Again.", at=told.value.until)
    reply_to_topic(topic, by=UserFactory(member=True), body="I am another.", at=AT + 9 * MINUTE)


def test_starting_and_reacting_have_a_pace_too():
    person, topic = UserFactory(member=True), TopicFactory()
    start_topic(topic.category, by=person, title="The first of today", body="Well.", at=AT)
    with pytest.raises(TooFast, match="started 1 topic in"):
        start_topic(topic.category, by=person, title="The second of today", body="Well.", at=AT + MINUTE)
    posts = PostFactory.create_batch(3, topic=topic)
    for post in posts[:2]:
        react(post, by=person, kind="agree", at=AT)
    with pytest.raises(TooFast, match="2 reactions"):
        react(posts[2], by=person, kind="agree", at=AT + MINUTE)
    toggle_reaction(posts[0], by=person, kind="agree", at=AT + MINUTE)
    assert posts[2].reactions.count() == 0


class TestUnderPseudonyms:
    @pytest.fixture(autouse=True)
    def _officers(self):
        officers_with_keys(2)

    def start(self, person, *, minute=0, voice=LARK, key=None):
        told = {"title": f"What nobody says, {minute}", "body": "Well.", "at": AT + minute * MINUTE, "voice": voice, "key": key}
        return start_topic(self.category, by=person, **told)

    @pytest.fixture(autouse=True)
    def _place(self):
        self.category = CategoryFactory()

    def test_topics_have_a_pace_which_is_apart_from_that_under_one_s_own_name(self):
        person = UserFactory(member=True)
        self.start(person)
        with pytest.raises(TooFast, match=r"started 1 topic in 10 minutes.*09:10, London") as told:
            self.start(person, minute=4)
        self.start(person, minute=4, voice=OWN)
        self.start(UserFactory(member=True), minute=4)
        self.start(person, minute=10)
        assert told.value.until == AT + 10 * MINUTE

    def test_replies_have_one_across_all_topics(self):
        person = UserFactory(member=True)
        for _ in range(2):
            reply_to_topic(TopicFactory(), by=person, body="Well.", at=AT, voice=LARK)
        with pytest.raises(TooFast, match="posted 2 replies"):
            reply_to_topic(TopicFactory(), by=person, body="Well.", at=AT + MINUTE, voice=LARK)

    def test_what_was_refused_or_sent_twice_counts_for_nothing(self):
        person, key = UserFactory(member=True), uuid4()
        with pytest.raises(LabelTaken):
            self.start(person, voice=Voice(is_persona=True, label="The one in Leeds"))
        assert self.start(person, key=key) == self.start(person, key=key)

    def test_no_key_of_the_cache_names_anybody_and_no_two_have_anything_in_common(self, settings):
        settings.PACE_TOPICS = 3
        cache.clear()
        person = UserFactory(member=True)
        for minute in range(3):
            self.start(person, minute=minute)
        client = caches["default"]._cache.get_client()
        names = [key.decode().rpartition(":")[2] for key in client.scan_iter("*forum:pace:*")]
        assert len(names) == len({name[:8] for name in names}) == 3
        assert all(0 < client.ttl(key) <= 600 for key in client.scan_iter("*forum:pace:*"))


def test_whoever_is_too_fast_keeps_the_text(client):
    topic, person = TopicFactory(), UserFactory(member=True)
    client.force_login(person)
    url = reverse("forum:reply", args=[topic.pk])
    for turn in range(3):
        had = Draft.objects.filter(user=person).first()  # as the form that was drawn says
        answer = client.post(url, {"body": f"Turn {turn}.", "draft_sequence": had.sequence if had else 0})
    assert "The next can be sent at" in answer.content.decode()
    assert "Turn 2." in answer.content.decode()
    assert Draft.objects.get(user=person).body == "Turn 2."


def test_it_costs_nothing_beside_what_is_asked_of_the_writer_anyhow():
    topic, person = TopicFactory(), UserFactory(member=True)
    reply_to_topic(topic, by=person, body="Once.", at=AT)
    with CaptureQueriesContext(connection) as told:
        before = before_a_reply(person, at=AT, key=None, most=2)
        with pace_of_replies(by=person, as_persona=False, lately=before.lately, at=AT):
            pass
    assert (len(told), before.lately) == (1, [AT])


def test_near_the_limit_it_is_told_before_it_is_met(client, settings):
    settings.PACE_TOPICS, settings.PACE_REPLIES, settings.PACE_REACTIONS = 30, 4, 30
    topic, person, now = TopicFactory(), UserFactory(member=True), timezone.now()
    client.force_login(person)
    url = reverse("forum:reply", args=[topic.pk])
    assert 'id="pace"' not in client.get(url).content.decode(), "four are left"
    page = client.post(url, {"body": "The first of four."}, follow=True).content.decode()
    assert "You can send" not in page
    page = client.post(url, {"body": "The second of four."}, follow=True).content.decode()
    assert page.count("You can send 2 more replies until") == 1, "on the topic's page, beside the composer"
    assert 'id="pace"' in page
    reply_to_topic(topic, by=person, body="The third.", at=now)
    for page in (topic.get_absolute_url(), TopicFactory().get_absolute_url()):
        assert "You can send 1 more reply until" in client.get(page).content.decode()
    assert "You can send 1 more reply until" in client.get(url).content.decode()
    reply_to_topic(topic, by=person, body="The fourth.", at=now)
    assert "The next reply can be sent at" in client.get(url).content.decode()
    assert 'id="pace"' not in client.get(reverse("forum:start", args=[topic.category.slug])).content.decode()
    settings.PACE_TOPICS = 2
    assert "You can start 2 more topics until" in client.get(reverse("forum:start", args=[topic.category.slug])).content.decode()


def test_whoever_was_not_near_lately_costs_the_page_of_a_topic_no_statement(client, settings):
    settings.PACE_REPLIES = 4
    request = RequestFactory().get("/")
    request.user, request.session = UserFactory(member=True), client.session
    with CaptureQueriesContext(connection) as told:
        assert pace_near(request, at=AT) == ""
        note_pace(request, "You can send 1 more reply.", at=AT)
        assert pace_near(request, at=AT + 10 * MINUTE) == ""
    assert not told
    with CaptureQueriesContext(connection) as told:
        pace_near(request, at=AT + 9 * MINUTE)
    assert len(told) == 1


def test_near_the_limit_of_reactions_the_page_says_so_once_more(client, settings):
    settings.PACE_REACTIONS = 2
    posts, person = PostFactory.create_batch(2, topic=TopicFactory()), UserFactory(member=True)
    client.force_login(person)
    url = reverse("forum:react", args=[posts[0].topic_id])
    part = client.post(url, {"say": f"agree:{posts[0].number}"}, headers={"HX-Request": "true"}).content.decode()
    assert "You can give 1 more reaction until" in part
    assert (
        "The next reaction can be given at" in client.post(url, {"say": f"agree:{posts[1].number}"}, follow=True).content.decode()
    )


def test_files_of_today_are_told_when_few_are_left(settings):
    settings.FILES_PER_DAY = 3
    person = UserFactory(member=True)
    assert told_of_files(by=person, at=AT) == ""
    cache.set(files_key(by=person, at=AT), 2)
    assert told_of_files(by=person, at=AT) == "You can attach 1 more file today."
    cache.set(files_key(by=person, at=AT), 3)
    assert told_of_files(by=person, at=AT) == "You can attach more files tomorrow."


def test_votes_have_a_pace_however_often_one_is_changed(client, settings):
    settings.PACE_VOTES = 2
    post, person = PostFactory(), UserFactory(member=True)
    put_poll(post, PollPlan("Which?", ("a", "b"), "single", "always", timezone.now() + timedelta(days=1)), at=timezone.now())
    vote_in_poll(post, by=person, choices=[0], at=AT)
    take_vote_back(post, by=person, at=AT)
    with pytest.raises(TooFast, match="You have given 2 votes"):
        vote_in_poll(post, by=person, choices=[1], at=AT + timedelta(minutes=9))
    vote_in_poll(post, by=UserFactory(member=True), choices=[1], at=AT)
    vote_in_poll(post, by=person, choices=[1], at=AT + timedelta(minutes=11))
