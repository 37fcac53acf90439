import pytest
from django.urls import reverse

from search.readers import similar_topics
from tests.accounts.factories import UserFactory
from tests.forum.factories import CategoryFactory, TopicFactory
from tests.querycount import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
PAGE = reverse("search:similar")


def test_the_most_alike_come_first_and_at_most_five():
    alike = TopicFactory(title="How do you file the complaints return")
    for number in range(6):
        TopicFactory(title=f"Complaints, number {number}")
    TopicFactory(title="Telephones")
    found = similar_topics(UserFactory(member=True), "Filing a complaints return")
    assert found[0] == alike
    assert len(found) == 5


def test_one_word_in_common_is_little_for_a_title_of_many():
    TopicFactory(title="The barring list, and a public list")
    swap, member = TopicFactory(title="Swapping lists with a neighbour"), UserFactory(member=True)
    assert list(similar_topics(member, "Swapping the Monday list with the branch surgery")) == [swap]
    assert len(similar_topics(member, "Who keeps the list?")) == 2
    other = TopicFactory(title="PCN money")
    assert list(similar_topics(member, "What our primary care network spends on cleaners and carpets")) == [other]


def test_other_names_count():
    topic = TopicFactory(title="Our primary care network and its money")
    assert list(similar_topics(UserFactory(member=True), "Who runs your PCN")) == [topic]


@pytest.mark.parametrize("title", ["", "Complaints return", "the of and", '"" - or', "-- -complaints -return -x"])
def test_nothing_is_offered_for_too_little(title):
    TopicFactory(title="Complaints return")
    assert len(similar_topics(UserFactory(member=True), title)) <= (1 if "-complaints" in title else 0)


def test_nobody_is_shown_a_title_they_may_not_know_of(client):
    TopicFactory(title="Redundancies at the merger", members_only=True)
    TopicFactory(title="Redundancies at the merger", hidden=True)
    TopicFactory(title="Redundancies at the merger", category=CategoryFactory(private=True))
    html = client.get(PAGE, {"title": "The merger and redundancies"}).content.decode()
    assert "at the merger" not in html
    assert len(similar_topics(UserFactory(member=True), "The merger and redundancies")) == 1


def test_a_script_is_given_the_part_alone(client):
    TopicFactory(title="<b>Complaints</b> return")
    part = client.get(PAGE, {"title": "a complaints return"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "&lt;b&gt;Complaints" in part
    assert client.get(PAGE, {"title": "of the and"}, headers={"HX-Request": "true"}).content.strip() == b""


def test_costs_the_same_whatever_is_alike(client):
    def more():
        for _ in range(20):
            TopicFactory(title="A complaints return")

    assert_queries_do_not_grow(f"{PAGE}?title=a+complaints+return", client, add_rows=more, at_most=1)
