"""Moving, splitting, merging and archiving: numbers stay, addresses lead on, counters are exact, nobody sees what they may not."""

import re
from datetime import timedelta
from threading import Event as Flag
from threading import Thread

import pytest
from django.db import connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions.practice import state_practice
from accounts.models import User
from common.models import AuditEntry
from common.verdicts import Refused
from forum.actions.answers import accept_answer
from forum.actions.archiving import archive_topic, unarchive_topic
from forum.actions.carrying import PostsNotMovable
from forum.actions.errors import ParentGone, TopicMoved
from forum.actions.moving import TopicNotMovable, merge_topics, move_posts, move_topic, split_topic
from forum.actions.notes import ReasonMissing
from forum.actions.posts import reply_to_topic
from forum.actions.reactions import react
from forum.actions.reading import follow_topic, mark_topic_read
from forum.actions.removal import withdraw_post
from forum.actions.restoring import unhide_topic
from forum.actions.topics import lock_topic
from forum.effects import Moved
from forum.models import Draft, ImportedTopic, Persona, Post, PostMove, Topic, TopicMember, TopicNote
from forum.ranges import NumbersUnclear, read_numbers, with_replies, write_numbers
from forum.readers import latest_topics, topic_page, topic_rows
from moderation.models import Case
from notifications.models import Event
from tests.accounts.factories import GroupFactory, UserFactory
from tests.forum.counters import assert_counters_are_exact
from tests.forum.factories import AT, CategoryFactory, PersonaFactory, PostFactory, TopicFactory
from tests.locks import wait_until_somebody_waits_for_a_lock

db = pytest.mark.django_db


@pytest.fixture
def moderator():
    return UserFactory(moderator=True)


@pytest.fixture
def topic():
    """1; 2 in answer to 1; 3 to 2; 4; 5 in answer to 4; 6 to 3."""
    topic = TopicFactory(title="About rotas")
    made = {1: topic.posts.get(number=1)}
    for number, parent in ((2, 1), (3, 2), (4, None), (5, 4), (6, 3)):
        made[number] = PostFactory(topic=topic, parent=made.get(parent), body=f"Thought {number}.")
    return topic


def shape(topic: Topic) -> list[tuple]:
    rows = topic.posts.order_by("number")
    return [(post.number, post.parent_number, post.root_number, post.depth, post.state) for post in rows]


def split(topic, moderator, numbers, **said):
    told = {"title": "A thing apart", "category": topic.category, "reason": "It is another question.", "at": AT} | said
    return split_topic(topic, by=moderator, numbers=numbers, **told)


@db
def test_paper_says_of_what_was_moved_that_it_was_moved_and_not_taken_back(client, topic, moderator):
    split(topic, moderator, [4, 5])
    page = client.get(reverse("forum:print", args=[topic.pk])).content.decode()
    assert page.count("Moved to another topic by a moderator: It is another question.") == 2
    assert "Taken back" not in page


# ——— numbers ———
def test_ranges_are_read_and_what_is_none_is_told():
    assert read_numbers("#3, 5–7; 6 and 9 to 10", last=10) == [3, 5, 6, 7, 9, 10]
    for text, said in {"": "Write which", "x": "no number", "5-3": "not among", "11": "posts 1 to 10", "0": "not among"}.items():
        with pytest.raises(NumbersUnclear, match=said):
            read_numbers(text, last=10)


@given(st.sets(st.integers(1, 60), min_size=1))
def test_what_is_written_as_numbers_is_read_as_such(numbers):
    assert read_numbers(", ".join(map(str, numbers)), last=60) == sorted(numbers)


@given(st.integers(2, 30).flatmap(lambda last: st.tuples(*(st.integers(0, n - 1) for n in range(1, last + 1)))), st.data())
def test_replies_come_along_and_nothing_else(parents, data):
    of = {number: parent or None for number, parent in enumerate(parents, start=1)}
    chosen = data.draw(st.lists(st.sampled_from(sorted(of)), min_size=1, unique=True))
    found = with_replies(chosen, of)
    for number, parent in of.items():
        assert (number in found) == (number in chosen or parent in found)


