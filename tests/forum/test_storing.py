"""The one statement by which a reply is stored leaves what the ORM would leave, step by step."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Case, CharField, Exists, F, IntegerField, Q, Value, When

from common.markdown import RENDER_VERSION
from forum.actions.counting import count_below
from forum.actions.drafts import Written, save_draft
from forum.actions.errors import TopicLocked
from forum.actions.posts import reply_to_topic
from forum.actions.storing import store_reply
from forum.actions.topics import lock_topic
from forum.models import Draft, Post, TopicActivity, TopicMember
from forum.pseudonyms import LABELS, Voice
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, PersonaFactory, PostFactory, TopicFactory
from tests.forum.officers import officers_with_keys

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


def store_by_the_orm(post: Post) -> None:
    post.save(force_insert=True)
    if post.author_id:
        _follow(post)
    if post.state == "published" and post.kept_from is None:
        count_below(post)
        _count(post)
    else:
        Post.objects.filter(topic=post.topic_id, number=post.parent_number).update(answered_aside=True)


def _follow(post: Post) -> None:
    untouched = Q(level="normal") & ~Q(because="chosen")
    known = TopicMember.objects.filter(user=post.author_id, topic=post.topic_id).update(
        level=Case(When(untouched, then=Value("tracking")), default=F("level"), output_field=CharField()),
        because=Case(When(untouched, then=Value("replied")), default=F("because"), output_field=CharField()),
        last_read=Case(
            When(last_read=post.number - 1, then=Value(post.number)), default=F("last_read"), output_field=IntegerField()
        ),
    )
    if not known:
        told = {"last_read": post.number, "read_at": post.created_at, "level": "tracking", "because": "replied"}
        TopicMember.objects.create(user_id=post.author_id, topic_id=post.topic_id, **told)


def _count(post: Post) -> None:
    before = Post.objects.counted().filter(topic=post.topic_id, author=post.author_id, persona=post.persona_id)
    newcomers = Case(When(Exists(before.exclude(pk=post.pk)), then=0), default=1, output_field=IntegerField())
    TopicActivity.objects.filter(topic=post.topic_id).update(
        reply_count=F("reply_count") + 1,
        participant_count=F("participant_count") + newcomers,
        last_post_number=post.number,
        last_posted_at=post.created_at,
        last_author=post.author_id,
        last_persona=post.persona_id,
    )


def all_rows():
    posts = [{name: value for name, value in row.items() if name != "id"} for row in Post.objects.order_by("number").values()]
    return posts, list(TopicActivity.objects.values()), list(TopicMember.objects.order_by("user").values())


@pytest.fixture
def topic():
    """Six posts: 1 ← 2 ← 3, 4 apart, 5 hidden, 6 by a persona."""
    topic = TopicFactory()
    PostFactory(topic=topic, parent_number=1)
    PostFactory(topic=topic, parent_number=2)
    PostFactory(topic=topic)
    PostFactory(topic=topic, hidden=True)
    PostFactory(topic=topic, author=None, persona=PersonaFactory(topic=topic))
    return topic


def post_in(topic, *, parent=None, **told) -> Post:
    told = {"state": "published", "standing": {"facts": {}, "interests": "", "verified": True}} | told
    above = topic.posts.get(number=parent) if parent else None
    return Post(
        topic=topic,
        number=7,
        parent_number=parent,
        root_number=above.root_number if above else 7,
        depth=above.depth + 1 if above else 0,
        body="It’s *one*.",
        html="<p>It’s <em>one</em>.</p>",
        render_version=RENDER_VERSION,
        created_at=LATER,
        **told,
    )


CASES = {
    "a newcomer": {},
    "below a root": {"parent": 1},
    "deeper": {"parent": 3},
    "kept from a practice": {"kept_from": b"m" * 48},
    "kept from a practice, below a root": {"parent": 4, "kept_from": b"m" * 48},
    "held": {"parent": 1, "state": "pending", "held_because": "A moderator reads it first."},
}
MEMBERS = {
    "read all": {"last_read": 6, "read_at": AT},
    "read some": {"last_read": 2, "read_at": AT},
    "mutes it": {"level": "muted", "because": "chosen"},
    "chose normal": {"because": "chosen", "last_read": 6, "read_at": AT},
    "was named": {"level": "tracking", "because": "named"},
}


def assert_both_leave_the_same(make):
    with transaction.atomic():
        store_by_the_orm(make())
        by_the_orm = all_rows()
        transaction.set_rollback(True)
    post = make()
    store_reply(post)
    assert all_rows() == by_the_orm
    assert post == Post.objects.get(number=7)
    assert not post._state.adding


@pytest.mark.parametrize("case", CASES)
def test_of_whoever_was_not_there_before(topic, case):
    person = UserFactory(member=True)
    assert_both_leave_the_same(lambda: post_in(topic, author=person, **CASES[case]))


@pytest.mark.parametrize("member", MEMBERS)
def test_of_whoever_wrote_and_read_here_before(topic, member):
    person = topic.posts.get(number=2).author
    TopicMember.objects.filter(user=person).delete()
    TopicMember.objects.create(user=person, topic=topic, **MEMBERS[member])
    assert_both_leave_the_same(lambda: post_in(topic, author=person, parent=2))


@pytest.mark.parametrize("is_new", [True, False])
def test_of_a_persona(topic, is_new):
    persona = PersonaFactory(topic=topic) if is_new else topic.posts.get(number=6).persona
    assert_both_leave_the_same(lambda: post_in(topic, author=None, persona=persona, standing=None))


def test_whoever_wrote_only_what_is_hidden_is_counted_anew(topic):
    person = topic.posts.get(number=5).author
    assert_both_leave_the_same(lambda: post_in(topic, author=person))


def test_its_draft_is_finished_with_it():
    topic, person = TopicFactory(), UserFactory(member=True)
    key = f"reply:{topic.pk}"
    save_draft(by=person, key=key, seen=0, body="Half of", at=AT)
    reply_to_topic(topic, by=person, body="Half of it, and all.", at=LATER, draft=Written(key, 1))
    assert Draft.objects.values_list("body", "sequence").get() == ("", 2)


def test_its_draft_stays_where_it_is_refused():
    topic, person = TopicFactory(), UserFactory(member=True)
    key = f"reply:{topic.pk}"
    save_draft(by=person, key=key, seen=0, body="Half of", at=AT)
    lock_topic(topic, by=UserFactory(moderator=True), at=AT)
    topic.locked_at = None
    with pytest.raises(TopicLocked):
        reply_to_topic(topic, by=person, body="Half of it, and all.", at=LATER, draft=Written(key, 1))
    assert Draft.objects.values_list("body", "sequence").get() == ("Half of", 1)


def test_a_persona_s_says_nothing_of_a_draft():
    officers_with_keys(2)
    topic, person = TopicFactory(), UserFactory(member=True)
    voice = Voice(is_persona=True, label=min(LABELS))
    post = reply_to_topic(topic, by=person, body="Said so.", at=LATER, voice=voice, draft=Written(f"reply:{topic.pk}", 0))
    assert post.persona_id
    assert not Draft.objects.exists()
    assert not TopicMember.objects.filter(user=person).exists()
