"""“May see” has two faces, and they say the same: for every person, every category, every state of topic and post."""

from itertools import cycle, product

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import override_settings
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions.roles import grant_role, revoke_role
from accounts.models import GroupMember, RoleGrant, Sanction, User
from accounts.models.roles import WEIGHTY
from accounts.standing import standing_of
from forum.live import TopicChannel
from forum.models import Category, ImportedTopic, Level, Post, Topic, TopicMember
from forum.permissions import can_moderate, can_read_own, can_see_category, can_see_post, can_see_topic
from forum.readers import best_of, front_topics, latest_topics, post_snippets, readable_category_ids
from forum.readers.topic_list import unread_rows
from forum.visibility import visibility_class
from tests.accounts.factories import AT, FAR_OFF, GroupFactory, UserFactory
from tests.forum.factories import CategoryFactory, PersonaFactory, PostFactory, TopicFactory

POST_STATES = ["published", "pending", "hidden", "withdrawn", "gap"]
ROLES = ["member", "moderator", "organiser", "director", "administrator", "trustee"]
INSIDE = ["group member", "group owner", "category moderator"]


@pytest.fixture
def people(db):
    """Everybody there is: from a visitor to a director, and the authors of what is to be seen."""
    lapsed = UserFactory(member=True)
    revoke_role(lapsed, role="member", by=None, at=AT)
    closed = UserFactory(member=True)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    found = {"visitor": AnonymousUser(), "subscriber": UserFactory(), "lapsed": lapsed, "closed": User.objects.get(pk=closed.pk)}
    found |= {role: UserFactory(**{role: True}) for role in ROLES} | {"author": UserFactory(member=True)}
    found |= {name: UserFactory(member=True) for name in [*INSIDE, "suspended"]}
    found["reading keeper"] = UserFactory(trustee=True)
    Sanction.objects.create(
        user=found["suspended"], kind="suspension", reason="Named a patient.", imposed_by=found["moderator"],
        imposed_at=AT, ends_at=FAR_OFF,
    )  # fmt: skip
    return found


@pytest.fixture
def panel(people):
    """The group of the private category: whoever lapsed or is suspended still stands on its list."""
    return GroupFactory(
        members=[people[name] for name in ("group member", "lapsed", "suspended")], owners=[people["group owner"]]
    )


@pytest.fixture
def keepers(people):
    """The group that keeps the private and the members' category in order; a trustee in it only reads."""
    return GroupFactory(members=[people["category moderator"], people["reading keeper"]])


@pytest.fixture
def world(people, panel, keepers):
    """A post of each state, by a person and by a persona, in a topic of each state, in a category of each kind."""
    author = people["author"]
    traits = {"public": {}, "members": {"moderate_group": keepers}, "group": {"group": panel, "moderate_group": keepers}}
    categories = {access: CategoryFactory(access=access, **more) for access, more in traits.items()}
    for access, state in product(categories, ["published", "pending", "hidden"]):
        topic = TopicFactory(category=categories[access], author=author, state=state)
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
        assert_two_faces_agree(posts, Post.objects.written_by(person), person, can_read_own, name)
        kept = Category.objects.moderated_by(person)
        assert_two_faces_agree(Category.objects.all(), kept, person, can_moderate, name)


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
        ("suspended", "members", "published", False),
        ("suspended", "group", "published", False),
        ("lapsed", "group", "published", False),
        ("trustee", "members", "published", True),
        ("trustee", "members", "pending", False),
        ("member", "group", "published", False),
        ("author", "group", "published", False),
        ("author", "group", "pending", False),
        ("moderator", "group", "published", False),
        ("organiser", "group", "published", False),
        ("director", "group", "published", False),
        ("administrator", "group", "published", False),
        ("administrator", "members", "pending", False),
        ("trustee", "group", "published", False),
        ("group member", "group", "published", True),
        ("group member", "group", "pending", False),
        ("group owner", "group", "pending", True),
        ("group owner", "members", "pending", False),
        ("category moderator", "group", "pending", True),
        ("category moderator", "members", "pending", True),
        ("category moderator", "public", "pending", False),
        ("category moderator", "group", "hidden", False),
        ("reading keeper", "group", "published", True),
        ("reading keeper", "group", "pending", False),
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