# ——— splitting ———
@db
def test_a_split_keeps_who_answered_whom_on_both_sides(topic, moderator):
    ids = {post.number: post.pk for post in topic.posts.all()}
    made = split(topic, moderator, [2, 3, 6])
    assert shape(made) == [(1, None, 1, 0, "published"), (2, 1, 1, 1, "published"), (3, 2, 1, 2, "published")]
    assert [post.pk for post in made.posts.order_by("number")] == [ids[2], ids[3], ids[6]]
    assert [row[4] for row in shape(topic)] == ["published", "moved", "moved", "published", "published", "moved"]
    assert made.author_id == Post.objects.get(pk=ids[2]).author_id
    assert_counters_are_exact()
    assert AuditEntry.objects.get(verb="topic.split").actor_id == moderator.pk
    again = split(made, moderator, [3], title="And apart again")
    assert shape(again) == [(1, None, 1, 0, "published")]
    assert_counters_are_exact()


@db
def test_a_reply_to_what_stays_begins_a_conversation(topic, moderator):
    made = split(topic, moderator, [3, 5])
    assert shape(made) == [(1, None, 1, 0, "published"), (2, None, 2, 0, "published")]
    assert_counters_are_exact()


@db
def test_posts_go_behind_those_of_a_topic_that_stands(topic, moderator):
    other = TopicFactory()
    move_posts(topic, by=moderator, numbers=[4, 5], into=other, reason="It belongs here.", at=AT)
    assert shape(other)[1:] == [(2, None, 2, 0, "published"), (3, 2, 2, 1, "published")]
    move_posts(other, by=moderator, numbers=[2, 3], into=topic, reason="After all not.", at=AT)
    assert shape(topic)[6:] == [(7, None, 7, 0, "published"), (8, 7, 7, 1, "published")]
    assert_counters_are_exact()


@db
def test_nothing_is_cut_that_cannot_be(topic, moderator):
    persona = PersonaFactory(topic=topic)
    PostFactory(topic=topic, author=None, persona=persona)
    PostFactory(topic=topic, pending=True)
    PostFactory(topic=topic, hidden=True)
    for numbers, said in {(1,): "first post stays", (4, 7): "pseudonym.*#7", (8,): "Waiting.*#8", (9,): "#9 is removed"}.items():
        with pytest.raises(PostsNotMovable, match=said):
            split(topic, moderator, list(numbers))
    with pytest.raises(ReasonMissing):
        split(topic, moderator, [4], reason="  ")
    for into in (topic, TopicFactory()):
        with pytest.raises((PostsNotMovable, TopicNotMovable)):
            merge_topics(topic, by=moderator, into=into, reason="One of them is enough.", at=AT)
    private = CategoryFactory(private=True)
    for actor, place in ((topic.author, topic.category), (moderator, private)):
        with pytest.raises(Refused):
            split(topic, actor, [4], category=place)
        with pytest.raises(Refused):
            move_topic(topic, by=actor, category=private, reason="It is not for everybody.", at=AT)
    assert not PostMove.objects.exists()
    assert not TopicNote.objects.exists()


@db
def test_a_topic_with_a_pseudonym_says_at_once_why_it_is_not_merged_and_what_can_be_done(client, topic, moderator):
    post = PostFactory(topic=topic, author=None, persona=PersonaFactory(topic=topic))
    client.force_login(moderator)
    url = reverse("forum:merge", args=[topic.pk])
    page = client.get(url).text
    assert f"Written under a pseudonym: #{post.number}." in page
    for noun in ("split_posts", "move", "archive"):
        assert reverse(f"forum:{noun}", args=[topic.pk]) in page
    assert "<textarea" not in page and 'name="into"' not in page
    told = {"into": str(TopicFactory().pk), "reason": "One is enough.", "sure": "yes"}
    assert f"Written under a pseudonym: #{post.number}." in client.post(url, told).text
    assert not PostMove.objects.exists()


@db
def test_what_will_be_refused_is_not_promised_first(client, topic, moderator):
    hidden = PostFactory(topic=topic, hidden=True)
    client.force_login(moderator)
    url, other = reverse("forum:split", args=[topic.pk]), TopicFactory()
    told = {"posts": str(hidden.number), "title": "Another question", "category": topic.category_id, "reason": "Apart."}
    page = client.post(url, told).text
    assert f"#{hidden.number} is removed." in page and "This is what will happen" not in page
    assert "This is what will happen" in client.post(url, told | {"into": str(other.pk)}).text, "behind another it may go"
    Topic.objects.filter(pk=other.pk).update(kept_from=b"k" * 48)
    page = client.post(url, told | {"into": str(other.pk)}).text
    assert "kept from a practice" in page and "This is what will happen" not in page


