"""What a suspension takes away, in every room, and that the clock gives it back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions.sanctions import AlreadyLifted, SanctionRefused, impose_sanction, lift_sanction
from accounts.models import Sanction
from common.verdicts import Refused
from consultation.actions.answering import save_answers
from consultation.actions.submitting import submit_response
from consultation.models import Draft, Response
from forum.actions.editing import edit_post
from forum.actions.posts import reply_to_topic
from forum.actions.reactions import react
from forum.actions.topics import start_topic
from forum.effects import Posted
from forum.models import Post
from forum.notices import Reply
from notifications.models import Event
from notifications.sessions import still_signed_in
from tests.accounts.factories import GroupFactory, UserFactory
from tests.consultation.factories import FULL, an_open_one
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory
from tests.moderation.factories import a_member, a_moderator, standing

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def suspend(person, *, by=None, days=7, ago=timedelta(minutes=1)):
    now = timezone.now()
    by = by or a_moderator()
    return impose_sanction(
        person, kind="suspension", reason="Insults, after a warning.", by=by, at=now - ago, ends_at=now + days * DAY
    )


@pytest.fixture
def suspended():
    person = a_member()
    suspend(person)
    return standing(person)


def test_takes_no_part_in_the_forum(suspended):
    now, topic, own = timezone.now(), TopicFactory(), PostFactory(author=suspended)
    for act in (
        lambda: reply_to_topic(topic, by=suspended, body="Hello.", at=now),
        lambda: react(topic.posts.get(), by=suspended, kind="agree", at=now),
        lambda: edit_post(own, by=suspended, body="Other.", at=now),
        lambda: start_topic(topic.category, by=suspended, title="A new topic", body="Hello.", at=now),
    ):
        with pytest.raises(Refused, match="You are suspended until"):
            act()


def test_gets_no_preview_and_sees_no_composer(client, suspended):
    topic = TopicFactory()
    client.force_login(suspended)
    assert client.post(reverse("forum:preview"), {"body": "x"}).status_code == 403
    page = client.get(topic.get_absolute_url()).content.decode()
    assert "You are suspended until" in page
    assert "<textarea" not in page


def test_takes_no_part_in_consultations_not_even_to_amend():
    now, person = timezone.now(), a_member()
    consultation = an_open_one(at=now - 3 * DAY)
    save_answers(consultation, FULL, by=person, at=now - 2 * DAY)
    submit_response(consultation, by=person, at=now - 2 * DAY)
    suspend(person)
    person = standing(person)
    with pytest.raises(Refused, match="suspended"):
        save_answers(consultation, {**FULL, "why": "Otherwise."}, by=person, at=now)
    with pytest.raises(Refused, match="suspended"):
        submit_response(consultation, by=person, at=now)
    assert Response.objects.filter(user=person).count() == 1
    assert not Draft.objects.filter(user=person, answers__value="Otherwise.").exists()


def test_reads_what_is_public_and_nothing_else(client, suspended):
    group = GroupFactory(members=[suspended])
    client.force_login(suspended)
    assert client.get(TopicFactory().get_absolute_url()).status_code == 200
    assert client.get(TopicFactory(members_only=True).get_absolute_url()).status_code == 404
    private = CategoryFactory(access="group", group=group)
    assert client.get(TopicFactory(category=private).get_absolute_url()).status_code == 404


def test_hears_no_more_of_what_is_for_members():
    person = a_member()
    post = PostFactory(topic=TopicFactory(members_only=True, author=person))
    event = Event.objects.create(
        kind="forum.replied", at=timezone.now(), data={"post": post.pk, "topic": post.topic_id, "number": 2}
    )
    assert [told.user_id for told in Posted().people(event, after=0, limit=10)] == [person.pk]
    assert Reply().may_still_see(person, event, timezone.now())
    suspend(person)
    person = standing(person)
    assert list(Posted().people(event, after=0, limit=10)) == []
    assert not Reply().may_still_see(person, event, timezone.now()), "asked again before a mail goes"


def test_the_socket_closes_and_the_session_stays(client, suspended):
    other = a_member()
    for person, holds in [(suspended, False), (other, True)]:
        client.force_login(person)
        assert still_signed_in(client.session.session_key, person.pk) is holds
        assert client.get(reverse("accounts:account")).status_code == 200


def test_the_account_page_says_until_when_why_and_how_to_object(client, suspended, settings):
    client.force_login(suspended)
    page = client.get(reverse("accounts:account")).content.decode()
    for words in ("You are suspended until", "Insults, after a warning.", settings.REPLY_TO, "did not decide it"):
        assert words in page


def test_a_page_without_suspension_says_nothing_of_one(client):
    client.force_login(a_member())
    assert "suspended" not in client.get(reverse("accounts:account")).content.decode()


def test_after_the_end_everything_is_back_by_the_clock(client):
    person = a_member()
    sanction = suspend(person)
    topic = TopicFactory(members_only=True)
    with pytest.raises(Refused):
        reply_to_topic(topic, by=standing(person), body="Hello.", at=timezone.now())
    Sanction.objects.filter(pk=sanction.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
    reply_to_topic(topic, by=standing(person), body="Hello.", at=timezone.now())
    client.force_login(person)
    assert "suspended" not in client.get(reverse("accounts:account")).content.decode()
    assert Post.objects.filter(author=person).exists()


def test_lifting_gives_everything_back_at_once_and_only_once(suspended):
    moderator, sanction = a_moderator(), suspended.sanctions.get()
    lift_sanction(sanction, by=moderator, reason="We erred.", at=timezone.now())
    assert standing(suspended).suspended_until is None
    with pytest.raises(AlreadyLifted):
        lift_sanction(sanction, by=moderator, reason="Again.", at=timezone.now())


def test_only_a_moderator_sanctions_and_nobody_themselves():
    person, moderator = a_member(), a_moderator()
    for by, whom in [(a_member(), person), (standing(UserFactory(administrator=True)), person), (moderator, moderator)]:
        with pytest.raises(Refused):
            suspend(whom, by=by)
    sanction = suspend(moderator)
    with pytest.raises(Refused):
        lift_sanction(sanction, by=standing(moderator), reason="x", at=timezone.now())


@pytest.mark.parametrize(("reason", "days"), [(" ", 7), ("x" * 501, 7), ("x", 0), ("x", None)])
def test_a_suspension_has_a_reason_and_an_end(reason, days):
    now = timezone.now()
    ends_at = None if days is None else now + days * DAY
    with pytest.raises(SanctionRefused):
        impose_sanction(a_member(), kind="suspension", reason=reason, by=a_moderator(), at=now, ends_at=ends_at)
    assert not Sanction.objects.exists()
