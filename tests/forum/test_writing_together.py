"""Writing while others write, and naming them."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import Block
from forum.models import Post
from forum.readers.meanwhile import arrived_since
from forum.readers.naming import Place, people_to_name, unheard
from tests.accounts.factories import AT, FactsFactory, GroupFactory, UserFactory
from tests.forum.factories import CategoryFactory, PersonaFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db
KEY = "5d0c7a0e-3c1b-4f53-9c1e-0a8c2d9f3b1"


@pytest.fixture
def member():
    return FactsFactory(user__display_name="Maren Ashdowne", user__handle="maren").user


@pytest.fixture
def signed_in(client, member):
    cache.clear()
    client.force_login(member)
    return client


def names(people) -> list[str]:
    return [person.display_name for person in people]


def test_what_one_s_own_pseudonym_says_from_another_device_did_not_arrive(member):
    topic = TopicFactory()
    topic.own_persona_id = PersonaFactory(topic=topic).pk
    PostFactory(topic=topic, author=None, persona_id=topic.own_persona_id)
    other = PostFactory(topic=topic)
    topic.refresh_from_db(fields=["last_number"])
    assert [post.pk for post in arrived_since(topic, member, 1)] == [other.pk]


def test_an_open_page_is_given_the_next_post_with_a_place_and_told_whose_it_is(signed_in, member):
    topic = TopicFactory()
    blocked = UserFactory(member=True)
    Block.objects.create(user=member, blocked=blocked, created_at=AT)
    PostFactory(topic=topic, pending=True)
    PostFactory(topic=topic, author=member)
    PostFactory(topic=topic, author=blocked)
    PostFactory(topic=topic, body="The last word.")

    def asked(number: int):
        return signed_in.get(reverse("forum:post_part", args=[topic.pk, number]) + "?next")

    assert [(asked(number)["X-Post-Is"], f'id="p{last}"' in asked(number).content.decode()) for number, last in (
        (2, 3), (3, 3), (4, 4), (5, 5)
    )] == [("mine", True), ("mine", True), ("folded", True), ("new", True)]  # fmt: skip
    assert asked(6).status_code == 204, "nothing came"
    assert signed_in.get(reverse("forum:post_part", args=[topic.pk, 2])).status_code == 404, "the very number that waits"


def test_replies_that_came_meanwhile_are_shown_once_and_nothing_is_lost(signed_in, member):
    topic = TopicFactory()
    url = reverse("forum:reply", args=[topic.pk])
    sent = {"body": "My own view.", "seen": topic.last_number, "key": f"{KEY}1"}
    blocked = UserFactory(member=True)
    Block.objects.create(user=member, blocked=blocked, created_at=AT)
    PostFactory(topic=topic, body="A view that came **meanwhile**.")
    PostFactory(topic=topic, author=None, persona=PersonaFactory(topic=topic, label="Larchfield"), body="And one of a pseudonym.")
    PostFactory(topic=topic, body="Nobody sees this.", hidden=True)
    PostFactory(topic=topic, author=blocked, body="Not from them.")
    page = signed_in.post(url, sent).content.decode()
    assert "2 replies arrived while you were writing" in page
    assert "came <strong>meanwhile</strong>" in page
    assert "Larchfield" in page
    assert "Nobody sees this." not in page
    assert "Not from them." not in page
    assert "My own view.</textarea>" in page
    assert "Post anyway" in page
    assert not Post.objects.filter(topic=topic, author=member).exists()
    PostFactory(topic=topic, body="A busy topic.")
    assert signed_in.post(url, sent | {"seen": ""}).status_code == 302, "said once"
    assert Post.objects.get(topic=topic, author=member).body == "My own view."


def test_sent_twice_it_posts_once_whatever_came_in_between(signed_in, member):
    topic = TopicFactory()
    url = reverse("forum:reply", args=[topic.pk])
    sent = {"body": "Once.", "seen": topic.last_number, "key": f"{KEY}2"}
    assert signed_in.post(url, sent).status_code == 302
    topic.refresh_from_db()
    PostFactory(topic=topic)
    assert signed_in.post(url, sent).status_code == 302
    assert Post.objects.filter(topic=topic, author=member).count() == 1


def test_one_s_own_post_from_another_window_is_no_news(signed_in, member):
    topic = TopicFactory()
    PostFactory(topic=topic, author=member)
    assert signed_in.post(reverse("forum:reply", args=[topic.pk]), {"body": "More.", "seen": 1}).status_code == 302


def test_people_are_found_by_the_beginning_of_a_name_those_of_the_topic_first(member):
    topic = TopicFactory()
    gwen, gwyn = (UserFactory(member=True, display_name=name) for name in ("Gwen Adair", "Gwyn Bowen"))
    UserFactory(member=True, display_name="Owen Gwent")
    PostFactory(topic=topic, author=gwyn)
    place = Place(topic.category, topic)
    assert names(people_to_name(member, place, "GW", at=AT)) == ["Gwyn Bowen", "Gwen Adair", "Owen Gwent"]
    assert names(people_to_name(member, Place(topic.category), gwen.handle, at=AT)) == ["Gwen Adair"]
    for words in ("g", "", "wen", "%%", "mar"):
        assert people_to_name(member, place, words, at=AT) == []
    UserFactory.create_batch(12, member=True, display_name="Ada Many")
    assert len(people_to_name(member, place, "ada", at=AT)) == 8


def test_only_whoever_takes_part_and_reads_there_and_nobody_learns_who_blocked_them(member):
    panel = GroupFactory(members=[member])
    topic = TopicFactory(category=CategoryFactory(private=True, group=panel))
    inside = UserFactory(member=True, display_name="Zoe Inside")
    against = UserFactory(member=True, display_name="Zoe Against")
    for person in (inside, against):
        panel.members.create(user=person, added_at=AT)
    panel.members.create(user=UserFactory(display_name="Zoe Lapsed"), added_at=AT)
    UserFactory(member=True, display_name="Zoe Outside")
    UserFactory(trustee=True, display_name="Zoe Trustee")
    places = {Place(topic.category, topic): ["Zoe Against", "Zoe Inside"]}
    places[Place(CategoryFactory())] = ["Zoe Against", "Zoe Inside", "Zoe Outside"]
    assert all(names(people_to_name(member, place, "zoe", at=AT)) == told for place, told in places.items())
    Block.objects.create(user=against, blocked=member, created_at=AT)
    assert all(names(people_to_name(member, place, "zoe", at=AT)) == told for place, told in places.items())
    Block.objects.create(user=member, blocked=inside, created_at=AT)
    assert all("Zoe Inside" not in names(people_to_name(member, place, "zoe", at=AT)) for place in places)


def test_the_address_is_only_for_whoever_may_write_there(client, signed_in, member):
    FactsFactory(user__display_name="Gwen Adair", user__handle="gwen")
    topic, closed = TopicFactory(), TopicFactory(category=CategoryFactory(private=True))
    locked = TopicFactory(locked=True)
    url = reverse("forum:people_to_name")
    told = signed_in.get(url, {"where": f"reply:{topic.pk}", "q": "gw"}).json()
    assert [(one["handle"], one["name"]) for one in told["people"]] == [("gwen", "Gwen Adair")]
    assert "Wales" in told["people"][0]["line"]
    assert signed_in.get(url, {"where": f"start:{topic.category_id}", "q": "gw"}).json()["people"]
    for where in (f"reply:{closed.pk}", f"start:{closed.category_id}", "reply:", "x:1", "", "edit:0"):
        assert signed_in.get(url, {"where": where, "q": "gw"}).status_code == 404
    assert signed_in.get(url, {"where": f"reply:{locked.pk}", "q": "gw"}).status_code == 403
    client.force_login(UserFactory())
    assert client.get(url, {"where": f"reply:{topic.pk}", "q": "gw"}).status_code == 403


def test_it_is_no_way_to_read_the_list_of_members(signed_in):
    topic = TopicFactory()
    where = {"where": f"reply:{topic.pk}", "q": "gw"}
    answers = [signed_in.get(reverse("forum:people_to_name"), where).status_code for _ in range(92)]
    assert answers.count(200) == 90
    assert answers[-1] == 429


def test_a_name_that_leads_to_nobody_there_is_said_before_and_after(signed_in, member):
    panel = GroupFactory(members=[member])
    topic = TopicFactory(category=CategoryFactory(private=True, group=panel))
    inside = UserFactory(member=True, handle="zoe-inside")
    panel.members.create(user=inside, added_at=AT)
    UserFactory(member=True, handle="zoe-outside")
    against = UserFactory(member=True, handle="zoe-against")
    panel.members.create(user=against, added_at=AT)
    Block.objects.create(user=against, blocked=member, created_at=AT)
    body = "@zoe-inside, @zoe-outside, @zoe-against and @nobody: `@code`"
    page = signed_in.post(reverse("forum:preview"), {"body": body, "draft_key": f"reply:{topic.pk}"}).content.decode()
    said = ["@zoe-outside cannot read this topic and will not be told.", "Nobody here is called @nobody."]
    assert all(sentence in page for sentence in said)
    page = signed_in.post(reverse("forum:reply", args=[topic.pk]), {"body": body}, follow=True).content.decode()
    assert all(sentence in page for sentence in said)
    assert "@zoe-against cannot" not in page, "nobody learns who blocked them"
    assert unheard(member, Place(topic.category, topic), "<p>nobody is named</p>") == []


def test_without_a_place_a_preview_says_nothing_of_names(signed_in):
    page = signed_in.post(reverse("forum:preview"), {"body": "@nobody **here**", "draft_key": "reply:0"}).content.decode()
    assert "<strong>here</strong>" in page
    assert "is called" not in page


def test_how_to_format_is_a_page_and_a_part(signed_in):
    assert "<title>Formatting and keys" in signed_in.get(reverse("forum:formatting")).content.decode()
    part = signed_in.get(reverse("forum:formatting"), headers={"HX-Request": "true"}).content.decode()
    assert "Ctrl" in part
    assert "<title>" not in part