@db
def test_what_can_be_done_instead_goes_by_the_reason(client, topic, moderator):
    client.force_login(moderator)
    merge, queue, chooser = (
        reverse(name, args=args)
        for name, args in (("forum:merge", [topic.pk]), ("moderation:queue", []), ("forum:split_posts", [topic.pk]))
    )

    def ways(url: str) -> list[str]:
        return re.findall(r'class="btn(?: second)?" href="([^"]+)"', client.get(url).text.split("<main")[1])

    others = [reverse(f"forum:{name}", args=[topic.pk]) for name in ("move", "archive")]
    waiting = PostFactory(topic=topic, pending=True)
    assert ways(merge) == [queue, chooser, *others]
    Post.objects.filter(pk=waiting.pk).update(state="published")
    Topic.objects.filter(pk=topic.pk).update(kept_from=b"k" * 48)
    for url in (merge, reverse("forum:split", args=[topic.pk])):
        assert ways(url) == others, "its posts stay together"


@db
def test_a_topic_named_as_the_other_one_is_told_to_be_itself(client, topic, moderator):
    client.force_login(moderator)
    for noun, further in (("merge", {}), ("split", {"posts": "4"})):
        url = reverse(f"forum:{noun}", args=[topic.pk])
        page = client.post(url, {"into": topic.get_absolute_url(), "reason": "Apart.", **further}).text
        assert "This is the topic itself." in page, noun


@db
def test_a_split_that_would_take_a_pseudonym_along_is_told_before_anything_is_promised(client, topic, moderator):
    post = PostFactory(topic=topic, author=None, persona=PersonaFactory(topic=topic), parent=topic.posts.get(number=4))
    client.force_login(moderator)
    told = {"posts": "4", "replies": "on", "title": "Another question", "category": topic.category_id, "reason": "Apart."}
    page = client.post(reverse("forum:split", args=[topic.pk]), told).text
    assert "This is what will happen" not in page
    assert f"Written under a pseudonym: #{post.number}." in page
    assert "the others can go: 4–5." in page


@db
@pytest.mark.parametrize("begun", [True, False], ids=["begun under a pseudonym", "answered under one"])
def test_a_topic_with_a_pseudonym_is_moved_locked_and_archived(client, moderator, begun):
    topic = TopicFactory(author=None, persona=PersonaFactory()) if begun else TopicFactory()
    if begun:
        Persona.objects.filter(pk=topic.persona_id).update(topic=topic)
    else:
        PostFactory(topic=topic, author=None, persona=PersonaFactory(topic=topic))
    place = CategoryFactory()
    move_topic(topic, by=moderator, category=place, reason="It is about money.", at=AT)
    lock_topic(topic, by=moderator, reason="It went round in circles.", at=AT)
    archive_topic(topic, by=moderator, reason="Long over.", at=AT)
    topic.refresh_from_db()
    assert (topic.category, bool(topic.locked_at), topic.is_archived) == (place, True, True)
    assert client.get(topic.get_absolute_url()).status_code == 200
    assert not Event.objects.filter(kind="forum.moved").exists() or not begun


@db
def test_what_a_new_topic_needs_is_not_called_optional(client, topic, moderator):
    client.force_login(moderator)
    page = client.get(reverse("forum:split", args=[topic.pk])).content.decode()
    assert re.findall(r"<label[^>]*>([^<]+?) <span class=\"optional\"", page) == ["Or an existing topic"]


@db
def test_a_split_sent_twice_cuts_once(topic, moderator):
    split(topic, moderator, [4, 5])
    with pytest.raises(PostsNotMovable, match="any more"):
        split(topic, moderator, [4, 5])
    assert Topic.objects.count() == 2


