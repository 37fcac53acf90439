import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from digest.actions.subscriptions import ask_for_weekly, confirm_subscription, subscribe_member
from digest.models import Subscription
from digest.tokens import secret_of, standing_token
from mail.models import Address, ConsentEvent
from tests.accounts.factories import UserFactory
from tests.digest.factories import WEDNESDAY, SubscriptionFactory

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(autouse=True)
def on_wednesday():
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


@pytest.fixture
def mail(edition, send):
    SubscriptionFactory(address__email="maren@practice.example.org")
    return send(WEDNESDAY)[0]


@pytest.fixture
def one_click(mail):
    return re.match(r"<http://127\.0\.0\.1:8000([^>]+)>", mail.message["List-Unsubscribe"])[1]


@pytest.fixture
def manage(mail):
    return re.search(r"Change the day or pause:\s+http://127\.0\.0\.1:8000(\S+)", mail.text)[1]


@pytest.mark.parametrize("coding", ["multipart", "urlencoded"])
def test_one_post_without_cookie_or_csrf_token_ends_it(one_click, coding):
    client = Client(enforce_csrf_checks=True)
    if coding == "multipart":
        response = client.post(one_click, ONE_CLICK)
    else:
        response = client.post(one_click, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")
    assert Subscription.objects.get().state == "ended"


def test_said_twice_it_answers_the_same(client, one_click):
    answers = [client.post(one_click, ONE_CLICK) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert ConsentEvent.objects.filter(action="ended", form="weekly:one-click").count() == 1


def test_an_old_mail_ends_it_also_for_whoever_left_and_came_back(client, one_click, manage):
    told = {"form": "weekly:test", "ip": ""}
    client.post(one_click, ONE_CLICK)
    ask_for_weekly("maren@practice.example.org", at=WEDNESDAY, **told)
    again = Subscription.objects.get(state="pending")
    assert "You have left" in client.get(manage).text, "until they have confirmed"
    confirm_subscription(again, weekday=4, hour=7, at=WEDNESDAY, **told)
    assert "Stop the weekly" in client.get(manage).text
    client.post(one_click, ONE_CLICK)
    assert not Subscription.objects.open().exists()


def test_an_old_mail_ends_what_its_mailbox_gets_by_another_spelling_by_now(client):
    user = UserFactory(member=True)
    before = SubscriptionFactory(address__email="b.e.a@gmail.com")
    link = reverse("digest:manage", args=[secret_of(standing_token(before, "pause", at=WEDNESDAY))])
    Address.objects.filter(account=user).update(email="bea@gmail.com")
    subscribe_member(user, weekday=4, hour=7, categories=(), form="weekly:mine", ip="", at=WEDNESDAY)
    client.post(link, ONE_CLICK)
    assert not Subscription.objects.open().exists()


def test_a_post_that_is_not_one_click_ends_nothing(client, one_click):
    assert client.post(one_click, {"x": "y"}).status_code == 400
    assert Subscription.objects.get().state == "active"


def test_a_link_that_is_too_old_says_what_to_do(client):
    for name in ("confirm", "not_me", "manage", "why", "read", "move_confirm"):
        answer = client.get(reverse(f"digest:{name}", args=["worn-out"]))
        assert (answer.status_code, "give your address once more" in answer.text) == (404, True), name


def test_what_stands_behind_a_link_is_in_no_index(client, one_click, manage):
    for page in (one_click, manage, f"{manage}why/"):
        assert '<meta name="robots" content="noindex">' in client.get(page).text


def test_a_made_up_link_is_not_found(client):
    address = reverse("digest:manage", args=["AAAAAAAAAAAAAAAAAAAAAA"])
    assert client.post(address, ONE_CLICK).status_code == 404
    assert client.get(address).status_code == 404


def test_the_page_shows_no_address_and_signs_nobody_in(client, one_click, manage):
    for address in (one_click, manage):
        text = client.get(address).text
        assert "practice.example.org" not in text
        assert "maren" not in text
        assert "m•••@p•••.org" in text
    assert "_auth_user_id" not in client.session


def test_the_button_ends_it_and_undo_brings_it_back(client, one_click):
    token = one_click.split("/")[-2]
    page = client.post(reverse("digest:leave", args=[token]), follow=True)
    assert "You have left the weekly" in page.text
    assert "Undo" in page.text
    page = client.post(reverse("digest:back", args=[token]), follow=True)
    assert "Stop the weekly" in page.text
    assert Subscription.objects.get().state == "active"


def test_after_a_day_a_forwarded_mail_brings_nobody_back(client, one_click):
    token = one_click.split("/")[-2]
    client.post(one_click, ONE_CLICK)
    with time_machine.travel(WEDNESDAY + timedelta(days=2), tick=False):
        assert "Undo" not in client.get(one_click).text
        assert client.post(reverse("digest:back", args=[token])).status_code == 409
    assert Subscription.objects.get().state == "ended"


def test_the_link_of_the_header_opens_one_door_only(client, one_click):
    token = one_click.split("/")[-2]
    assert "Another day" not in client.get(one_click).text
    assert client.post(reverse("digest:day", args=[token]), {"weekday": "1", "hour": "9"}).status_code == 404
    assert client.post(reverse("digest:pause", args=[token]), {"weeks": "2"}).status_code == 404


def test_the_other_link_changes_day_and_pauses(client, manage):
    token = manage.split("/")[-2]
    page = client.post(reverse("digest:day", args=[token]), {"weekday": "1", "hour": "9"}, follow=True)
    assert "Tuesdays at 09:00" in page.text
    assert "Paused until" in client.post(reverse("digest:pause", args=[token]), {"weeks": "4"}, follow=True).text
    assert "Paused until" not in client.post(reverse("digest:pause", args=[token]), {"weeks": "0"}, follow=True).text
    assert client.post(reverse("digest:day", args=[token]), {"weekday": "9", "hour": "9"}).status_code == 422
    client.post(reverse("digest:pause", args=[token]), {"weeks": "3"})
    assert Subscription.objects.get().paused_until is None


def test_buttons_need_a_csrf_token(one_click):
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse("digest:leave", args=[one_click.split("/")[-2]])).status_code == 403
    assert Subscription.objects.get().state == "active"


def test_a_link_is_good_for_two_years(client, one_click):
    codes = []
    for days in (729, 730):
        with time_machine.travel(WEDNESDAY + timedelta(days=days), tick=False):
            codes += [client.get(one_click).status_code, client.post(one_click, ONE_CLICK).status_code]
    assert codes == [200, 200, 404, 404]


def test_one_click_costs_little(client, one_click, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        client.post(one_click, ONE_CLICK)
