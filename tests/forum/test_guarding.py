"""The question before publishing, on every page where something is published."""

import logging

import pytest
from django.urls import reverse

from forum.models import Post, Topic
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db
NUMBER = "943 476 5919"


def key_in(page: str) -> str:
    return page.split('name="confirmed" value="')[1].split('"', maxsplit=1)[0]


def test_a_reply_with_an_nhs_number_comes_back_marked_and_is_posted_once_it_was_looked_at(signed_in, caplog):
    topic = TopicFactory()
    url = reverse("forum:reply", args=[topic.pk])
    with caplog.at_level(logging.DEBUG):
        page = signed_in.post(url, {"body": f"The patient, {NUMBER}, rang <twice>."}).content.decode()
    assert f"The patient, <mark>{NUMBER}</mark>, rang &lt;twice&gt;." in page
    assert "Not published yet: 1 thing to look at" in page
    assert "<title>Not published yet: Reply" in page
    assert 'id="guard" tabindex="-1" autofocus' in page
    assert f"The patient, {NUMBER}, rang &lt;twice&gt;.</textarea>" in page
    assert NUMBER not in caplog.text
    assert Post.objects.filter(topic=topic).count() == 1
    signed_in.post(url, {"body": f"The patient, {NUMBER}, rang.", "confirmed": key_in(page)})
    assert Post.objects.filter(topic=topic).count() == 2


def test_what_is_new_is_asked_about_again_and_what_was_confirmed_is_not(signed_in):
    url = reverse("forum:reply", args=[TopicFactory().pk])
    first = signed_in.post(url, {"body": NUMBER}).content.decode()
    second = signed_in.post(url, {"body": f"{NUMBER} and jane@example.org", "confirmed": key_in(first)}).content.decode()
    assert "<mark>jane@example.org</mark>" in second
    assert f"<mark>{NUMBER}</mark>" not in second
    assert key_in(first) in key_in(second).split(".")
    assert Post.objects.filter(number=2).count() == 0
    signed_in.post(url, {"body": f"{NUMBER} and jane@example.org", "confirmed": key_in(second)})
    assert Post.objects.filter(number=2).count() == 1


def test_a_title_is_looked_at_too(signed_in):
    category = CategoryFactory()
    url = reverse("forum:start", args=[category.slug])
    page = signed_in.post(url, {"title": "Practice A81001 and its rota", "body": "Words."}).content.decode()
    assert "Practice <mark>A81001</mark> and its rota" in page
    assert not Topic.objects.exists()
    signed_in.post(url, {"title": "Practice A81001 and its rota", "body": "Words.", "confirmed": key_in(page)})
    assert Topic.objects.count() == 1


def test_a_change_is_looked_at_too(signed_in, member):
    post = PostFactory(topic=TopicFactory(), author=member)
    url = reverse("forum:edit", args=[post.topic_id, post.number])
    page = signed_in.post(url, {"body": "Ring 07700 900123.", "revision": 1, "note": "Where to ring"}).content.decode()
    assert "<mark>07700 900123</mark>" in page
    post.refresh_from_db()
    assert post.revision == 1
    signed_in.post(url, {"body": "Ring 07700 900123.", "revision": 1, "note": "Where to ring", "confirmed": key_in(page)})
    post.refresh_from_db()
    assert post.revision == 2


def test_words_without_anything_of_the_kind_are_posted_at_once(signed_in):
    topic = TopicFactory()
    answer = signed_in.post(reverse("forum:reply", args=[topic.pk]), {"body": "We are 4,900 patients, £12,345 short."})
    assert answer.status_code == 302