@db
def test_read_marks_and_follows_go_along(topic, moderator):
    reader, muter, stranger = UserFactory.create_batch(3, member=True)
    mark_topic_read(topic, by=reader, number=4, at=AT)
    follow_topic(topic, by=reader, level="watching")
    follow_topic(topic, by=muter, level="muted")
    made = split(topic, moderator, [2, 4, 5])
    rows = {row.user_id: (row.last_read, row.level) for row in TopicMember.objects.filter(topic=made)}
    assert rows == {reader.pk: (2, "watching"), muter.pk: (0, "muted")}
    assert stranger.pk not in rows


@db
def test_reactions_cases_and_notices_go_along(topic, moderator):
    reader = UserFactory(member=True)
    post = topic.posts.get(number=4)
    react(post, by=reader, kind="agree", at=AT)
    case = Case.objects.create(origin="reported", post=post, topic=topic, about=post.author, opened_at=AT)
    event = Event.objects.create(kind="forum.replied", at=AT, data={"topic": topic.pk, "post": post.pk, "number": 4})
    accept = Topic.objects.filter(pk=topic.pk)
    accept.update(kind="question")
    accept_answer(post, by=moderator, at=AT)
    made = split(topic, moderator, [4, 5])
    case.refresh_from_db()
    event.refresh_from_db()
    topic.refresh_from_db()
    assert case.topic_id == made.pk
    assert event.data == {"topic": made.pk, "post": post.pk, "number": 1}
    assert topic.solution_number is None
    assert made.posts.get(number=1).agree_count == 1
    told = Event.objects.filter(kind="forum.moved").order_by("pk")
    assert [told_of.user_id for one in told for told_of in Moved().people(one, after=0, limit=9)] == [
        post.author_id, topic.posts.model.objects.get(topic=made, number=2).author_id,
    ]  # fmt: skip


# ——— addresses ———
@db
def test_an_old_address_leads_to_where_the_post_is_for_who_may_read_it(client, topic, moderator):
    made = split(topic, moderator, [4, 5])
    old = reverse("forum:post", args=[topic.pk, 5])
    assert client.get(old).url == reverse("forum:topic_in_time", args=[made.pk, made.slug]) + "#p2"
    keeper = UserFactory(moderator=True)
    group = GroupFactory(members=[keeper])
    private = CategoryFactory(access="group", group=group, moderate_group=group)
    move_topic(made, by=keeper, category=private, reason="It names a practice.", at=AT)
    assert client.get(old).url == reverse("forum:topic_in_time", args=[topic.pk, topic.slug]) + "#p5"
    page = client.get(topic.get_absolute_url()).content.decode()
    assert "moved by a moderator" in page
    assert "A thing apart" not in page
    assert "Thought 5" not in page
    client.force_login(keeper)
    assert "A thing apart" in client.get(topic.get_absolute_url()).content.decode()
    assert str(made.pk) in client.get(old).url


@db
def test_a_begun_answer_goes_with_what_it_answers_and_overwrites_none(topic, moderator):
    into, begun = TopicFactory(), {}
    one, other = UserFactory.create_batch(2, member=True)

    def begin(person, key: str, body: str) -> None:
        begun[person, body] = Draft.objects.create(user=person, key=key, sequence=3, body=body, saved_at=AT).pk

    for person in (one, other):
        begin(person, f"reply:{topic.pk}:4", "To four")
        begin(person, f"reply:{topic.pk}", "To all")
    begin(other, f"reply:{into.pk}", "Here before")
    begin(other, f"reply:{topic.pk}:77", "To what is no more")
    begin(other, f"reply:{topic.pk}0:4", "Elsewhere")
    merge_topics(topic, by=moderator, into=into, reason="The same question.", at=AT)

    def is_now(person, body: str) -> tuple[str, int | None]:
        return Draft.objects.values_list("key", "parent_number").get(pk=begun[person, body], user=person, body=body)

    assert is_now(one, "To four") == is_now(other, "To four") == (f"reply:{into.pk}:5", 5)
    assert is_now(one, "To all") == (f"reply:{into.pk}", None)
    assert is_now(other, "Here before")[0] == f"reply:{into.pk}"
    assert is_now(other, "To all") == (f"reply:{into.pk}:2", 2), "what was the first post there"
    assert is_now(other, "To what is no more")[0] == f"reply:{topic.pk}:77", "still among their drafts"
    assert is_now(other, "Elsewhere")[0] == f"reply:{topic.pk}0:4"


