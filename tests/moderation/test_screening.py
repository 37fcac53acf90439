from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.actions.roles import grant_role, revoke_role
from accounts.models import Membership
from common.models import AuditEntry
from common.verdicts import Refused
from forum.actions.editing import edit_post
from forum.actions.errors import AlreadyRemoved, NothingToRestore, TextRefused
from forum.actions.posts import reply_to_topic
from forum.actions.removal import hide_post, withdraw_post
from forum.actions.restoring import publish_post, publish_topic, unhide_post, unhide_topic
from forum.actions.topics import start_topic
from forum.models import Post, Topic
from moderation.actions.errors import WordRefused
from moderation.actions.flagging import add_flagged_word, remove_flagged_word
from moderation.actions.reversing import reverse_decision
from moderation.models import Case, FlaggedWord
from moderation.screening import LINKS, NEW, WORD, Screen, is_new
from moderation.words import first_found
from notifications.models import Event
from tests.accounts.factories import UserFactory
from tests.forum.counters import assert_counters_are_exact
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory
from tests.moderation.factories import AT, LATER, SOON, a_member, a_moderator, decided, standing

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _as_in_the_product(settings):
    settings.SCREEN_FIRST_POSTS, settings.SCREEN_LINKS_POSTS = 2, 5


@pytest.fixture
def newcomer():
    """Signed up yesterday; nobody vouches for them."""
    return a_member(created_at=AT - DAY)


def say(topic, person, body="What I think.", at=AT, **kwargs) -> Post:
    return reply_to_topic(topic, by=person, body=body, at=at, **kwargs)


class TestWhoIsNew:
    def test_a_fresh_account_is_and_an_older_one_is_not(self, newcomer, settings):
        assert is_new(newcomer, AT)
        assert not is_new(newcomer, AT + settings.SCREEN_NEW_DAYS * DAY)

    def test_whoever_stands_in_the_register_is_not(self, newcomer):
        Membership.objects.create(number="A1", user=newcomer, joined_at=AT, changed_at=AT, claimed_at=AT)
        assert not is_new(newcomer, AT)

    def test_whoever_was_made_a_member_by_an_officer_is_not(self):
        person = UserFactory(created_at=AT - DAY)
        grant_role(person, role="member", by=UserFactory(administrator=True), at=AT)
        assert not is_new(standing(person), AT)
        revoke_role(person, role="member", by=None, at=AT)
        grant_role(person, role="member", by=None, at=AT)
        assert is_new(standing(person), AT)

    def test_whoever_wrote_before_the_account_was_made_is_not(self):
        assert not is_new(a_member(created_at=AT + DAY), AT)


class TestHolding:
    def test_the_first_posts_wait_and_the_next_do_not(self, newcomer):
        topic = TopicFactory()
        first, second = say(topic, newcomer), say(topic, newcomer)
        assert (first.state, first.held_because) == ("pending", NEW)
        for post in (first, second):
            decided(Case.objects.get(post=post), "publish", reason="")
        assert say(topic, newcomer).state == "published"
        assert_counters_are_exact()

    def test_links_wait_a_little_longer_and_links_to_this_site_do_not(self, newcomer, settings):
        topic = TopicFactory()
        PostFactory.create_batch(settings.SCREEN_FIRST_POSTS, topic=topic, author=newcomer)
        assert say(topic, newcomer, "See [this](https://example.com/).").held_because == LINKS
        assert say(topic, newcomer, f"See {settings.SITE_URL}/forum/").state == "published"
        PostFactory.create_batch(settings.SCREEN_LINKS_POSTS, topic=Topic.objects.get(), author=newcomer)
        assert say(topic, newcomer, "See [this](https://example.com/).").state == "published"

    def test_a_flagged_word_holds_back_anybody_but_moderators(self):
        topic, moderator, member = TopicFactory(), a_moderator(), a_member()
        add_flagged_word("Casino  Royale", by=moderator, at=AT)
        assert say(topic, member, "A **casino**\nroyale for all.").held_because == WORD
        assert say(topic, member, "Two casinos royales.").state == "published"
        assert say(topic, moderator, "The word casino royale waits.").state == "published"
        assert start_topic(topic.category, by=member, title="The casino royale", body="Fine.", at=AT).state == "pending"

    def test_whoever_works_for_the_institute_is_not_screened(self):
        add_flagged_word("casino", by=a_moderator(), at=AT)
        organiser = standing(UserFactory(created_at=AT - DAY, organiser=True))
        assert say(TopicFactory(), organiser, "About the [casino](https://example.com/).").state == "published"

    def test_the_rules_can_be_turned_off(self, newcomer, settings):
        settings.SCREEN_FIRST_POSTS = settings.SCREEN_LINKS_POSTS = 0
        assert say(TopicFactory(), newcomer, "https://example.com/").state == "published"

    def test_nothing_is_counted_or_told_while_it_waits(self, newcomer):
        topic = TopicFactory()
        post = say(topic, newcomer, parent_number=1)
        topic.refresh_from_db()
        assert (post.number, topic.last_number) == (2, 2)
        assert not Event.objects.filter(kind="forum.replied").exists()
        assert Event.objects.filter(kind="moderation.opened").count() == 1
        assert_counters_are_exact()

    def test_it_is_sent_twice_and_held_once(self, newcomer):
        topic, key = TopicFactory(), UUID("5d0c7a0e-3c1b-4f53-9c1e-0a8c2d9f3b11")
        assert say(topic, newcomer, key=key) == say(topic, newcomer, key=key)
        assert Case.objects.count() == 1

    def test_its_author_sees_it_and_why_and_others_do_not(self, client, newcomer):
        topic = TopicFactory()
        post = say(topic, newcomer, "Mine alone for now.")
        url = reverse("forum:topic_in_time", args=[topic.pk, topic.slug])
        assert "Mine alone" not in client.get(url).content.decode()
        client.force_login(newcomer)
        page = client.get(url).content.decode()
        assert "Mine alone" in page
        assert "Waiting for a moderator" in page
        assert NEW in page
        assert reverse("moderation:report_post", args=[topic.pk, post.number]) not in page

    def test_a_topic_waits_as_a_whole_and_takes_no_replies(self, newcomer):
        topic = start_topic(CategoryFactory(), by=newcomer, title="A first topic", body="Hello.", at=AT)
        assert (topic.state, topic.posts.get().state) == ("pending", "pending")
        assert Case.objects.get().topic == topic
        assert Case.objects.get().post is None
        for person in (newcomer, a_moderator()):
            with pytest.raises(Refused, match="waits for a moderator"):
                say(topic, person)
        assert_counters_are_exact()


