"""Whatever happens in whatever order, and however many come at once: numbers are dense, nothing is lost, counters equal a recount."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection

from accounts.actions.practice import state_practice
from accounts.models import User
from common.errors import DomainError
from common.verdicts import Refused
from forum.actions.answers import accept_answer
from forum.actions.editing import edit_post
from forum.actions.history import restore_revision
from forum.actions.merging import move_authorship
from forum.actions.moving import merge_topics, move_posts, move_topic, split_topic
from forum.actions.polls import put_poll, vote_in_poll
from forum.actions.posts import reply_to_topic
from forum.actions.reactions import toggle_reaction
from forum.actions.removal import hide_post, withdraw_post
from forum.actions.restoring import publish_post, unhide_post
from forum.actions.topics import lock_topic, start_topic, unlock_topic
from forum.models import Poll, PollVote, Post, PostMove, Reaction, Topic
from forum.polling import PollPlan
from forum.pseudonyms import LABELS, OWN, Voice
from tests.accounts.factories import UserFactory
from tests.forum.counters import assert_counters_are_exact
from tests.forum.factories import AT, CategoryFactory, PersonaFactory, PostFactory, TopicFactory
from tests.forum.officers import officers_with_keys

STEPS = 100


class Storm:
    """A small forum, and everything that can be done with it, drawn by chance from a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.people = UserFactory.create_batch(3, member=True)
        for person in self.people:
            state_practice("V81998", by=person, at=AT)
        self.people = list(User.objects.with_roles().filter(pk__in=[person.pk for person in self.people]).order_by("pk"))
        self.at = AT
        self.moderator = UserFactory(member=True, moderator=True)
        self.categories = [CategoryFactory(), CategoryFactory(members_only=True)]
        self.topics = [TopicFactory(category=self.categories[0], author=person) for person in self.people[:2]]
        PostFactory(topic=self.topics[0], author=None, persona=PersonaFactory(topic=self.topics[0]))
        self.apart = TopicFactory(category=self.categories[1], author=self.people[2])
        officers_with_keys(2)
        for first in (self.keep, self.under_a_pseudonym, self.ask, self.vote):
            first()

    def step(self) -> None:
        self.at += timedelta(minutes=1)
        doing = [
            *(self.reply,) * 7, self.start, self.wait, self.withdraw, self.hide, self.unhide, self.publish, *(self.edit,) * 3,
            *(self.react,) * 3, self.split, self.split, self.move_some, self.move, self.merge, self.lock, self.accept,
            self.become_another, self.ask, *(self.vote,) * 2, *(self.put_back,) * 3, *(self.keep,) * 3, *(self.under_a_pseudonym,) * 3,
        ]  # fmt: skip
        with suppress(DomainError, Refused):
            self.chance.choice(doing)()

    def topic(self) -> Topic:
        standing = Topic.objects.select_related("category").filter(merged_into=None)
        return self.chance.choice(list(standing.order_by("pk")))

    def post(self, *states: str) -> Post:
        posts = Post.objects.select_related("topic__category", "author").order_by("pk")
        found = list(posts.filter(state__in=states) if states else posts)
        if not found:
            raise Refused
        return self.chance.choice(found)

    def somebody(self):
        return self.chance.choice(self.people)

    def reply(self) -> None:
        topic = self.topic()
        parent = self.chance.choice([None, *range(1, topic.last_number + 1)])
        reply_to_topic(topic, by=self.somebody(), body="Words.", at=self.at, parent_number=parent)

    def keep(self) -> None:
        parent = self.chance.choice([None, *range(1, self.apart.last_number + 1)])
        told = {"body": "Not for us.", "at": self.at, "parent_number": parent, "voice": OWN, "keep_from_practice": True}
        reply_to_topic(self.fresh(self.apart), by=self.somebody(), **told)

    def under_a_pseudonym(self) -> None:
        topic, number = self.chance.choice([(self.topics[1], 0), (self.fresh(self.apart), 1)])
        voice = Voice(is_persona=True, label=sorted(LABELS)[number])
        keep = topic.pk == self.apart.pk and self.chance.random() < 0.5
        reply_to_topic(topic, by=self.people[0], body="As a bird.", at=self.at, voice=voice, keep_from_practice=keep)

    def fresh(self, topic: Topic) -> Topic:
        return Topic.objects.select_related("category", "persona").get(pk=topic.pk)

    def ask(self) -> None:
        post = self.post("published")
        if not Poll.objects.filter(post=post).exists():
            put_poll(post, PollPlan("Which?", ("a", "b"), "single", "always", self.at + timedelta(days=1)), at=self.at)

    def vote(self) -> None:
        asked = list(Poll.objects.select_related("post__topic__category", "post__author").order_by("pk"))
        vote_in_poll(self.chance.choice(asked or [self.post("gap")]).post, by=self.somebody(), choices=[0], at=self.at)

    def put_back(self) -> None:
        changed = list(Post.objects.filter(state="published", revision__gt=1).order_by("pk"))
        if changed:
            restore_revision(self.chance.choice(changed), by=self.moderator, number=1, reason="So.", at=self.at)

    def start(self) -> None:
        start_topic(self.chance.choice(self.categories), by=self.somebody(), title="One more topic", body="Well.", at=self.at)

    def wait(self) -> None:
        PostFactory(topic=self.topic(), author=self.somebody(), created_at=self.at, pending=True)

    def withdraw(self) -> None:
        post = self.post("published", "pending")
        withdraw_post(post, by=post.author or self.somebody(), at=self.at)

    def hide(self) -> None:
        hide_post(self.post("published", "pending"), by=self.moderator, reason="So.", at=self.at)

    def unhide(self) -> None:
        unhide_post(self.post("hidden"), by=self.moderator, at=self.at)

    def publish(self) -> None:
        publish_post(self.post("pending"), by=self.moderator, at=self.at)

    def edit(self) -> None:
        post = self.post("published")
        edit_post(post, by=post.author or self.somebody(), body=f"Changed at {self.at}.", at=self.at)

    def react(self) -> None:
        kind = self.chance.choice(Reaction.Kind.values)
        toggle_reaction(self.post("published"), by=self.somebody(), kind=kind, at=self.at)

    def numbers(self, topic: Topic) -> list[int]:
        return self.chance.sample(range(2, topic.last_number + 1), min(topic.last_number - 1, 4))

    def split(self) -> None:
        topic = self.topic()
        split_topic(
            topic, by=self.moderator, numbers=self.numbers(topic), title="Something apart", reason="So.", at=self.at,
            category=self.chance.choice(self.categories),
        )  # fmt: skip

    def move_some(self) -> None:
        topic = self.topic()
        move_posts(topic, by=self.moderator, numbers=self.numbers(topic), into=self.topic(), reason="So.", at=self.at)

    def move(self) -> None:
        move_topic(self.topic(), by=self.moderator, category=self.chance.choice(self.categories), reason="So.", at=self.at)

    def merge(self) -> None:
        merge_topics(self.topic(), by=self.moderator, into=self.topic(), reason="So.", at=self.at)

    def lock(self) -> None:
        topic = self.topic()
        lock_topic(topic, by=self.moderator, at=self.at)
        if self.chance.random() < 0.7:
            unlock_topic(topic, by=self.moderator, at=self.at)

    def accept(self) -> None:
        post = self.post("published")
        Topic.objects.filter(pk=post.topic_id).update(kind="question")
        post.topic.refresh_from_db()
        accept_answer(post, by=self.moderator, at=self.at)

    def become_another(self) -> None:
        if len(self.people) > 2 and self.chance.random() < 0.3:
            before = UserFactory(member=True)
            PostFactory(topic=self.topic(), author=before, created_at=self.at)
            move_authorship(before, self.people[0], at=self.at)