@db
def test_what_is_old_makes_no_topic_older_where_it_is_moved_behind_it(topic, moderator):
    busy = TopicFactory(title="Written in every day")
    newest = PostFactory(topic=busy, created_at=AT + timedelta(days=9))
    merge_topics(topic, by=moderator, into=busy, reason="The same question.", at=AT + timedelta(days=10))
    told = busy.activity
    told.refresh_from_db()
    assert (told.last_post_number, told.last_posted_at, told.last_author) == (8, newest.created_at, newest.author)
    assert latest_topics(moderator, 1)[0].topic.pk == busy.pk
    assert_counters_are_exact()


@db
def test_a_merged_topic_leads_on_also_through_another_merge(client, topic, moderator):
    second, third, follower = TopicFactory(title="The second one"), TopicFactory(title="The third one"), UserFactory(member=True)
    follow_topic(topic, by=follower, level="watching")
    Draft.objects.create(user=follower, key=f"reply:{topic.pk}", sequence=1, body="Half", saved_at=AT)
    ImportedTopic.objects.create(topic=topic, host="old.example.org", source_id=77, slug="rotas", imported_at=AT)
    merge_topics(topic, by=moderator, into=second, reason="The same question.", at=AT)
    assert shape(second)[1] == (2, None, 2, 0, "published")
    assert TopicMember.objects.get(user=follower, topic=second).level == "watching"
    assert Draft.objects.get().key == f"reply:{second.pk}"
    assert_counters_are_exact()
    assert "another topic became part of this one" in client.get(second.get_absolute_url()).content.decode()
    merge_topics(second, by=moderator, into=third, reason="The same again.", at=AT)
    for person in (None, moderator):
        if person:
            client.force_login(person)
        for face in ("topic", "topic_in_time"):
            assert client.get(reverse(f"forum:{face}", args=[topic.pk, topic.slug])).url == third.get_absolute_url()
        assert client.get(reverse("forum:post", args=[topic.pk, 6])).url.endswith("#p8")
        assert client.get("/t/rotas/77").url == third.get_absolute_url()
        assert client.get("/t/rotas/77/6").url == reverse("forum:post", args=[topic.pk, 6])
    assert topic.title not in client.get(reverse("forum:category", args=[topic.category.slug])).content.decode()
    Topic.objects.filter(pk=third.pk).update(state="hidden")
    client.logout()
    assert client.get(topic.get_absolute_url()).status_code == 404
    with pytest.raises(Exception, match="on show already"):
        unhide_topic(topic, by=moderator, at=AT)


@db
def test_a_topic_that_something_leads_to_is_not_merged_away(topic, moderator):
    other = TopicFactory()
    for changes in ({"kind": "consultation"}, {"kind": "discussion", "state": "hidden"}):
        Topic.objects.filter(pk=other.pk).update(**changes)
        with pytest.raises(TopicNotMovable):
            merge_topics(other, by=moderator, into=topic, reason="One is enough.", at=AT)


# ——— moving ———
@db
def test_a_moved_topic_is_read_by_who_may_read_there_and_by_nobody_else(client, topic, moderator):
    follower, member = UserFactory(), UserFactory(member=True)
    for person in (follower, member):
        follow_topic(topic, by=person, level="watching")
        mark_topic_read(topic, by=person, number=3, at=AT)
    members = CategoryFactory(members_only=True)
    move_topic(topic, by=moderator, category=members, reason="It names a practice.", at=AT)
    assert client.get(topic.get_absolute_url()).status_code == 404
    assert topic_page(follower, topic.pk) is None
    assert latest_topics(follower, 9) == []
    page = topic_page(member, topic.pk)
    assert (page.last_read, page.level, page.topic.activity.category_id) == (3, "watching", members.pk)
    client.force_login(member)
    shown = re.sub(r"\s+", " ", client.get(topic.get_absolute_url()).content.decode())
    assert "moved here from" in shown
    assert "It names a practice." in shown
    with pytest.raises(TopicNotMovable):
        move_topic(topic, by=moderator, category=members, reason="Again.", at=AT)
    assert_counters_are_exact()