class TestLettingOn:
    def test_published_it_is_counted_and_told(self, newcomer):
        topic = TopicFactory()
        post = say(topic, newcomer, parent_number=1)
        decided(Case.objects.get(), "publish", reason="")
        post.refresh_from_db()
        assert (post.state, post.held_because) == ("published", "")
        assert Event.objects.get(kind="forum.replied").data["post"] == post.pk
        assert_counters_are_exact()

    def test_a_topic_begins(self, newcomer):
        topic = start_topic(CategoryFactory(), by=newcomer, title="A first topic", body="Hello.", at=AT)
        decided(Case.objects.get(), "publish", reason="")
        topic.refresh_from_db()
        assert (topic.state, topic.posts.get().state) == ("published", "published")
        assert Event.objects.filter(kind="forum.started").count() == 1
        assert_counters_are_exact()

    def test_refused_its_number_stays_with_the_reason_and_it_can_be_taken_back(self, newcomer):
        topic = TopicFactory()
        post = say(topic, newcomer, parent_number=1)
        case = Case.objects.get()
        decided(case, "refuse", "warn", reason="It sells something.")
        post.refresh_from_db()
        assert (post.state, post.removal_reason) == ("hidden", "It sells something.")
        assert_counters_are_exact()
        reverse_decision(case, by=a_moderator(), reason="It does not.", at=LATER)
        post.refresh_from_db()
        assert post.state == "published"
        assert Event.objects.filter(kind="forum.replied").exists()
        assert_counters_are_exact()

    def test_a_topic_refused_is_found_by_nobody_else_and_can_be_taken_back(self, client, newcomer):
        topic = start_topic(CategoryFactory(), by=newcomer, title="A first topic", body="Hello.", at=AT)
        case = Case.objects.get()
        decided(case, "refuse")
        topic.refresh_from_db()
        assert (topic.state, topic.posts.get().state) == ("hidden", "hidden")
        assert client.get(topic.get_absolute_url()).status_code == 404
        assert_counters_are_exact()
        reverse_decision(case, by=a_moderator(), reason="Wrong.", at=LATER)
        assert client.get(topic.get_absolute_url()).status_code == 200
        assert_counters_are_exact()

    def test_what_is_on_show_is_brought_back_by_nobody(self):
        post, moderator = PostFactory(), a_moderator()
        for act, thing in [(publish_post, post), (unhide_post, post), (publish_topic, post.topic), (unhide_topic, post.topic)]:
            with pytest.raises(NothingToRestore):
                act(thing, by=moderator, at=AT)
            with pytest.raises(Refused):
                act(thing, by=a_member(), at=AT)

    def test_taken_back_while_it_waited_it_holds_its_place_and_only_nothing_is_left_to_do(self, newcomer):
        topic = TopicFactory()
        post = say(topic, newcomer, parent_number=1)
        withdraw_post(post, by=newcomer, at=SOON)
        assert_counters_are_exact()
        decided(Case.objects.get(), "nothing", reason="", at=LATER)