def _unread(person):
    return set(unread_rows(person).values_list("topic", flat=True)) if person.is_authenticated else set()


def _follow_by_turns(person):
    """Every topic at some level, half of them opened."""
    topics = list(Topic.objects.order_by("pk").values_list("pk", flat=True))
    turns = product([0, 1], [level for level in Level if level != Level.MUTED])
    TopicMember.objects.bulk_create(
        TopicMember(topic_id=topic, user=person, level=level, because="chosen", last_read=read, read_at=AT if read else None)
        for topic, (read, level) in zip(topics, cycle(turns), strict=False)
    )


def test_readers_for_other_rooms_tell_no_more(world, people):
    for person in people.values():
        if person.is_authenticated:
            _follow_by_turns(person)
        visible = set(Topic.objects.visible_to(person).values_list("pk", flat=True))
        assert {row.topic.pk for row in latest_topics(person, 50)} == visible
        unread, others = front_topics(person, unread=50, latest=50, at=AT)
        assert {row.topic.pk for row in unread} == _unread(person)
        assert {row.topic.pk for row in others} == visible - _unread(person)
        snippets = post_snippets(list(Post.objects.values_list("pk", flat=True)), person)
        assert set(snippets) == set(Post.objects.visible_to(person).values_list("pk", flat=True))
        categories = readable_category_ids(person)
        assert set(categories) == set(Category.objects.visible_to(person).values_list("pk", flat=True))
        best = best_of(categories, AT.replace(year=2000), AT.replace(year=2100), 50)
        assert {topic.pk for topic in best} <= visible


def test_people_of_one_class_read_the_same(world, people):
    classes = {name: visibility_class(readable_category_ids(person)) for name, person in people.items()}
    assert classes["visitor"] == classes["subscriber"] == classes["lapsed"] == classes["closed"] == classes["suspended"]
    assert len({classes[name] for name in [*ROLES, "author"]} | {classes["visitor"]}) == 2
    assert classes["group member"] == classes["group owner"] == classes["category moderator"] != classes["member"]


