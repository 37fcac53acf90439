"""Tags: typed freely, kept clean, known only with a topic that one may know of."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from common.verdicts import Refused
from forum.actions.errors import TextRefused
from forum.actions.reading import mark_topic_read
from forum.actions.tags import put_tags, rename_tag, tag_topic
from forum.actions.topics import start_topic
from forum.models import Tag, TopicTag
from forum.readers.tags import tag_for, tags_with_counts
from forum.tagging import LENGTH, different, tag_names, tag_slug, tags_problem
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, TopicFactory
from tests.querycount import assert_queries_do_not_grow

db = pytest.mark.django_db


@given(st.lists(st.text(max_size=60), max_size=8))
def test_whatever_is_typed_becomes_clean_names_of_different_addresses(typed):
    names = tag_names(",".join(typed))
    assert names == [" ".join(name.split()).lower() for name in names]
    assert all(name and "," not in name for name in names)
    slugs = [tag_slug(name) for name in names if tag_slug(name)]
    assert len(slugs) == len(set(slugs))
    assert different(names) == names
    if not tags_problem(names):
        assert all(0 < len(tag_slug(name)) <= LENGTH for name in names)


def test_spelling_is_forgiven():
    assert tag_names(" CQC, #Rotas,\nPart  time, part-time,, ") == ["cqc", "rotas", "part time"]


@pytest.mark.parametrize(
    ("names", "said"),
    [(list("abcdef"), "5 is the most"), (["x" * 41], "too long"), (["!!!"], "no letter")],
)
def test_limits_are_told(names, said):
    assert said in tags_problem(names)


@db
def test_a_topic_is_started_with_tags_and_its_author_changes_them():
    author = UserFactory(member=True)
    topic = start_topic(CategoryFactory(), by=author, title="Who keeps the rota?", body="Well?", at=AT, tags=["Rotas", "staff"])
    assert [tag.slug for tag in Tag.objects.by_name()] == ["rotas", "staff"]
    tag_topic(topic, by=author, names=["Staff", "leave"], at=AT)
    assert set(topic.tagged.values_list("tag__name", flat=True)) == {"staff", "leave"}


@db
def test_others_do_not_tag_and_moderators_do():
    topic = TopicFactory()
    with pytest.raises(Refused):
        tag_topic(topic, by=UserFactory(member=True), names=["x1"], at=AT)
    tag_topic(topic, by=UserFactory(moderator=True), names=["x1"], at=AT)
    with pytest.raises(TextRefused):
        tag_topic(topic, by=topic.author, names=list("abcdef"), at=AT)
    assert topic.tagged.count() == 1


@db
def test_a_renamed_tag_joins_the_one_that_stands():
    moderator, one, two = UserFactory(moderator=True), TopicFactory(), TopicFactory()
    put_tags(one, ["gp contract", "money"])
    put_tags(two, ["contract"])
    put_tags(one, ["gp contract", "contract"])
    kept = rename_tag(Tag.objects.get(slug="gp-contract"), by=moderator, name="Contract", at=AT)
    assert kept.slug == "contract"
    assert set(TopicTag.objects.filter(tag=kept).values_list("topic", flat=True)) == {one.pk, two.pk}
    assert not Tag.objects.filter(slug="gp-contract").exists()
    with pytest.raises(Refused):
        rename_tag(kept, by=one.author, name="mine", at=AT)


@db
def test_a_tag_of_hidden_topics_is_known_to_nobody(client):
    hidden, shown, member = TopicFactory(hidden=True), TopicFactory(members_only=True), UserFactory(member=True)
    put_tags(hidden, ["secret"])
    put_tags(shown, ["rotas"])
    put_tags(TopicFactory(hidden=True), ["rotas"])
    assert tag_for(member, "secret") is None
    assert [(tag.slug, tag.topics) for tag in tags_with_counts(member)] == [("rotas", 1)]
    told = [(tag.slug, tag.topics) for tag in tags_with_counts(UserFactory(moderator=True))]
    assert told == [("rotas", 2), ("secret", 1)]
    assert client.get(reverse("forum:tag", args=["rotas"])).status_code == 404
    client.force_login(member)
    assert shown.title in client.get(reverse("forum:tag", args=["rotas"])).content.decode()
    assert client.get(reverse("forum:tag", args=["secret"])).status_code == 404


@db
def test_tags_stand_on_the_topic_and_are_changed_there(client):
    topic = TopicFactory()
    client.force_login(topic.author)
    url = reverse("forum:topic_tags", args=[topic.pk])
    assert url in client.get(topic.get_absolute_url()).content.decode()
    refused = client.post(url, {"tags": "a, b, c, d, e, f"}).content.decode()
    assert "5 is the most" in refused
    assert 'value="a, b, c, d, e, f"' in refused
    client.post(url, {"tags": "Rotas, leave"})
    assert reverse("forum:tag", args=["rotas"]) in client.get(topic.get_absolute_url()).content.decode()


@db
def test_a_moderator_renames_on_a_page(client):
    put_tags(TopicFactory(), ["rota"])
    client.force_login(UserFactory(moderator=True))
    url = reverse("forum:tag_name", args=["rota"])
    assert "holds no letter" in client.post(url, {"name": "???"}).content.decode()
    assert client.post(url, {"name": "Rotas"}).url == reverse("forum:tag", args=["rotas"])


@db
@pytest.mark.parametrize(("signed_in", "most"), [(False, 4), (True, 7)])
def test_the_page_of_a_tag_costs_the_same_whatever_is_there(client, signed_in, most):
    member = UserFactory(member=True)
    if signed_in:
        client.force_login(member)

    def add_rows() -> None:
        for topic in TopicFactory.create_batch(22):
            put_tags(topic, ["rotas", "leave"])
            mark_topic_read(topic, by=member, number=1, at=AT)

    put_tags(TopicFactory(), ["rotas"])
    assert_queries_do_not_grow(reverse("forum:tag", args=["rotas"]), client, add_rows=add_rows, at_most=most)


@db
def test_the_old_address_of_a_tag_leads_on_through_every_new_name(client):
    moderator, topic = UserFactory(moderator=True), TopicFactory()
    put_tags(topic, ["gp contract"])
    rename_tag(Tag.objects.get(), by=moderator, name="Contract", at=AT)
    put_tags(TopicFactory(), ["agreements"])
    rename_tag(Tag.objects.get(slug="contract"), by=moderator, name="Agreements", at=AT)
    for slug in ("gp-contract", "contract"):
        sent = client.get(reverse("forum:tag", args=[slug]))
        assert (sent.status_code, sent["Location"]) == (301, reverse("forum:tag", args=["agreements"]))
        assert client.get(reverse("forum:tag_feed", args=[slug])).status_code == 200
    put_tags(topic, ["contract"])
    assert client.get(reverse("forum:tag", args=["contract"])).status_code == 200, "begun anew it has the address"
    rename_tag(Tag.objects.get(slug="agreements"), by=moderator, name="GP contract", at=AT)
    assert client.get(reverse("forum:tag", args=["gp-contract"])).status_code == 200


@db
def test_an_old_address_tells_nobody_what_a_tag_of_hidden_topics_is_called_now(client):
    moderator = UserFactory(moderator=True)
    put_tags(TopicFactory(members_only=True), ["rotas"])
    rename_tag(Tag.objects.get(), by=moderator, name="Merger", at=AT)
    assert client.get(reverse("forum:tag", args=["rotas"])).status_code == 404
    assert client.get(reverse("forum:tag_feed", args=["rotas"])).status_code == 404