class TestChanging:
    def test_a_change_brings_in_no_flagged_word(self):
        member = a_member()
        post = PostFactory(author=member, body="Fine.")
        add_flagged_word("casino", by=a_moderator(), at=AT)
        with pytest.raises(TextRefused, match="“casino”"):
            edit_post(post, by=member, body="A casino.", note="Why not.", at=AT)
        post.refresh_from_db()
        assert (post.body, post.revision, post.state) == ("Fine.", 1, "published")

    def test_what_it_said_before_is_not_held_against_it(self):
        member = a_member()
        post = PostFactory(author=member, body="A casino.")
        add_flagged_word("casino", by=a_moderator(), at=AT)
        assert edit_post(post, by=member, body="A casino, they say.", note="Why not.", at=AT).revision == 2

    def test_a_new_member_brings_in_no_link(self, newcomer):
        post = PostFactory(author=newcomer, body="Fine. https://example.com/a")
        with pytest.raises(TextRefused, match="the link"):
            edit_post(post, by=newcomer, body="https://example.com/b", note="Why not.", at=AT)
        assert edit_post(post, by=newcomer, body="Finer. https://example.com/a", note="Why not.", at=AT).revision == 2

    def test_what_waits_may_change_and_a_moderator_reads_it_as_it_then_stands(self, newcomer):
        post = say(TopicFactory(), newcomer, "One.")
        assert edit_post(post, by=newcomer, body="Two https://example.com/", note="Why not.", at=SOON).state == "pending"

    def test_moderators_change_theirs_freely(self):
        moderator = a_moderator()
        add_flagged_word("casino", by=moderator, at=AT)
        assert edit_post(PostFactory(author=moderator), by=moderator, body="A casino.", note="Why not.", at=AT).revision == 2


class TestTheList:
    def test_is_kept_by_moderators(self, client):
        for person in (a_member(), standing(UserFactory(organiser=True)), standing(UserFactory(trustee=True))):
            with pytest.raises(Refused):
                add_flagged_word("casino", by=person, at=AT)
            client.force_login(person)
            assert client.get(reverse("moderation:words")).status_code == 403
        client.force_login(a_moderator())
        url = reverse("moderation:words")
        assert "No word is flagged" in client.get(url).content.decode()
        assert client.post(url, {"word": " CASINO "}).status_code == 302
        assert "on the list already" in client.post(url, {"word": "casino"}).content.decode()
        word = FlaggedWord.objects.get()
        assert word.word == "casino"
        client.post(reverse("moderation:remove_word", args=[word.pk]))
        assert not FlaggedWord.objects.exists()

    def test_holds_no_empty_and_no_endless_word(self):
        for text in ("", " a ", "x" * 61, "a\0b"):
            with pytest.raises(WordRefused):
                add_flagged_word(text, by=a_moderator(), at=AT)

    def test_taking_away_twice_is_once(self):
        moderator = a_moderator()
        word = add_flagged_word("casino", by=moderator, at=AT)
        remove_flagged_word(FlaggedWord(pk=word.pk, word=word.word), by=moderator, at=AT)
        remove_flagged_word(word, by=moderator, at=AT)
        assert not FlaggedWord.objects.exists()
        assert AuditEntry.objects.filter(verb="word.unflag").count() == 1


@given(before=st.text(max_size=20), word=st.text("abcé'-", min_size=1, max_size=8), after=st.text(max_size=20))
def test_a_word_is_found_as_a_whole_and_only_so(before, word, after):
    word = " ".join(word.split()).strip("-'") or "a"
    assert first_found(f"{before} {word.upper()} {after}", [word]) == word
    assert first_found(f"x{word}x", [word]) == ""


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(storm=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 30)), min_size=5, max_size=25))
def test_counters_are_exact_through_any_storm(transactional_rollback, storm):
    """Replies held and not, published, refused, hidden, brought back, taken back, in any order."""
    with transactional_rollback():
        moderator, people = a_moderator(), [a_member(created_at=AT - DAY), a_member(), a_member()]
        topic = TopicFactory(author=people[1])
        for step, (what, pick) in enumerate(storm):
            at = AT + timedelta(minutes=step)
            posts = list(topic.posts.order_by("number"))
            post = posts[pick % len(posts)]
            try:
                if what <= 1:
                    parent = post.number if post.state == "published" and pick % 3 else None
                    say(Topic.objects.get(pk=topic.pk), people[pick % 3], at=at, parent_number=parent)
                elif what == 2:
                    publish_post(post, by=moderator, at=at)
                elif what == 3:
                    hide_post(post, by=moderator, reason="no", at=at)
                elif what == 4:
                    unhide_post(post, by=moderator, at=at)
                elif post.number > 1:
                    withdraw_post(post, by=post.author, at=at)
            except (NothingToRestore, AlreadyRemoved, Refused):
                pass
            assert_counters_are_exact()


def test_the_screen_asks_little(django_assert_num_queries, newcomer):
    category, old = CategoryFactory(), a_member()
    with django_assert_num_queries(1):
        Screen().why_hold(old, category=category, title="", html="<p>Hello</p>", at=AT)
    with django_assert_num_queries(4):
        Screen().why_hold(newcomer, category=category, title="", html="<p>Hello</p>", at=AT)
