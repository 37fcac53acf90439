"""A lapse takes effect on an open page, on a socket, on a queued mail, on a cached card; and says why."""

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from forum.actions.posts import reply_to_topic
from forum.actions.reading import follow_topic
from mail import delivery
from mail.models import Mail
from notifications.announcing import announce
from notifications.expander import expand_next
from notifications.kinds import LiveMessage
from tests.accounts.factories import UserFactory
from tests.accounts.register.files import row
from tests.forum.factories import PostFactory, TopicFactory
from tests.notifications.test_live import opened

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def member(bring_in) -> User:
    """Stands in the register."""
    user = UserFactory(email="m1@example.org", member=True)
    bring_in(row("M1"), row("M2"), at=timezone.now())
    return User.objects.with_roles().get(pk=user.pk)


@pytest.fixture
def lapse(bring_in, member):
    """The next register does not name the member."""
    return lambda: bring_in(row("M2"), at=timezone.now())


@pytest.fixture
def topic():
    return TopicFactory(members_only=True, title="Behind the door", body="Zclosedword stands here.")


@pytest.fixture
def browser(member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def page_of(topic) -> str:
    return reverse("forum:topic", args=[topic.pk, topic.slug])


def test_an_open_page_is_refused_at_the_next_request_with_the_reason_and_without_a_hint(browser, topic, lapse):
    assert "Zclosedword" in browser.get(page_of(topic)).content.decode()
    lapse()
    there, nowhere = browser.get(page_of(topic)), browser.get(reverse("forum:topic", args=[987_654, "nothing"]))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    for page in (there, nowhere):
        html = page.content.decode()
        assert "Your membership ended on" in html
        assert "Behind the door" not in html
        assert "Zclosedword" not in html
    assert browser.get(reverse("accounts:account")).content.decode().count("Your membership ended on") == 1, "said once"


def test_writing_is_refused_with_the_reason_also_where_the_form_was_open(browser, member, lapse):
    public = TopicFactory(title="In the open")
    form = reverse("forum:reply", args=[public.pk])
    assert browser.get(form).status_code == 200
    lapse()
    response = browser.post(form, {"body": "Too late."})
    assert response.status_code == 403
    assert "Your membership ended on" in response.content.decode()
    assert public.posts.count() == 1
    person = browser.get(reverse("accounts:person", args=[public.author.handle]))
    assert person.status_code == 403
    assert person.content.decode().count("Your membership ended on") == 1


def test_a_cached_card_is_not_served(browser, topic, lapse):
    other = Client()
    other.force_login(UserFactory(member=True, moderator=True))
    for client in (browser, other, browser):
        assert "Zclosedword" in client.get(page_of(topic)).content.decode()
    lapse()
    part = reverse("forum:post_part", args=[topic.pk, 1])
    for path in (page_of(topic), part, reverse("forum:raw", args=[topic.pk, 1])):
        assert browser.get(path).status_code == 404
    assert "Zclosedword" in other.get(page_of(topic)).content.decode(), "for who may, it still is"


def test_own_posts_stay_readable(browser, member, lapse):
    public = TopicFactory(title="In the open")
    mine = PostFactory(topic=public, author=member, body="Zmyownword.")
    lapse()
    assert "Zmyownword" in browser.get(page_of(public)).content.decode()
    assert mine in type(mine).objects.written_by(User.objects.get(pk=member.pk))


def test_a_queued_mail_is_dropped_at_hand_over(member, topic, lapse, sink):
    follow_topic(topic, by=member, level="watching")
    reply_to_topic(topic, by=User.objects.with_roles().get(pk=topic.author_id), body="Zclosedword again.", at=timezone.now())
    while expand_next(at=timezone.now()):
        pass
    mail = Mail.objects.get(address__email="m1@example.org")
    Mail.objects.filter(pk=mail.pk).update(next_attempt_at=None)
    lapse()
    Mail.objects.update(next_attempt_at=None)
    delivery.deliver("notify", clock=timezone.now)
    mail.refresh_from_db()
    assert (mail.state, mail.reason) == ("cancelled", "may not be seen any more")
    assert sink.to("m1@example.org") == []


def test_a_socket_hears_the_next_message_no_more(browser, topic, lapse):
    name = f"topic:{topic.pk}"

    async def listen():
        socket = await opened(browser)
        assert await socket.ask(listen=name) == {"listening": name}
        await sync_to_async(announce)([LiveMessage("topic", topic.pk, {"number": 2})])
        assert (await socket.hear())["number"] == 2
        await sync_to_async(lapse)()
        await sync_to_async(announce)([LiveMessage("topic", topic.pk, {"number": 3})])
        assert await socket.hears_nothing()
        assert await socket.ask(listen=name) == {"refused": name}
        await socket.leave()

    async_to_sync(listen)()


def test_renewed_everything_comes_back(browser, topic, lapse, bring_in):
    lapse()
    assert browser.get(page_of(topic)).status_code == 404
    bring_in(row("M1"), row("M2"), at=timezone.now())
    assert "Zclosedword" in browser.get(page_of(topic)).content.decode()
