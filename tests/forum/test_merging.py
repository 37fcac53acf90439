from datetime import UTC, datetime
from threading import Thread

import pytest
from django.db import connection
from django.db.models import Count
from django.urls import reverse

from accounts.actions.authorship import AskedAlready, DecidedAlready, NoSuchAuthor, claim_authorship, decide_authorship
from accounts.actions.people import create_claimable_accounts
from accounts.models import AuthorshipClaim, User
from common.models import AuditEntry
from common.verdicts import Refused
from forum.actions.reactions import react
from forum.imports.people import People, claim_key
from forum.models import Post, Topic, TopicActivity
from tests.accounts.factories import UserFactory
from tests.forum.factories import PostFactory, TopicFactory

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def imported(name="Ada") -> User:
    (pk,) = create_claimable_accounts({claim_key("old.example.org", name): name}, at=AT).values()
    return User.objects.get(pk=pk)


@pytest.fixture
def author() -> User:
    return imported()


@pytest.fixture
def member() -> User:
    return User.objects.with_roles().get(pk=UserFactory(member=True).pk)


@pytest.fixture
def keeper() -> User:
    return UserFactory(administrator=True)


def granted(author, member, keeper):
    claim = claim_authorship(name=author.display_name, proof="I was.", by=member, at=AT)
    return decide_authorship(claim, grant=True, reason="The address fits.", by=keeper, at=AT)


def assert_counters_are_exact():
    for activity in TopicActivity.objects.all():
        published = Post.objects.filter(topic=activity.topic_id, state="published")
        people = {(post.author_id, post.persona_id) for post in published}
        assert activity.participant_count == len(people)
        last = published.order_by("-number").first()
        if last is not None:
            assert (activity.last_author_id, activity.last_persona_id) == (last.author_id, last.persona_id)
    told = Post.objects.annotate(said=Count("reactions"))
    for post in told:
        assert post.agree_count + post.thanks_count + post.insightful_count + post.disagree_count == post.said


def test_what_the_author_wrote_is_the_members_and_every_counter_holds(author, member, keeper):
    alone = TopicFactory(author=author)
    shared = TopicFactory(author=member)
    theirs = PostFactory(topic=shared, author=author)
    PostFactory(topic=shared, by_persona=True)
    PostFactory(topic=shared, author=author, hidden=True, removed_by=keeper)
    react(theirs, by=member, kind="agree", at=AT)
    react(theirs, by=User.objects.with_roles().get(pk=UserFactory(member=True).pk), kind="thanks", at=AT)
    card = member.card_version
    granted(author, member, keeper)
    assert not Post.objects.filter(author=author).exists()
    assert Topic.objects.get(pk=alone.pk).author_id == member.pk
    theirs.refresh_from_db()
    assert (theirs.author_id, theirs.agree_count, theirs.thanks_count) == (member.pk, 0, 1)
    assert TopicActivity.objects.get(topic=alone).last_author_id == member.pk
    assert_counters_are_exact()
    author.refresh_from_db()
    assert not author.is_active
    assert User.objects.get(pk=member.pk).card_version > card
    assert set(AuditEntry.objects.filter(subject_id=str(author.pk)).values_list("verb", flat=True)) == {
        "authorship.claim", "authorship.move", "authorship.decide",
    }  # fmt: skip


def test_the_page_shows_the_members_name_at_once(client, author, member, keeper):
    topic = TopicFactory(author=author)
    page = reverse("forum:topic", args=[topic.pk, topic.slug])
    assert "Ada" in client.get(page).content.decode()
    granted(author, member, keeper)
    after = client.get(page).content.decode()
    assert member.display_name in after
    assert ">Ada<" not in after


def test_what_is_imported_later_is_the_members_too(author, member, keeper):
    granted(author, member, keeper)
    assert People("old.example.org", AT).accounts(["Ada"]) == {"Ada": member.pk}


