"""The database itself refuses what must not be."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from forum.models import Persona, Post, Reaction, Revision, Topic, TopicMember, TopicNote, TopicNotice
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, PersonaFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db


def refused(constraint: str, row, **changes) -> None:
    """The row as it is passes; with the changes the constraint of this name refuses it."""

    def change() -> None:
        with transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**changes)
            connection.check_constraints()

    with pytest.raises(IntegrityError, match=constraint):
        change()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("post_has_an_author_or_a_persona", {"author": None}),
        ("post_has_an_author_or_a_persona", {"state": "gap"}),
        ("post_numbers_begin_at_one", {"number": 0, "root_number": 0}),
        ("post_stands_below_its_parent", {"root_number": 7}),
        ("post_stands_below_its_parent", {"parent_number": 1, "depth": 1}),
        ("post_stands_below_its_parent", {"depth": 1}),
        ("post_state_is_known", {"state": "lost"}),
        ("removed_post_says_when", {"state": "withdrawn"}),
        ("removed_post_says_when", {"removed_at": AT}),
        ("hidden_post_says_by_whom_and_why", {"state": "hidden", "removed_at": AT}),
        ("post_format_is_known", {"source_format": "word"}),
        ("post_is_not_too_long", {"body": "x" * 20_001}),
        ("edited_post_says_when", {"revision": 2}),
        ("post_number_is_given_once", {"number": 2, "root_number": 2}),
        ("forum_post_reply_count_check", {"reply_count": -1}),
    ],
)
def test_post(name, changes):
    topic = TopicFactory()
    PostFactory(topic=topic)
    refused(name, topic.posts.get(number=1), **changes)


def test_a_post_cannot_be_by_a_person_and_a_persona():
    persona = PersonaFactory()
    refused("post_has_an_author_or_a_persona", PostFactory(topic=persona.topic), persona=persona)


def test_a_withdrawn_post_of_a_persona_names_nobody():
    persona = PersonaFactory()
    post = PostFactory(topic=persona.topic, author=None, persona=persona)
    refused("withdrawn_persona_post_names_nobody", post, state="withdrawn", removed_at=AT, removed_by=UserFactory())


def test_a_parent_must_be_in_the_same_topic():
    post = PostFactory()
    refused("post_parent_is_in_the_same_topic", post, number=9, parent_number=8, root_number=8, depth=1)


def test_one_form_makes_one_post():
    key = uuid4()
    PostFactory(form_key=key)
    with pytest.raises(IntegrityError, match="one_post_per_form"):
        PostFactory(form_key=key)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("topic_has_an_author_or_a_persona", {"author": None}),
        ("topic_has_a_title", {"title": ""}),
        ("topic_kind_is_known", {"kind": "chat"}),
        ("topic_state_is_known", {"state": "gone"}),
        ("unlocked_topic_says_nothing_of_a_lock", {"lock_reason": "why not"}),
        ("topic_solution_is_one_of_its_numbers", {"solution_number": 2}),
        ("archived_topic_says_why", {"archived_at": AT}),
        ("archived_topic_says_why", {"archive_reason": "why not"}),
    ],
)
def test_topic(name, changes):
    refused(name, TopicFactory(), **changes)


def test_a_merged_topic_is_off_the_pages():
    refused("merged_topic_is_off_the_pages", TopicFactory(), merged_into=TopicFactory())


def test_a_note_says_what_was_done():
    note = TopicNote.objects.create(topic=TopicFactory(), kind="locked", at=AT)
    refused("topic_note_kind_is_known", note, kind="lost")


def test_a_moved_post_has_neither_author_nor_text_and_says_when():
    post = PostFactory()
    refused("post_has_an_author_or_a_persona", post, state="moved", removed_at=AT)
    refused("removed_post_says_when", post, state="moved", author=None, body="", html="")


def test_last_post_is_by_one():
    topic = TopicFactory()
    refused("last_post_is_by_one", topic.activity, last_author=None)


def test_category():
    category = CategoryFactory()
    refused("category_access_is_known", category, access="friends")
    refused("category_has_a_name", category, name="")


def test_persona():
    persona = PersonaFactory()
    refused("persona_has_a_label", persona, label="")
    other = PersonaFactory(topic=persona.topic)
    refused("persona_label_is_free_in_its_topic", other, label=persona.label)
    refused("one_persona_per_member_and_topic", other, owner_tag=bytes(persona.owner_tag))
    assert Persona.objects.count() == 2


def test_reaction():
    post, person = PostFactory(), UserFactory()

    def say(kind: str) -> None:
        with transaction.atomic():
            Reaction.objects.create(post=post, user=person, kind=kind, created_at=AT)

    say("agree")
    for kind, name in [("agree", "pkey"), ("disagree", "nobody_agrees_and_disagrees"), ("love", "reaction_kind_is_known")]:
        with pytest.raises(IntegrityError, match=name):
            say(kind)
    say("thanks")


def test_topic_member():
    member = TopicMember.objects.create(user=UserFactory(), topic=TopicFactory())
    refused("follow_level_is_known", member, level="staring")
    refused("whoever_read_did_so_at_a_time", member, last_read=3)
    with pytest.raises(IntegrityError, match="pkey"):
        TopicMember.objects.create(user=member.user, topic=member.topic)


def test_a_revision_is_never_rewritten():
    post = PostFactory()
    revision = Revision.objects.create(post=post, number=1, author=post.author, source_format="markdown", at=AT)
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(body="another past")
    with pytest.raises(IntegrityError, match="one_revision_per_number"):
        Revision.objects.create(post=post, number=1, author=post.author, source_format="markdown", at=AT)


def test_a_revision_has_one_author():
    with pytest.raises(IntegrityError, match="revision_has_an_author_or_a_persona"):
        Revision.objects.create(post=PostFactory(), number=1, source_format="markdown", at=AT)


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_a_topic_notice_leads_to_this_site(url):
    with pytest.raises(IntegrityError, match="topic_notice_leads_to_this_site"):
        TopicNotice.objects.create(topic=TopicFactory(), kind="x", text="y", url=url, at=AT)


def test_search_knows_title_and_text():
    topic = TopicFactory(title="Portfolios for managers", body="The assessors asked **about** a week that went badly.")
    assert Topic.objects.filter(search="portfolio").get() == topic
    assert Post.objects.filter(search="assessor").get().topic == topic
    assert not Post.objects.filter(search="strong").exists(), "markup is not searched"