@db
def test_where_a_topic_came_from_is_named_only_to_who_may_read_there(topic, moderator):
    members = CategoryFactory(members_only=True, name="Behind the door")
    open_again = topic.category
    move_topic(topic, by=moderator, category=members, reason="Too open.", at=AT)
    move_topic(topic, by=moderator, category=open_again, reason="Not so.", at=AT.replace(hour=10))
    assert topic_page(UserFactory(), topic.pk).happened[0]["category"] is None
    assert topic_page(moderator, topic.pk).happened[0]["category"]["name"] == "Behind the door"


# ——— archiving ———
@db
def test_an_archived_topic_is_read_and_takes_nothing_more(client, topic, moderator):
    member = UserFactory(member=True)
    archive_topic(topic, by=moderator, reason="The scheme has ended.", at=AT)
    archive_topic(topic, by=moderator, reason="Twice.", at=AT)
    topic = topic_page(member, topic.pk).topic
    with pytest.raises(Refused, match="archived: The scheme has ended"):
        reply_to_topic(topic, by=member, body="Still here?", at=AT)
    pinned, page = topic_rows(topic.category, member, order="latest", at=AT)
    assert (pinned, page.rows, latest_topics(member, 9)) == ([], [], [])
    assert len(topic_rows(topic.category, member, order="archived", at=AT)[1].rows) == 1
    assert "Archived" in client.get(topic.get_absolute_url()).content.decode()
    with pytest.raises(Refused):
        unarchive_topic(topic, by=member, at=AT)
    unarchive_topic(topic, by=moderator, at=AT)
    assert len(latest_topics(member, 9)) == 1
    assert [note["kind"] for note in topic_page(member, topic.pk).happened] == ["unarchived", "archived"]


@db
def test_a_lock_leaves_a_note(topic, moderator):
    lock_topic(topic, by=moderator, reason="It went round in circles.", at=AT)
    assert topic_page(topic.author, topic.pk).happened[0]["reason"] == "It went round in circles."


# ——— pages ———
@db
def test_a_moderator_is_told_what_will_happen_before_it_does(client, topic, moderator):
    client.force_login(moderator)
    page = client.get(topic.get_absolute_url()).content.decode()
    for noun in ("split", "merge", "move", "archive"):
        assert reverse(f"forum:{noun}", args=[topic.pk]) in page
    url = reverse("forum:split", args=[topic.pk])
    assert 'value="4"' in client.get(url, {"from": "4"}).content.decode()
    said = {"posts": "2, 99", "title": "short", "category": topic.category_id, "reason": ""}
    refused = client.post(url, said).content.decode()
    for problem in ("posts 1 to 6", "at least 8 characters", "Give the reason"):
        assert problem in refused
    said |= {"posts": "2", "title": "A thing apart", "reason": "Another question.", "replies": "on"}
    told = client.post(url, said).content.decode()
    assert "3 posts go to a new topic" in told
    assert Topic.objects.count() == 1
    answer = client.post(url, said | {"sure": "yes"})
    made = Topic.objects.get(title="A thing apart")
    assert answer.url == made.get_absolute_url()
    assert "moved here by a moderator" in client.get(answer.url).content.decode()
    merge = reverse("forum:merge", args=[made.pk])
    assert "no such topic" in client.post(merge, {"into": "12345", "reason": "x"}).content.decode()
    back = {"into": f"https://example.org{topic.get_absolute_url()}", "reason": "After all not."}
    assert "goes behind #6" in client.post(merge, back).content.decode()
    assert client.post(merge, back | {"sure": "yes"}).url == topic.get_absolute_url()
    move = reverse("forum:move", args=[topic.pk])
    there = CategoryFactory(members_only=True)
    into_members = {"category": there.pk, "reason": "For members."}
    assert "finds it no more" in client.post(move, into_members).content.decode()
    client.post(move, into_members | {"sure": "yes"})
    archive = reverse("forum:archive", args=[topic.pk])
    client.post(archive, {"reason": "Done with.", "sure": "yes"})
    client.post(reverse("forum:unarchive", args=[topic.pk]))
    topic.refresh_from_db()
    assert (topic.category, topic.is_archived) == (there, False)
    client.force_login(UserFactory(member=True))
    assert {client.get(reverse(f"forum:{noun}", args=[topic.pk])).status_code for noun in ("split", "merge", "move")} == {403}


# ——— while somebody writes ———