def test_a_name_is_found_as_shown_or_as_username_and_nothing_else_is(author, member):
    for name in ("ada", "@Ada", "Ada"):
        claim = claim_authorship(name=name, proof="x", by=member, at=AT)
        assert claim.author_id == author.pk
        claim.delete()
    for name in ("Nobody", "", member.display_name):
        with pytest.raises(NoSuchAuthor):
            claim_authorship(name=name, proof="x", by=member, at=AT)


def test_asked_once_and_decided_once_and_never_by_oneself(author, member, keeper):
    claim = claim_authorship(name="Ada", proof="x", by=member, at=AT)
    with pytest.raises(AskedAlready):
        claim_authorship(name="Ada", proof="x", by=member, at=AT)
    rival = claim_authorship(name="Ada", proof="y", by=User.objects.get(pk=UserFactory(member=True).pk), at=AT)
    for nobody in (member, UserFactory(director=True), UserFactory(trustee=True)):
        with pytest.raises(Refused):
            decide_authorship(claim, grant=True, reason="x", by=nobody, at=AT)
    decide_authorship(claim, grant=True, reason="x", by=keeper, at=AT)
    rival.refresh_from_db()
    assert rival.outcome == "declined"
    with pytest.raises(DecidedAlready):
        decide_authorship(claim, grant=False, reason="x", by=keeper, at=AT)
    own = UserFactory(member=True, administrator=True)
    imported("Bea")
    mine = claim_authorship(name="Bea", proof="x", by=own, at=AT)
    with pytest.raises(Refused):
        decide_authorship(mine, grant=True, reason="x", by=own, at=AT)


def test_declined_nothing_moves(author, member, keeper):
    topic = TopicFactory(author=author)
    claim = claim_authorship(name="Ada", proof="x", by=member, at=AT)
    decide_authorship(claim, grant=False, reason="Not the same address.", by=keeper, at=AT)
    assert Topic.objects.get(pk=topic.pk).author_id == author.pk
    author.refresh_from_db()
    assert author.is_active


@pytest.mark.django_db(transaction=True)
def test_two_claims_granted_at_once_move_the_posts_once():
    author, keepers = imported(), [UserFactory(administrator=True) for _ in range(2)]
    TopicFactory(author=author)
    claims = [claim_authorship(name="Ada", proof="x", by=UserFactory(member=True), at=AT) for _ in range(2)]
    outcomes = []

    def decide(claim, keeper):
        try:
            decide_authorship(claim, grant=True, reason="x", by=keeper, at=AT)
            outcomes.append("granted")
        except DecidedAlready:
            outcomes.append("too late")
        finally:
            connection.close()

    threads = [Thread(target=decide, args=pair) for pair in zip(claims, keepers, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["granted", "too late"]
    assert AuthorshipClaim.objects.filter(outcome="granted").count() == 1


def test_asked_on_one_page_and_decided_on_another(client, author, member, keeper):
    client.force_login(member)
    person = client.get(reverse("accounts:person", args=[author.handle])).content.decode()
    assert "?name=Ada" in person
    page = reverse("accounts:authorship")
    assert "Nobody of this name" in client.post(page, {"name": "Zed", "proof": "x"}).content.decode()
    assert "Waits for an answer" in client.post(page, {"name": "Ada", "proof": "My old address."}, follow=True).content.decode()
    claim = AuthorshipClaim.objects.get()
    one = reverse("accounts:authorship_claim", args=[claim.pk])
    assert client.get(one).status_code == 403
    client.force_login(keeper)
    assert one in client.get(reverse("accounts:authorship_claims")).content.decode()
    assert "My old address." in client.get(one).content.decode()
    assert "this is missing" in client.post(one, {"grant": "yes", "reason": ""}).content.decode()
    assert client.post(one, {"grant": "yes", "reason": "It fits."}).status_code == 302
    assert "It fits." in client.get(one).content.decode()
    client.force_login(member)
    assert "It fits." in client.get(page).content.decode()
