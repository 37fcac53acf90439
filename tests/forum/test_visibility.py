"""“May see” has two faces, and they say the same: for every person, every category, every state of topic and post."""

from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions.roles import grant_role, revoke_role
from accounts.models import User
from forum.models import Category, Post, Topic
from forum.permissions import can_see_category, can_see_post, can_see_topic
from forum.readers import best_of, latest_topics, post_snippets, readable_category_ids, unread_topics
from forum.visibility import visibility_class
from tests.accounts.factories import AT, UserFactory
from tests.forum.factories import CategoryFactory, PersonaFactory, PostFactory, TopicFactory

POST_STATES = ["published", "pending", "hidden", "withdrawn", "gap"]
ROLES = ["member", "moderator", "organiser", "director"]


@pytest.fixture
def people(db):
    """Everybody there is: from a visitor to a director, and the authors of what is to be seen."""
    lapsed = UserFactory(member=True)
    revoke_role(lapsed, role="member", by=None, at=AT)
    closed = UserFactory(member=True)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    found = {"visitor": AnonymousUser(), "subscriber": UserFactory(), "lapsed": lapsed, "closed": User.objects.get(pk=closed.pk)}
    return found | {role: UserFactory(**{role: True}) for role in ROLES} | {"author": UserFactory(member=True)}


@pytest.fixture
def world(people):
    """A post of each state, by a person and by a persona, in a topic of each state, in a category of each kind."""
    author = people["author"]
    for access, state in product(["public", "members"], ["published", "pending", "hidden"]):
        topic = TopicFactory(category=CategoryFactory(access=access), author=author, state=state)
        persona = PersonaFactory(topic=topic)
        for post_state in POST_STATES:
            if post_state == "gap":
                PostFactory(topic=topic, state="gap", author=None, body="", html="")
                continue
            extra = {post_state: True} if post_state != "published" else {}
            PostFactory(topic=topic, author=author, **extra)
            extra = {"removed_by": None} | extra if post_state == "withdrawn" else extra
            PostFactory(topic=topic, author=None, persona=persona, **extra)
    return author


def test_rule_and_queryset_agree_on_everything(world, people):
    for name, person in people.items():
        assert_two_faces_agree(Category.objects.all(), Category.objects.visible_to(person), person, can_see_category, name)
        topics = Topic.objects.select_related("category")
        assert_two_faces_agree(topics, Topic.objects.visible_to(person), person, can_see_topic, name)
        posts = Post.objects.select_related("topic__category")
        assert_two_faces_agree(posts, Post.objects.visible_to(person), person, can_see_post, name)


def assert_two_faces_agree(everything, visible, person, rule, name):
    by_rule = {thing.pk for thing in everything if rule(person, thing)}
    assert by_rule == set(visible.values_list("pk", flat=True)), f"{rule.__name__} for the {name}"
    assert all(rule(person, thing).reason for thing in everything if thing.pk not in by_rule)


@pytest.mark.parametrize(
    ("name", "access", "state", "seen"),
    [
        ("visitor", "public", "published", True),
        ("visitor", "members", "published", False),
        ("subscriber", "members", "published", False),
        ("lapsed", "members", "published", False),
        ("closed", "members", "published", False),
        ("member", "members", "published", True),
        ("member", "public", "pending", False),
        ("author", "public", "pending", True),
        ("moderator", "members", "pending", True),
        ("author", "public", "hidden", False),
        ("moderator", "public", "hidden", False),
        ("author", "public", "withdrawn", False),
        ("moderator", "public", "withdrawn", False),
        ("moderator", "public", "gap", False),
    ],
)
def test_the_rule_is_the_one_we_mean(world, people, name, access, state, seen):
    """The two faces could agree on something wrong: these are written by hand."""
    posts = Post.objects.visible_to(people[name]).filter(topic__category__access=access, topic__state="published", state=state)
    assert posts.filter(author=world).exists() is (seen and state != "gap")


def test_what_is_placed_on_a_page_is_what_may_be_read_and_tombstones(world, people):
    for person in people.values():
        placed = set(Post.objects.placed_for(person).values_list("pk", flat=True))
        readable = set(
            Post.objects.filter(topic__in=Topic.objects.visible_to(person)).visible_to(person).values_list("pk", flat=True)
        )
        tombstones = set(Post.objects.filter(state__in=["hidden", "withdrawn"]).values_list("pk", flat=True))
        assert readable <= placed
        assert tombstones <= placed
        assert not Post.objects.filter(pk__in=placed, state="gap").exists()


def test_readers_for_other_rooms_tell_no_more(world, people):
    for person in people.values():
        visible = set(Topic.objects.visible_to(person).values_list("pk", flat=True))
        assert {row.topic.pk for row in latest_topics(person, 50)} == visible
        assert {row.topic.pk for row in unread_topics(person, 50)} <= visible
        snippets = post_snippets(list(Post.objects.values_list("pk", flat=True)), person)
        assert set(snippets) == set(Post.objects.visible_to(person).values_list("pk", flat=True))
        categories = readable_category_ids(person)
        assert set(categories) == set(Category.objects.visible_to(person).values_list("pk", flat=True))
        best = best_of(categories, AT.replace(year=2000), AT.replace(year=2100), 50)
        assert {topic.pk for topic in best} <= visible


def test_people_of_one_class_read_the_same(world, people):
    classes = {name: visibility_class(readable_category_ids(person)) for name, person in people.items()}
    assert classes["visitor"] == classes["subscriber"] == classes["lapsed"] == classes["closed"]
    assert classes["member"] == classes["moderator"] == classes["director"] != classes["visitor"]


