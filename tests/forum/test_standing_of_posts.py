"""What stands beside a name: as it was when the post was written."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actions.showing import choose_audience
from accounts.models import Facts, Membership, RoleGrant
from forum.actions.editing import edit_post
from forum.actions.posts import reply_to_topic
from forum.actions.topics import start_topic
from forum.models import Post
from forum.rendering import standing_of_post
from tests.accounts.factories import FactsFactory, UserFactory
from tests.forum.factories import AT, CategoryFactory, PersonaFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


@pytest.fixture
def member():
    facts = FactsFactory(interests="Works for an awarding body")
    Membership.objects.create(
        number="M1", user=facts.user, claimed_at=AT, joined_at=AT, changed_at=AT, ends_at=AT + timedelta(days=30)
    )
    return facts.user


def shown(post: Post):
    return standing_of_post(Post.objects.select_related("author__facts").get(pk=post.pk))


def test_is_kept_with_the_post_and_does_not_move_with_the_person(client, member):
    post = reply_to_topic(TopicFactory(), by=member, body="I would sit it.", at=LATER)
    Facts.objects.filter(user=member).update(job="managing-partner", interests="")
    Membership.objects.filter(user=member).update(ended_at=LATER)
    told = shown(post)
    assert (told.line, told.verified, told.interests) == (
        "Practice manager, Wales, 5,000–9,999",
        True,
        "Works for an awarding body",
    )
    page = client.get(post.topic.get_absolute_url()).content.decode()
    assert "<span>Verified member</span>" in page
    assert "Declared interests: Works for an awarding body" in page
    paper = client.get(reverse("forum:print", args=[post.topic_id])).content.decode()
    assert "Practice manager, Wales, 5,000–9,999, verified member" in paper
    assert "Declared interests: Works for an awarding body" in paper
    assert "Managing partner" not in paper
    later = reply_to_topic(post.topic, by=member, body="Or not.", at=LATER)
    assert shown(later).line.startswith("Managing partner")
    assert not shown(later).verified


def test_a_change_of_the_text_changes_nothing_beside_the_name(member):
    topic = start_topic(CategoryFactory(), by=member, title="Would you sit it?", body="I would.", at=LATER)
    Facts.objects.filter(user=member).update(interests="")
    post = edit_post(topic.posts.get(), by=member, body="I would not.", at=LATER)
    assert shown(post).interests == "Works for an awarding body"


def test_a_fact_that_its_author_withdraws_from_their_posts_goes_from_the_old_ones_too(member):
    post = reply_to_topic(TopicFactory(), by=member, body="I would sit it.", at=LATER)
    choose_audience(audience={"list_size": "nobody"}, by=member, at=LATER)
    assert shown(post).line == "Practice manager, Wales"
    silent = reply_to_topic(post.topic, by=member, body="Again.", at=LATER)
    choose_audience(audience={"list_size": "everybody"}, by=member, at=LATER)
    assert shown(silent).line == "Practice manager, Wales"


def test_who_signed_up_by_themselves_is_not_called_verified_and_whom_an_officer_let_in_is():
    topic, let_in = TopicFactory(), UserFactory(member=True)
    assert not shown(reply_to_topic(topic, by=let_in, body="Here.", at=LATER)).verified
    RoleGrant.objects.filter(user=let_in).update(granted_by=UserFactory())
    assert shown(reply_to_topic(topic, by=let_in, body="Here again.", at=LATER)).verified


def test_what_was_written_before_shows_the_facts_of_today_and_claims_nothing_more(member):
    told = shown(PostFactory(topic=TopicFactory(), author=member))
    assert (told.line, told.verified, told.interests) == ("Practice manager, Wales, 5,000–9,999", False, "")


def test_of_an_erased_account_nothing_is_left(member):
    post = reply_to_topic(TopicFactory(), by=member, body="I would sit it.", at=LATER)
    member.erased_at = LATER
    member.save()
    told = shown(post)
    assert (told.line, told.verified, told.interests) == ("", False, "")


def test_a_persona_has_none_and_the_database_holds_it():
    topic = TopicFactory()
    post = PostFactory(topic=topic, author=None, persona=PersonaFactory(topic=topic))
    assert shown(post).line == ""
    with pytest.raises(IntegrityError, match="persona_has_no_standing"), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(standing={"facts": {}, "interests": "", "verified": True})