def assert_all_is_well() -> None:
    assert_counters_are_exact()
    for topic in Topic.objects.all():
        numbers = list(topic.posts.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, topic.last_number + 1))
        if topic.solution_number:
            assert topic.posts.get(number=topic.solution_number).state != "moved"
    for poll in Poll.objects.all():
        told = Counter(choice for choices in poll.votes.values_list("choices", flat=True) for choice in choices)
        assert (poll.voter_count, poll.counts) == (poll.votes.count(), [told[0], told[1]])
    reactions = Counter(Reaction.objects.values_list("post", "kind"))
    for post in Post.objects.all():
        for kind in Reaction.Kind.values:
            assert getattr(post, f"{kind}_count") == reactions[post.pk, kind]
    moved = set(Post.objects.filter(state="moved").values_list("topic", "number"))
    assert moved == set(PostMove.objects.values_list("topic", "number"))


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 3])
def test_after_a_storm_of_acts_every_counter_equals_a_recount(seed):
    storm = Storm(seed)
    for turn in range(STEPS):
        storm.step()
        if turn % 10 == 9:
            assert_all_is_well()
    for happened in ({"state": "moved"}, {"kept_from__isnull": False}, {"persona__isnull": False}):
        assert Post.objects.filter(**happened).exists(), happened
    assert PollVote.objects.exists()


@pytest.mark.django_db
def test_a_topic_whose_first_post_is_gone_goes_on(client):
    topic = TopicFactory(title="It goes on")
    PostFactory(topic=topic, body="The second word.")
    withdraw_post(topic.posts.get(number=1), by=topic.author, at=AT)
    topic.refresh_from_db()
    reply_to_topic(topic, by=UserFactory(member=True), body="The third word.", at=AT)
    page = client.get(topic.get_absolute_url()).content.decode()
    assert "taken back" in page
    assert "The third word." in page
    assert_all_is_well()


@pytest.mark.django_db(transaction=True)
def test_two_hundred_replies_at_once_are_numbered_without_a_gap_while_a_poll_is_voted_in_and_posts_are_split_off():
    topic, people, moderator = TopicFactory(), UserFactory.create_batch(8, member=True), UserFactory(moderator=True)
    asked = PostFactory(topic=topic)
    put_poll(asked, PollPlan("Which?", ("a", "b"), "single", "always", AT + timedelta(days=1)), at=AT)
    PostFactory.create_batch(3, topic=topic)

    def write(turn: int) -> None:
        try:
            person = people[turn % 8]
            reply_to_topic(topic, by=person, body=f"Turn {turn}.", at=AT, parent_number=1 if turn % 3 == 0 else None)
            if turn % 10 == 0:
                vote_in_poll(asked, by=person, choices=[turn % 2], at=AT)
            if turn in (60, 61, 130):  # a second thumb, and a second moderator
                with suppress(DomainError):
                    split_topic(
                        topic, by=moderator, numbers=[3, 4], title="Something apart", category=topic.category, reason="So.", at=AT
                    )
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(200)))

    assert_all_is_well()
    topic.refresh_from_db()
    assert topic.last_number == 205
    assert Topic.objects.count() == 2
    poll = Poll.objects.get()
    told = Counter(choice for choices in PollVote.objects.values_list("choices", flat=True) for choice in choices)
    assert (poll.voter_count, poll.counts) == (PollVote.objects.count(), [told[0], told[1]])