@db
def test_a_reply_is_asked_about_again_where_the_topic_was_moved_or_hidden_meanwhile():
    member, private = UserFactory(member=True), CategoryFactory(private=True)
    seen = Topic.objects.select_related("category").get(pk=TopicFactory().pk)
    Topic.objects.filter(pk=seen.pk).update(category=CategoryFactory(name="Open to all"))
    with pytest.raises(TopicMoved, match="moved to Open to all"):
        reply_to_topic(seen, by=member, body="For those who read here.", at=AT)
    Topic.objects.filter(pk=seen.pk).update(category=private)
    with pytest.raises(Refused):
        reply_to_topic(seen, by=member, body="For those who read here.", at=AT)
    Topic.objects.filter(pk=seen.pk).update(category=seen.category, state="hidden")
    with pytest.raises(Refused):
        reply_to_topic(seen, by=member, body="For those who read here.", at=AT)
    assert Topic.objects.get(pk=seen.pk).last_number == Post.objects.filter(topic=seen).count() == 1


@db
def test_nobody_answers_what_they_may_not_read():
    topic, colleague = TopicFactory(members_only=True), UserFactory(member=True)
    writer = UserFactory(member=True)
    for person in (writer, colleague):
        state_practice("V81998", by=person, at=AT)
    writer, colleague = (User.objects.with_roles().get(pk=person.pk) for person in (writer, colleague))
    kept = reply_to_topic(topic, by=writer, body="Not for us.", at=AT, keep_from_practice=True)
    with pytest.raises(ParentGone):
        reply_to_topic(topic, by=colleague, body="What is it?", at=AT, parent_number=kept.number)
    assert reply_to_topic(topic, by=writer, body="More.", at=AT, parent_number=kept.number).depth == 1


@pytest.mark.django_db(transaction=True)
def test_whoever_withdraws_while_the_post_is_moved_counts_in_the_topic_it_stands_in_now():
    moderator, author, holds = UserFactory(moderator=True), UserFactory(member=True), Flag()
    topic, into = TopicFactory(), TopicFactory()
    post = PostFactory(topic=topic, author=author)

    def move() -> None:
        with transaction.atomic():
            move_posts(topic, by=moderator, numbers=[2], into=into, reason="It belongs there.", at=AT)
            holds.set()
            wait_until_somebody_waits_for_a_lock()
        connection.close()

    thread = Thread(target=move)
    thread.start()
    holds.wait(10)
    withdraw_post(post, by=author, at=AT)  # waits for the old topic's row, and finds the post gone from there
    thread.join()
    assert_counters_are_exact()
    assert into.posts.get(number=2).state == "withdrawn"


# ——— ticking ———
@given(st.sets(st.integers(1, 400), min_size=1))
def test_numbers_are_written_as_they_are_read(numbers):
    assert read_numbers(write_numbers(numbers), last=400) == sorted(numbers)


@db
def test_posts_are_ticked_page_by_page_and_kept(client, moderator):
    topic = TopicFactory()
    PostFactory.create_batch(51, topic=topic)
    persona = PersonaFactory(topic=topic)
    PostFactory(topic=topic, author=None, persona=persona)
    client.force_login(moderator)
    url = reverse("forum:split_posts", args=[topic.pk])
    assert url in client.get(reverse("forum:split", args=[topic.pk])).content.decode()
    page = client.get(url, {"chosen": "", "shown": "1–50", "post": [3, 5, 6, 7], "page": "2"}).content.decode()
    assert "4 chosen: 3, 5–7." in page
    assert 'value="52"' in page
    assert "belongs to this topic" in page
    told = {"chosen": "3, 5–7", "shown": "51–53", "post": [52]}
    page = client.get(url, told | {"page": "1"}).content.decode()
    assert re.findall(r'value="(\d+)" checked', page) == ["3", "5", "6", "7"]
    unticked = {"chosen": "3, 5–7, 52", "shown": "1–50", "post": [5, 6, 7], "done": "1"}
    sent = client.get(url, unticked)
    form = client.get(sent["Location"]).context["form"]
    assert form["posts"].value() == "5–7, 52"
    assert client.get(url, {"page": "9"}).status_code == 404
    assert client.get(url, {"chosen": "nonsense", "post": ["x", "1", "99999"]}).status_code == 200
    client.force_login(UserFactory(member=True))
    assert client.get(url).status_code == 403
