"""Polls in posts: asked once, voted in once by each, counted exactly, closed by the clock."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from common.clock import london_day
from common.verdicts import Refused
from forum.actions.errors import TextRefused
from forum.actions.polls import PollClosed, VoteUnclear, put_poll, take_vote_back, tell_of_closed_polls, vote_in_poll
from forum.actions.posts import reply_to_topic
from forum.actions.reading import follow_topic
from forum.actions.topics import start_topic
from forum.mails import post_letter, posts_letter
from forum.models import Poll, PollVote, Post, Topic
from forum.polling import (
    PollPlan,
    counted_by,
    option_lines,
    options_problem,
    poll_problem,
    poll_view,
    ranked_choices,
    rankings,
    vote_problem,
)
from forum.readers import posts_to_tell_of
from forum.readers.polls import RuleLine, poll_told, ranked_lines, with_polls
from forum.tasks import tell_of_polls
from moderation.actions.reporting import file_report
from moderation.models import Case
from notifications.kinds import event_kind, notice_kind
from notifications.models import Event, Notice, Way
from notifications.ways import default_way
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, CategoryFactory, PersonaFactory, PostFactory, TopicFactory

db = pytest.mark.django_db
WEEK = timedelta(days=7)
PLAN = PollPlan("Which day?", ("Monday", "Tuesday", "Friday"), "single", "always", AT + WEEK)


def asked(**changes) -> Post:
    post = PostFactory()
    put_poll(post, replace(PLAN, **changes), at=AT)
    return post


def counts(post: Post) -> tuple[list[int], int]:
    poll = Poll.objects.get(post=post)
    return poll.counts, poll.voter_count


# ——— pure ———
def test_options_are_lines():
    assert option_lines(" Monday\n\n  Tuesday  morning\r\n") == ("Monday", "Tuesday morning")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["a"], "at least 2"),
        (list("abcdefghijklm"), "12 is the most"),
        (["a", "A"], "twice"),
        (["a", "b" * 101], "100 is the most"),
    ],
)
def test_options_that_cannot_be_voted_on_say_why(options, said):
    assert said in options_problem(options)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"question": ""}, "what the poll asks"),
        ({"question": "x" * 151}, "150 is the most"),
        ({"closes_at": AT}, "still to come"),
        ({"closes_at": AT + timedelta(days=400)}, "a year"),
        ({"options": ("a",)}, "at least 2"),
    ],
)
def test_a_poll_that_cannot_be_asked_says_why(changes, said):
    assert said in poll_problem(replace(PLAN, **changes), at=AT)
    assert poll_problem(PLAN, at=AT) == ""


@given(st.lists(st.integers(-1, 6), max_size=6), st.sampled_from(["single", "several", "ranked"]), st.integers(2, 5))
def test_a_vote_names_options_that_stand_each_once(choices, kind, options):
    fine = bool(choices) and len(set(choices)) == len(choices) and all(0 <= choice < options for choice in choices)
    assert (vote_problem(choices, kind=kind, options=options) == "") == (fine and not (kind == "single" and len(choices) > 1))


@given(st.dictionaries(st.integers(0, 5), st.integers(0, 6)))
def test_places_become_an_order(places):
    order = ranked_choices(places)
    given_places = [place for place in places.values() if place]
    if order is None:
        assert len(set(given_places)) < len(given_places)
    else:
        assert [places[option] for option in order] == sorted(given_places)


@given(st.lists(st.permutations([0, 1, 2]).flatmap(lambda order: st.integers(1, 3).map(lambda most: order[:most])), max_size=8))
def test_every_rule_orders_every_option(votes):
    for result in rankings(3, votes).values():
        assert sorted(option for group in result.ranking for option in group) == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("shown", "mine", "later", "seen"),
    [
        ("always", None, False, True),
        ("voted", None, False, False),
        ("voted", [1], False, True),
        ("voted", None, True, True),
        ("closed", [1], False, False),
        ("closed", None, True, True),
    ],
)
def test_the_numbers_are_kept_back_as_was_said(shown, mine, later, seen):
    told = {
        "question": "?", "options": ["a", "b"], "kind": "single", "shown": shown, "is_named": False,
        "closes_at": AT + WEEK, "counts": [2, 1], "voter_count": 3, "mine": mine,
    }  # fmt: skip
    view = poll_view(told, at=AT + WEEK if later else AT)
    assert (view.shows_counts, view.is_open) == (seen, not later)
    assert view.leading == (["a"] if seen else [])


# ——— votes ———
@db
def test_a_member_votes_changes_and_takes_back():
    post, member = asked(), UserFactory(member=True)
    vote_in_poll(post, by=member, choices=[0], at=AT)
    vote_in_poll(post, by=member, choices=[2], at=AT)
    vote_in_poll(post, by=post.author, choices=[2], at=AT)
    assert counts(post) == ([0, 0, 2], 2)
    assert take_vote_back(post, by=member, at=AT)
    assert not take_vote_back(post, by=member, at=AT)
    assert counts(post) == ([0, 0, 1], 1)


@db
def test_votes_are_refused_with_the_reason():
    post, member = asked(), UserFactory(member=True)
    for choices in ([], [0, 1], [7]):
        with pytest.raises(VoteUnclear):
            vote_in_poll(post, by=member, choices=choices, at=AT)
    with pytest.raises(PollClosed):
        vote_in_poll(post, by=member, choices=[0], at=AT + WEEK)
    with pytest.raises(Refused):
        vote_in_poll(post, by=UserFactory(), choices=[0], at=AT)
    Topic.objects.filter(pk=post.topic_id).update(locked_at=AT)
    with pytest.raises(Refused, match="locked"):
        vote_in_poll(post, by=member, choices=[0], at=AT)
    assert counts(post) == ([0, 0, 0], 0)


@db
def test_the_numbers_equal_a_recount_after_many_votes():
    people = UserFactory.create_batch(4, member=True)
    for kind, some in (("several", [[0, 1], [1], [0, 2], [2, 1]]), ("ranked", [[2, 0], [0], [1, 0, 2], [2]])):
        post = asked(kind=kind)
        for turn in range(3):
            for place, person in enumerate(people):
                vote_in_poll(post, by=person, choices=some[(place + turn) % 4], at=AT)
        take_vote_back(post, by=people[0], at=AT)
        told = [0, 0, 0]
        for choices in PollVote.objects.filter(poll=post.pk).values_list("choices", flat=True):
            for option in counted_by(kind, choices):
                told[option] += 1
        assert counts(post) == (told, 3)


@db
@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_of_a_ranked_poll_equals_what_is_counted_anew_after_every_vote(seed, client, django_assert_num_queries):
    post, chance, people = asked(kind="ranked"), Random(seed), UserFactory.create_batch(4, member=True)

    def seen() -> list[RuleLine]:
        told = with_polls(Post.objects.filter(pk=post.pk), AnonymousUser()).get()
        return ranked_lines(post, poll_told(told, at=AT))

    assert len(seen()) == 7
    for _ in range(12):
        person = chance.choice(people)
        if chance.random() < 0.3:
            take_vote_back(post, by=person, at=AT)
        else:
            vote_in_poll(post, by=person, choices=chance.sample(range(3), chance.randint(1, 3)), at=AT)
        anew = rankings(3, PollVote.objects.filter(poll=post.pk).values_list("choices", flat=True))
        names = dict(zip("012", PLAN.options, strict=True))
        for _ in range(2):
            assert {line.title: line.sentences for line in seen()} == {one.title: one.sentences(names) for one in anew.values()}
    with django_assert_num_queries(1):
        seen()


@db
def test_the_database_holds_one_vote_a_member_and_two_to_twelve_options():
    post, member = asked(), UserFactory(member=True)
    vote_in_poll(post, by=member, choices=[0], at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        PollVote.objects.bulk_create([PollVote(poll_id=post.pk, user=member, choices=[1], voted_at=AT)])
    for name, changes in {
        "poll_has_two_to_twelve_options": {"options": ["a"], "counts": [0]},
        "poll_counts_every_option": {"counts": [0]},
        "poll_kind_is_known": {"kind": "loud"},
        "poll_says_who_sees_its_numbers": {"shown": "never"},
        "poll_asks_something": {"question": ""},
    }.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Poll.objects.filter(post=post).update(**changes)


# ——— asking ———
@db
def test_a_poll_is_stored_with_its_post_or_not_at_all():
    category, member = CategoryFactory(), UserFactory(member=True)
    topic = start_topic(category, by=member, title="When shall we meet?", body="Say.", at=AT, poll=PLAN)
    reply_to_topic(topic, by=member, body="And this?", at=AT, poll=PLAN)
    assert Poll.objects.count() == 2
    for late in (AT + WEEK, AT + timedelta(days=30)):
        with pytest.raises(TextRefused):
            reply_to_topic(topic, by=member, body="Too late", at=late, poll=PLAN)
    assert Post.objects.count() == 2


@db
def test_the_words_of_a_poll_pass_the_screen_like_those_of_the_post(monkeypatch):
    read = []

    class Screen:
        def why_hold(self, by, *, html, **_):
            read.append(html)
            return ""

    monkeypatch.setattr("forum.actions.speaking.forum_screen", Screen)
    reply_to_topic(TopicFactory(), by=UserFactory(member=True), body="Look", at=AT, poll=replace(PLAN, question="A <b>?"))
    assert "A &lt;b&gt;?" in read[0]
    assert "Monday" in read[0]


# ——— pages ———
@db
def test_a_poll_is_asked_and_voted_in_without_script(client):
    topic, member = TopicFactory(), UserFactory(member=True)
    client.force_login(member)
    assert 'value="poll"' in client.get(topic.get_absolute_url()).content.decode()
    url = reverse("forum:reply", args=[topic.pk])
    brought = client.post(url, {"body": "Half written", "preview": "poll"}).content.decode()
    assert "Half written" in brought
    assert "poll-form" in brought
    assert " open><summary>Add a poll" in brought
    fortnight = (london_day(timezone.now()) + timedelta(days=14)).isoformat()
    assert f'name="poll-closes_on" value="{fortnight}"' in brought
    assert "Options</label>" in brought
    said = {"body": "Choose.", "poll-question": "Which day?", "poll-options": "Monday", "poll-kind": "ranked"}
    refused = client.post(url, said).content.decode()
    assert "at least 2 options" in refused
    assert "the last day on which" in refused
    assert "Choose." in refused
    day = (timezone.now() + timedelta(days=5)).date().isoformat()
    client.post(url, said | {"poll-options": "Monday\nTuesday", "poll-closes_on": day})
    post = topic.posts.get(number=2)
    assert "nobody has voted yet" in client.get(reverse("forum:poll", args=[topic.pk, 2])).content.decode()
    vote = reverse("forum:vote", args=[topic.pk, 2])
    assert vote in client.get(topic.get_absolute_url()).content.decode()
    twice = client.post(vote, {"place-0": "1", "place-1": "1"}).content.decode()
    assert "Give each place once" in twice
    assert twice.count('<option value="1" selected>') == 2
    assert "Rank at least one" in client.post(vote, {}).content.decode()
    assert client.post(vote, {"place-1": "1", "place-0": "2"}).status_code == 302
    assert counts(post) == ([0, 1], 1)
    page = client.get(reverse("forum:poll", args=[topic.pk, 2])).content.decode()
    assert "Schulze" in page
    assert "Borda" in page
    client.post(vote, {"back": "1"})
    assert counts(post) == ([0, 0], 0)


@db
def test_names_stand_beside_votes_only_where_that_was_said_and_only_for_members(client):
    voter = UserFactory(member=True, display_name="Nettie Brackwater")
    at = timezone.now()
    for is_named in (True, False):
        post = PostFactory()
        put_poll(post, replace(PLAN, is_named=is_named, closes_at=at + WEEK), at=at)
        vote_in_poll(post, by=voter, choices=[1], at=at)
        url = reverse("forum:poll", args=[post.topic_id, post.number])
        client.logout()
        assert "Nettie" not in client.get(url).content.decode()
        client.force_login(UserFactory(member=True))
        assert ("Nettie Brackwater: Tuesday" in client.get(url).content.decode()) == is_named


@db
def test_a_persona_s_poll_names_its_persona(client):
    persona = PersonaFactory(label="Larchfield")
    post = PostFactory(topic=persona.topic, author=None, persona=persona)
    put_poll(post, replace(PLAN, closes_at=timezone.now() + WEEK), at=AT)
    assert "A poll by Larchfield" in client.get(reverse("forum:poll", args=[post.topic_id, post.number])).content.decode()
    assert {field.name for field in Poll._meta.get_fields()}.isdisjoint({"author", "by", "user"})


@db
def test_a_poll_goes_with_its_post(client):
    post = asked()
    Post.objects.filter(pk=post.pk).update(state="withdrawn", removed_at=AT)
    assert client.get(reverse("forum:poll", args=[post.topic_id, post.number])).status_code == 404
    assert "Which day?" not in client.get(post.topic.get_absolute_url()).content.decode()


# ——— told of the end ———
def told_of(event) -> list[tuple[int, str]]:
    return [(one.user_id, one.notice_kind) for one in event_kind("forum.poll_closed").people(event, after=0, limit=100)]


@db
def test_when_a_poll_closes_its_author_and_its_voters_are_told_once():
    post, voter, muter = asked(), UserFactory(member=True), UserFactory(member=True)
    for person in (voter, muter):
        vote_in_poll(post, by=person, choices=[0], at=AT)
    follow_topic(post.topic, by=muter, level="muted")
    assert tell_of_closed_polls(at=AT + WEEK - timedelta(seconds=1)) == 0
    assert [tell_of_closed_polls(at=AT + WEEK), tell_of_closed_polls(at=AT + WEEK)] == [1, 0]
    event = Event.objects.get(kind="forum.poll_closed")
    assert told_of(event) == sorted([(post.author_id, "forum.own_poll_closed"), (voter.pk, "forum.poll_closed")])
    assert (default_way("forum.own_poll_closed"), default_way("forum.poll_closed")) == (Way.SITE, Way.OFF)
    notice = Notice(pk=1, event=event, user=post.author, at=AT)
    text = notice_kind("forum.own_poll_closed").render(post.author, [notice], AT)[1]
    assert (text.sentence, text.url) == (
        f"Your poll is closed, in “{post.topic.title}”",
        reverse("forum:poll", args=[post.topic_id, post.number]),
    )
    assert text.sentence != notice_kind("forum.poll_closed").render(post.author, [notice], AT)[1].sentence
    Post.objects.filter(pk=post.pk).update(state="withdrawn", removed_at=AT)
    assert told_of(event) == []


@db
def test_of_a_persona_s_poll_the_voters_are_told_and_nobody_else():
    persona = PersonaFactory()
    post = PostFactory(topic=persona.topic, author=None, persona=persona)
    put_poll(post, PLAN, at=AT)
    voter = UserFactory(member=True)
    vote_in_poll(post, by=voter, choices=[0], at=AT)
    assert tell_of_closed_polls(at=AT + WEEK) == 1
    event = Event.objects.get(kind="forum.poll_closed")
    assert told_of(event) == [(voter.pk, "forum.poll_closed")]
    assert event.actor_id is None


@db
def test_a_poll_that_closed_long_ago_is_no_news():
    asked()
    assert tell_of_closed_polls(at=AT + 2 * WEEK) == 1
    assert not Event.objects.filter(kind="forum.poll_closed").exists()
    assert tell_of_polls() == 0


@db
def test_what_is_asked_goes_wherever_the_post_goes_and_its_numbers_nowhere(client, settings):
    settings.INBOUND_SECRET = ""
    post = asked()
    Post.objects.filter(pk=post.pk).update(standing={"facts": {}, "interests": "Owns a pharmacy", "verified": True})
    vote_in_poll(post, by=UserFactory(member=True), choices=[2], at=AT)
    topic, reader = post.topic, UserFactory(member=True, moderator=True)
    client.force_login(reader)
    told = posts_to_tell_of(reader, [post.pk])[post.pk]
    letter = post_letter(told, sentence="Somebody wrote", user=reader, at=AT)
    both = posts_letter([(told, "Somebody wrote")], more=0, user=reader, at=AT)
    file_report(post, by=UserFactory(member=True), reason="rules", text="", at=AT)
    ways = {
        "letter": letter.text, "letter in HTML": letter.html, "letters": both.text, "letters in HTML": both.html,
        "feed": client.get(reverse("forum:topic_feed", args=[topic.pk])).content.decode(),
        "print": client.get(reverse("forum:print", args=[topic.pk])).content.decode(),
        "queue": client.get(reverse("moderation:queue")).content.decode(),
        "case": client.get(reverse("moderation:case", args=[Case.objects.get().pk])).content.decode(),
    }  # fmt: skip
    for way, words in ways.items():
        assert "Which day?" in words, way
        assert ("Friday" in words) == (way != "queue"), way
        assert "voted" not in words and "1 person" not in words, way
    for way in ("letter", "letter in HTML", "letters", "feed"):
        assert "verified member" in ways[way] and "Owns a pharmacy" in ways[way], way


@db
def test_all_that_is_wrong_with_a_poll_is_said_at_once_and_in_the_title_of_the_page(client):
    client.force_login(UserFactory(member=True))
    url = reverse("forum:start", args=[CategoryFactory().slug])
    asked = {"poll-question": "Q" * 151, "poll-options": "One\n" + "z" * 101, "poll-closes_on": "2020-01-01"}
    page = client.post(url, asked | {"title": "A title that is fit", "body": "Words."}).text
    for said in ("151 characters; 150 is the most", "101 characters; 100 is the most", "Choose a day that is still to come"):
        assert said in page
    assert "<title>Error: New topic" in page
