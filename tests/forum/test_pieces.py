"""A member's page is put together from pieces that others see as well."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from forum.actions.editing import edit_post
from forum.actions.posts import reply_to_topic
from forum.actions.reactions import react
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db


def test_two_members_who_may_do_the_same_see_the_same_pieces(client, settings, monkeypatch):
    settings.KEPT_IS_COMPARED = False
    drawn = []

    def draw(name, context):
        drawn.append((name, context["view"].post.number if "view" in context else None))
        return render_to_string(name, context)

    monkeypatch.setattr("forum.composing.render_to_string", draw)
    topic = TopicFactory()
    posts = PostFactory.create_batch(3, topic=topic)
    url = reverse("forum:topic_in_time", args=[topic.pk, topic.slug])
    one, other = UserFactory(member=True), UserFactory(member=True)
    client.force_login(one)
    first = client.get(url).content.decode()
    assert len([name for name, _ in drawn if name == "forum/_place.html"]) == 4
    drawn.clear()
    client.force_login(other)
    client.get(url)
    assert drawn == []
    react(posts[1], by=other, kind="thanks", at=AT)
    edit_post(posts[2], by=posts[2].author, body="Other words by now.", at=AT, note="Said better")
    page = client.get(url).content.decode()
    assert sorted(number for name, number in drawn if name == "forum/_place.html") == [posts[1].number, posts[2].number]
    assert ("Other words by now." in page, "Other words by now." in first) == (True, False)
    assert page.count('aria-pressed="true"') == 1 + first.count('aria-pressed="true"')


def test_a_post_that_arrives_comes_whole_to_everybody_who_reads(client, settings):
    settings.KEPT_IS_COMPARED = False
    post = PostFactory(topic=TopicFactory(), body="It came while you read.")
    for _ in range(2):
        client.force_login(UserFactory(member=True))
        part = client.get(reverse("forum:post_part", args=[post.topic_id, post.number])).content.decode()
        assert "It came while you read." in part


def test_the_replies_to_a_post_come_whole_to_everybody_who_asks(client, settings):
    settings.KEPT_IS_COMPARED = False
    above = PostFactory(topic=TopicFactory(), body="What do you think?")
    reply_to_topic(above.topic, by=UserFactory(member=True), body="That it holds.", at=AT, parent_number=above.number)
    url = reverse("forum:replies", args=[above.topic_id, above.number])
    for headers in ({}, {}, {"HX-Request": "true"}, {"HX-Request": "true"}):
        client.force_login(UserFactory(member=True))
        page = client.get(url, headers=headers).content.decode()
        assert "That it holds." in page
        assert ("What do you think?" in page) != bool(headers)


def test_a_reaction_answers_with_the_whole_foot(client, settings):
    settings.KEPT_IS_COMPARED = False
    post = PostFactory(topic=TopicFactory())
    for count in (1, 2):
        client.force_login(UserFactory(member=True))
        client.get(in_time(post.topic))
        url = reverse("forum:react", args=[post.topic_id])
        foot = client.post(url, {"say": f"thanks:{post.number}"}, headers={"HX-Request": "true"}).content.decode()
        assert f'value="thanks:{post.number}" aria-pressed="true"><span class="sr">Thanks </span>{count}</button>' in foot
        assert (
            f'value="thanks:{post.number}" aria-pressed="true"><span class="sr">Thanks </span>{count}</button>'
            in client.get(in_time(post.topic)).content.decode()
        )


def in_time(topic):
    return reverse("forum:topic_in_time", args=[topic.pk, topic.slug])
