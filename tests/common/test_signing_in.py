"""Where somebody comes back to who had to sign in first."""

import pytest
from django.urls import reverse

from tests.accounts.factories import UserFactory
from tests.forum.factories import TopicFactory

pytestmark = pytest.mark.django_db
HERE = "http://testserver"


@pytest.fixture
def react():
    return reverse("forum:react", args=[TopicFactory().pk])


def there(page: str) -> str:
    return f"{reverse('account_login')}?next={page}"


def test_a_button_leads_back_to_its_page(client, react):
    sent = client.post(react, {"say": "agree:1"}, headers={"Referer": f"{HERE}/forum/topics/1-x/?after=40"})
    assert sent["Location"] == there("%2Fforum%2Ftopics%2F1-x%2F%3Fafter%3D40")


@pytest.mark.parametrize("told", ["", "http://elsewhere.example/forum/", "//elsewhere.example/", "javascript:alert(1)"])
def test_no_other_site_is_led_to(client, react, told):
    assert client.post(react, {"say": "agree:1"}, headers={"Referer": told})["Location"] == there(react)


def test_a_page_that_was_asked_for_is_come_back_to(client):
    page = reverse("forum:unread")
    assert client.get(page, headers={"Referer": f"{HERE}/forum/"})["Location"] == there(page)


def test_a_part_of_a_page_is_not_filled_with_the_form(client, react):
    headers = {"HX-Request": "true", "HX-Current-URL": f"{HERE}/forum/topics/1-x/"}
    answer = client.post(react, {"say": "agree:1"}, headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["HX-Redirect"] == there("%2Fforum%2Ftopics%2F1-x%2F")


def test_an_address_that_takes_only_what_a_button_sends_says_so(client, react):
    client.force_login(UserFactory())
    answer = client.get(react)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "There is nothing to read here" in answer.content.decode()
    assert client.put(react).content == b""