@given(st.sets(st.integers(1, 40)), st.sets(st.integers(1, 40)))
def test_a_class_names_a_set(some, others):
    assert (visibility_class(some) == visibility_class(others)) == (some == others)


CONTENT = "Zanzibarquux"


@pytest.fixture
def secret(people):
    """A topic for members that holds one word."""
    topic = TopicFactory(members_only=True, title=f"About {CONTENT}", body=f"The word is {CONTENT}.", author=people["author"])
    PostFactory(topic=topic, body=f"{CONTENT}, and {CONTENT} again.", author=people["author"])
    return topic


def addresses(topic: Topic) -> list[str]:
    """Every address by which something of the topic leaves."""
    of_topic = ["reply", "read", "follow", "bookmark", "throw_away", "unlock"]
    of_post = ["post", "post_part", "replies", "react", "edit", "history", "raw", "withdraw"]
    return [
        topic.get_absolute_url(),
        reverse("forum:topic_in_time", args=[topic.pk, topic.slug]),
        reverse("forum:category", args=[topic.category.slug]),
        reverse("forum:category_read", args=[topic.category.slug]),
        reverse("forum:start", args=[topic.category.slug]),
        *(reverse(f"forum:{name}", args=[topic.pk]) for name in of_topic),
        *(reverse(f"forum:{name}", args=[topic.pk, 2]) for name in of_post),
        *(reverse(f"moderation:{name}", args=[topic.pk]) for name in ("act_on_topic", "report_topic")),
        *(reverse(f"moderation:{name}", args=[topic.pk, 2]) for name in ("act_on_post", "report_post")),
    ]


@pytest.mark.parametrize("name", ["visitor", "subscriber", "lapsed"])
def test_what_is_for_members_is_not_found_by_others(client, people, secret, name):
    person = people[name]
    if name != "visitor":
        client.force_login(person)
    for url in addresses(secret):
        for ask in (client.get, client.post):
            response = ask(url)
            to_sign_in = response.status_code == 302 and "/accounts/login/" in response["Location"]
            assert response.status_code in {403, 404, 405} or (to_sign_in and name == "visitor"), f"{url}: {response.status_code}"
            assert CONTENT not in response.content.decode()
            assert secret.slug not in response.headers.get("Location", "")
    for url in (reverse("forum:index"),):
        assert CONTENT not in client.get(url).content.decode()


@pytest.mark.parametrize("state", ["hidden", "withdrawn", "pending"])
@pytest.mark.parametrize("name", ["visitor", "member", "moderator", "director"])
def test_a_post_that_is_off_leaves_by_no_door(client, people, name, state):
    topic = TopicFactory(author=people["author"])
    PostFactory(topic=topic, body=f"{CONTENT}!", author=people["author"], **{state: True})
    if name != "visitor":
        client.force_login(people[name])
    told = "".join(client.get(url).content.decode() for url in addresses(topic))
    assert (CONTENT in told) is (state == "pending" and name == "moderator")


def test_another_member_s_post_is_not_mine_to_change(client, people):
    post = PostFactory(author=people["author"], body="Mine.")
    client.force_login(people["member"])
    for name, sent in [("edit", {"body": "Yours.", "revision": 1}), ("withdraw", {})]:
        url = reverse(f"forum:{name}", args=[post.topic_id, post.number])
        assert client.post(url, sent).status_code == 403
        assert client.get(url).status_code == 403
    spite = {"acts": ["hide", "lock"], "reason": "spite"}
    for url in (
        reverse("forum:unlock", args=[post.topic_id]),
        reverse("moderation:act_on_topic", args=[post.topic_id]),
        reverse("moderation:act_on_post", args=[post.topic_id, post.number]),
    ):
        assert client.post(url, spite).status_code == 403
    post.refresh_from_db()
    assert (post.body, post.state, post.topic.state, post.topic.is_locked) == ("Mine.", "published", "published", False)


def test_a_moderator_may_not_rewrite_what_somebody_said(client, people):
    post = PostFactory(author=people["author"], body="Mine.")
    client.force_login(people["moderator"])
    assert client.post(reverse("forum:edit", args=[post.topic_id, post.number]), {"body": "x", "revision": 1}).status_code == 403


def test_nobody_reads_another_s_draft(client, people):
    topic = TopicFactory()
    client.force_login(people["author"])
    client.post(reverse("forum:draft"), {"draft_key": f"reply:{topic.pk}", "sequence": 5, "body": CONTENT})
    client.force_login(people["member"])
    assert CONTENT not in client.get(topic.get_absolute_url()).content.decode()
    assert CONTENT not in client.get(reverse("forum:reply", args=[topic.pk])).content.decode()
    client.post(reverse("forum:throw_away", args=[topic.pk]), {"draft_key": f"reply:{topic.pk}"})
    client.force_login(people["author"])
    assert CONTENT in client.get(topic.get_absolute_url()).content.decode()


def test_a_role_that_came_after_the_page_was_kept_opens_it(client, people, secret):
    """Nothing is served from a key computed before the visibility query."""
    person = people["subscriber"]
    client.force_login(people["member"])
    assert CONTENT in client.get(secret.get_absolute_url()).content.decode()
    client.force_login(person)
    assert client.get(secret.get_absolute_url()).status_code == 404
    grant_role(person, role="member", by=None, at=AT)
    assert CONTENT in client.get(secret.get_absolute_url()).content.decode()
    revoke_role(person, role="member", by=None, at=AT)
    assert client.get(secret.get_absolute_url()).status_code == 404