standings = st.fixed_dictionaries(
    {
        "roles": st.sets(st.sampled_from(ROLES)),
        "panel": st.sampled_from(["", "member", "owner", "left"]),
        "keepers": st.sampled_from(["", "member", "owner", "left"]),
        "suspended": st.booleans(),
        "second_factor": st.booleans(),
        "needs_second_factor": st.booleans(),
        "writes": st.booleans(),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(standings)
def test_rule_and_queryset_agree_whoever_somebody_is(world, people, panel, keepers, drawn):
    """Roles, groups, sanctions and second steps in every mixture; also of somebody who wrote what is looked at."""
    user = people["author"] if drawn["writes"] else people["subscriber"]
    with transaction.atomic(), override_settings(STAFF_NEED_SECOND_FACTOR=drawn["needs_second_factor"]):
        give_standing(user, {"panel": panel, "keepers": keepers}, drawn, imposed_by=people["moderator"])
        person = User.objects.with_roles().get(pk=user.pk)
        for model, faces in FACES.items():
            everything = list(model.objects.select_related(*WITH[model]))
            for queryset, rule in faces:
                by_rule = {thing.pk for thing in everything if rule(person, thing)}
                assert by_rule == set(queryset(person).values_list("pk", flat=True)), rule.__name__
        shown = {post.pk for post in Post.objects.visible_to(person)}
        assert not shown & set(Post.objects.filter(state__in=["hidden", "withdrawn", "gap"]).values_list("pk", flat=True))
        if not standing_of(person).groups:
            assert not Category.objects.visible_to(person).filter(access="group").exists()
        transaction.set_rollback(True)


FACES = {
    Category: [(Category.objects.visible_to, can_see_category), (Category.objects.moderated_by, can_moderate)],
    Topic: [(Topic.objects.visible_to, can_see_topic)],
    Post: [(Post.objects.visible_to, can_see_post), (Post.objects.written_by, can_read_own)],
}
WITH = {Category: ("group",), Topic: ("category",), Post: ("topic__category",)}


def give_standing(user, groups, drawn, *, imposed_by):
    RoleGrant.objects.filter(user=user).delete()
    for role in drawn["roles"]:
        grant_role(user, role=role, by=None, at=AT, ends_at=FAR_OFF if role in WEIGHTY else None)
    for name, group in groups.items():
        how = drawn[name]
        if how:
            left = AT if how == "left" else None
            GroupMember.objects.create(group=group, user=user, is_owner=how == "owner", added_at=AT, removed_at=left)
    if drawn["suspended"]:
        Sanction.objects.create(
            user=user, kind="suspension", reason="Named a patient.", imposed_by=imposed_by, imposed_at=AT, ends_at=FAR_OFF
        )
    if drawn["second_factor"]:
        Authenticator.objects.create(user=user, type="totp", data={})


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
    of_topic = ["react", "reply", "read", "follow", "throw_away", "unlock", "jump", "face", "print"]
    of_post = [
        "post",
        "post_part",
        "replies",
        "edit",
        "history",
        "raw",
        "withdraw",
        "bookmark",
        "reacted",
        "block_author",
    ]
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


@pytest.mark.parametrize("name", ["visitor", "lapsed", "suspended", "author", "moderator", "administrator", "trustee"])
def test_what_is_private_to_a_group_is_not_found_by_others(client, people, panel, name):
    """Nor heard on the socket, nor reached by its old address. Its author, who is not in the group, is one of the others."""
    category = CategoryFactory(access="group", group=panel, name=CONTENT)
    topic = TopicFactory(category=category, title=f"About {CONTENT}", author=people["author"], slug="of-the-panel")
    PostFactory(topic=topic, body=f"{CONTENT} again.", author=people["author"])
    ImportedTopic.objects.create(topic=topic, host="old.example.org", source_id=77, imported_at=AT)
    if name != "visitor":
        client.force_login(people[name])
        assert not TopicChannel().may_listen(people[name].pk, topic.pk)
    for url in [*addresses(topic), reverse("forum:old_topic_url", args=["about", 77]), reverse("forum:index"), reverse("home")]:
        for ask in (client.get, client.post):
            response = ask(url)
            assert CONTENT.lower() not in response.content.decode().lower(), url
            assert topic.slug not in response.headers.get("Location", "").split("?next=")[0], url
    client.force_login(people["group member"])
    assert client.get(reverse("forum:old_topic_url", args=["about", 77])).status_code == 301
    assert TopicChannel().may_listen(people["group member"].pk, topic.pk)


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
    client.post(reverse("forum:draft"), {"draft_key": f"reply:{topic.pk}", "sequence": 0, "body": CONTENT})
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


def test_a_group_that_somebody_left_shuts_its_pages_at_once(client, people, panel):
    """Also what they had begun to write there, and what a cache still holds."""
    topic = TopicFactory(category=CategoryFactory(access="group", group=panel), body=f"The word is {CONTENT}.")
    person, reply = people["group member"], reverse("forum:reply", args=[topic.pk])
    client.force_login(person)
    client.post(reverse("forum:draft"), {"draft_key": f"reply:{topic.pk}", "sequence": 0, "body": "Half a thought."})
    assert CONTENT in client.get(topic.get_absolute_url()).content.decode()
    assert "Half a thought." in client.get(reply).content.decode()
    GroupMember.objects.filter(user=person).update(removed_at=AT)
    for url in addresses(topic):
        response = client.get(url)
        assert response.status_code in {404, 405}, url
        assert "Half a thought." not in response.content.decode()
    assert CONTENT not in client.get(reverse("home")).content.decode()
