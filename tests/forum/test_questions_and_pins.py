"""Questions with an accepted answer, announcements, pins."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from common.models import AuditEntry
from common.verdicts import Refused
from forum.actions.answers import NotAnAnswer, accept_answer, take_acceptance_back
from forum.actions.pinning import Pin, PinInThePast, pin_topic, unpin_topic
from forum.actions.reading import mark_topic_read
from forum.actions.removal import withdraw_post
from forum.actions.topics import start_topic
from forum.effects import Accepted
from forum.models import Topic
from forum.readers import front_topics, topic_rows
from notifications.models import Event
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, PersonaFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def question():
    return TopicFactory(kind="question")


def told_of(event: Event) -> list[int]:
    return [recipient.user_id for recipient in Accepted().people(event, after=0, limit=10)]


def test_whoever_asked_accepts_an_answer_and_takes_it_back(question):
    answer = PostFactory(topic=question)
    accept_answer(answer, by=question.author, at=AT)
    accept_answer(answer, by=question.author, at=AT)
    question.refresh_from_db()
    assert question.solution_number == 2
    event = Event.objects.get(kind="forum.accepted")
    assert told_of(event) == [answer.author_id]
    take_acceptance_back(question, by=question.author, at=AT)
    question.refresh_from_db()
    assert question.solution_number is None
    assert told_of(event) == []


def test_only_a_reply_on_show_is_accepted_and_only_by_who_may(question):
    answer, waiting = PostFactory(topic=question), PostFactory(topic=question, pending=True)
    for post in (question.posts.get(number=1), waiting):
        with pytest.raises(NotAnAnswer):
            accept_answer(post, by=question.author, at=AT)
    with pytest.raises(Refused):
        accept_answer(answer, by=answer.author, at=AT)
    with pytest.raises(Refused):
        accept_answer(PostFactory(), by=UserFactory(moderator=True), at=AT)
    accept_answer(answer, by=UserFactory(moderator=True), at=AT)
    assert AuditEntry.objects.filter(verb="topic.accept").count() == 1


def test_a_persona_s_question_names_nobody_who_accepts():
    persona = PersonaFactory()
    topic = persona.topic
    Topic.objects.filter(pk=topic.pk).update(kind="question", author=None, persona=persona)
    accept_answer(PostFactory(topic=topic), by=UserFactory(moderator=True), at=AT)
    assert Event.objects.get(kind="forum.accepted").actor_id is None
    assert not AuditEntry.objects.filter(verb="topic.accept").exists()


def test_nobody_is_told_of_a_persona_s_answer(question):
    answer = PostFactory(topic=question, author=None, persona=PersonaFactory(topic=question))
    accept_answer(answer, by=question.author, at=AT)
    assert told_of(Event.objects.get(kind="forum.accepted")) == []


def test_the_answer_is_linked_at_the_top_while_it_is_on_show(client, question):
    answer = PostFactory(topic=question, body="Ask the **caretaker**.")
    client.force_login(question.author)
    accept = reverse("forum:accept", args=[question.pk, 2])
    assert accept in client.get(question.get_absolute_url()).content.decode()
    assert "Ask the caretaker." in client.get(accept).content.decode()
    client.post(accept)
    page = client.get(question.get_absolute_url()).content.decode()
    assert "“Ask the caretaker.”" in page
    assert page.count("Accepted answer") == 2
    client.post(reverse("forum:unaccept", args=[question.pk]))
    assert "Accepted answer" not in client.get(question.get_absolute_url()).content.decode()
    client.post(accept)
    withdraw_post(answer, by=answer.author, at=AT)
    assert "caretaker" not in client.get(question.get_absolute_url()).content.decode()


def test_a_category_tells_open_questions_from_answered_ones(client, question):
    other = TopicFactory(kind="question", category=question.category)
    accept_answer(PostFactory(topic=other), by=other.author, at=AT)
    url = reverse("forum:category", args=[question.category.slug])
    still_open, answered = (client.get(url, {"order": order}).content.decode() for order in ("questions", "answered"))
    assert question.get_absolute_url() in still_open
    assert other.get_absolute_url() not in still_open
    assert other.get_absolute_url() in answered
    assert question.get_absolute_url() not in answered


def test_members_do_not_announce_and_organisers_do():
    category, pin = CategoryFactory(), Pin(AT + timedelta(days=3))
    said = {"title": "The office moves", "body": "To the next street.", "at": AT}
    with pytest.raises(Refused):
        start_topic(category, by=UserFactory(member=True), kind="announcement", **said)
    with pytest.raises(Refused):
        start_topic(category, by=UserFactory(member=True), pin=pin, **said)
    topic = start_topic(category, by=UserFactory(member=True, organiser=True), kind="announcement", pin=pin, **said)
    assert (topic.kind, topic.pinned_until) == ("announcement", pin.until)


def test_a_pin_holds_until_its_moment_and_is_taken_off():
    moderator, topic = UserFactory(moderator=True), TopicFactory()
    with pytest.raises(PinInThePast):
        pin_topic(topic, by=moderator, pin=Pin(AT), at=AT)
    with pytest.raises(Refused):
        pin_topic(topic, by=topic.author, pin=Pin(AT + timedelta(days=1)), at=AT)
    pin_topic(topic, by=moderator, pin=Pin(AT + timedelta(days=1)), at=AT)
    pinned, _ = topic_rows(topic.category, moderator, order="latest", at=AT)
    assert [row.topic.pk for row in pinned] == [topic.pk]
    pinned, page = topic_rows(topic.category, moderator, order="latest", at=AT + timedelta(days=2))
    assert (pinned, [row.topic.pk for row in page.rows]) == ([], [topic.pk])
    unpin_topic(topic, by=moderator, at=AT)
    unpin_topic(topic, by=moderator, at=AT)
    assert AuditEntry.objects.filter(verb="topic.unpin").count() == 1


def test_what_is_pinned_everywhere_leads_until_it_was_opened_and_only_for_who_may_read_it():
    member, visitor_sees = UserFactory(member=True), TopicFactory()
    old = TopicFactory(members_only=True, created_at=AT - timedelta(days=90))
    pin_topic(old, by=UserFactory(moderator=True), pin=Pin(AT + timedelta(days=1), everywhere=True), at=AT)

    def front(latest: int) -> list[int]:
        return [row.topic.pk for row in front_topics(member, unread=5, latest=latest, at=AT)[1]]

    assert front(5) == [old.pk, visitor_sees.pk]
    assert front(1) == [old.pk]
    assert [row.topic.pk for row in topic_rows(visitor_sees.category, member, order="latest", at=AT)[0]] == [old.pk]
    assert topic_rows(visitor_sees.category, UserFactory(), order="latest", at=AT)[0] == []
    mark_topic_read(old, by=member, number=1, at=AT)
    assert front(5) == [visitor_sees.pk, old.pk]
    assert topic_rows(visitor_sees.category, member, order="latest", at=AT)[0] == []


def test_a_moderator_pins_on_a_page_that_keeps_what_was_wrong(client):
    topic = TopicFactory()
    client.force_login(UserFactory(moderator=True))
    url = reverse("forum:pin", args=[topic.pk])
    assert url in client.get(topic.get_absolute_url()).content.decode()
    assert "still to come" in client.post(url, {"pinned_until": "2020-01-01"}).content.decode()
    day = (timezone.now() + timedelta(days=9)).date().isoformat()
    client.post(url, {"pinned_until": day, "everywhere": "on"})
    topic.refresh_from_db()
    assert topic.pinned_everywhere
    assert day in client.get(url).content.decode()
    client.post(url, {"pinned_until": ""})
    topic.refresh_from_db()
    assert topic.pinned_until is None


def test_a_question_with_tags_is_started_on_the_page(client):
    category, member = CategoryFactory(), UserFactory(member=True)
    client.force_login(member)
    url = reverse("forum:start", args=[category.slug])
    said = {"title": "Who signs the rota?", "body": "Nobody here does.", "kind": "question", "tags": "Rotas, a, b, c, d, e"}
    refused = client.post(url, said).content.decode()
    assert "5 is the most" in refused
    assert "Nobody here does." in refused
    assert 'value="Rotas, a, b, c, d, e"' in refused
    client.post(url, said | {"tags": "Rotas"})
    topic = Topic.objects.get()
    assert (topic.kind, [row.tag.name for row in topic.tagged.select_related("tag")]) == ("question", ["rotas"])
    assert "not one of the available choices" in client.post(url, said | {"kind": "announcement"}).content.decode()
