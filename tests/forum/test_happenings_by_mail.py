"""What moderators moved, and a poll that ended, by mail: for whoever wants it so and may still see it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from forum.actions.moving import merge_topics, move_topic, split_topic
from forum.actions.polls import put_poll, tell_of_closed_polls, vote_in_poll
from forum.models import Level, TopicMember
from forum.polling import PollPlan
from mail.kinds import Dropped
from mail.messages import thread_id
from mail.models import Mail
from notifications.actions.preferences import choose_ways
from notifications.expander import expand_next
from notifications.kinds import notice_kind
from notifications.mails import DailyMail, NoticeMail
from notifications.models import Notice, Way
from notifications.ways import default_way, ways_of
from tests.accounts.factories import GroupFactory, UserFactory
from tests.forum.factories import AT, CategoryFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db
KINDS = ("forum.moved", "forum.poll_closed", "forum.own_poll_closed")
WEEK = timedelta(days=7)
PLAN = PollPlan("Which day?", ("Monday", "Friday"), "single", "always", AT + WEEK)


@pytest.fixture
def writer():
    person = UserFactory(member=True)
    choose_ways(dict.fromkeys(KINDS, Way.MAIL), by=person)
    return person


@pytest.fixture
def topic(writer):
    return TopicFactory(author=writer, title="Exam or portfolio?")


@pytest.fixture
def moderator():
    return UserFactory(moderator=True)


def told(at=AT) -> Mail:
    while expand_next(at=at) is not None:
        pass
    return Mail.objects.get()


def written(mail: Mail):
    return NoticeMail().write(mail, at=AT)


@pytest.mark.parametrize("kind", KINDS)
def test_each_of_the_four_ways_may_be_chosen_and_nobody_gets_more_mail_unasked(kind):
    assert set(ways_of(kind)) == {Way.OFF, Way.SITE, Way.DAILY, Way.MAIL}
    assert default_way(kind) in (Way.OFF, Way.SITE)


def test_whose_topic_was_moved_reads_where_it_is_and_why(client, topic, moderator, writer):
    move_topic(topic, by=moderator, category=CategoryFactory(name="Money"), reason="It is about money.", at=AT)
    letter = written(told())
    assert letter.subject == "A moderator moved what you wrote"
    for part in (letter.text, letter.html):
        assert "What you wrote is #1 of “Exam or portfolio?” in Money now. Its old address leads there." in " ".join(part.split())
        assert "It is about money." in part
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"<topic.{topic.pk}@" in letter.headers["References"]
    client.force_login(writer)
    page = client.get(reverse("notifications:list")).text
    assert "A moderator moved what you wrote: it is #1 of “Exam or portfolio?” in Money" in page
    assert "Reply-To" not in letter.headers


@pytest.mark.parametrize("way", ["move", "split", "merge"])
@pytest.mark.parametrize(("access", "place"), [("members", "a topic for members"), ("group", "a topic of a private group")])
def test_what_is_not_for_everybody_is_named_by_no_title(topic, moderator, writer, access, place, way):
    group = GroupFactory(members=[moderator, writer]) if access == "group" else None
    category = CategoryFactory(name="Behind the door", access=access, group=group, moderate_group=group)
    post = PostFactory(topic=topic, author=writer)
    if way == "move":
        move_topic(topic, by=moderator, category=category, reason="So.", at=AT)
    elif way == "split":
        split_topic(topic, by=moderator, numbers=[post.number], title="A secret", category=category, reason="So.", at=AT)
    else:
        merge_topics(topic, by=moderator, into=TopicFactory(category=category, title="A secret"), reason="So.", at=AT)
    letter = written(told())
    said = letter.subject + letter.text + letter.html
    assert [name for name in ("Exam or portfolio", "A secret", "Behind the door") if name in said] == []
    number = 2 if way == "merge" else 1
    assert f"What you wrote is #{number} of {place} now. Its old address leads there." in " ".join(letter.text.split())


@pytest.mark.parametrize("way", ["split", "merged"])
def test_whose_posts_were_split_off_or_merged_is_told_once_of_the_new_place(topic, moderator, writer, way):
    other = TopicFactory(author=writer, title="Rotas that hold")
    PostFactory(topic=topic, author=UserFactory(member=True))
    post = PostFactory(topic=topic, author=writer)
    if way == "split":
        split_topic(
            topic, by=moderator, numbers=[post.number], title="Another thing", category=topic.category, reason="Apart.", at=AT
        )
        place, reason = "#1 of “Another thing”", "Apart."
    else:
        merge_topics(topic, by=moderator, into=other, reason="One thing.", at=AT)
        place, reason = "of “Rotas that hold”", "One thing."
    while expand_next(at=AT) is not None:
        pass
    letters = [written(mail) for mail in Mail.objects.all()]
    assert len(letters) == 1, "one a person, however many posts went"
    assert all(place in letter.text and reason in letter.text for letter in letters)


def test_it_does_not_go_to_whoever_may_read_it_no_more(topic, moderator):
    move_topic(topic, by=moderator, category=CategoryFactory(), reason="So.", at=AT)
    mail = told()
    topic.refresh_from_db()
    topic.category = CategoryFactory(private=True)
    topic.save()
    assert written(mail) == Dropped("may not be seen any more")


def test_one_click_ends_it_for_the_topic(client, settings, topic, moderator, writer):
    move_topic(topic, by=moderator, category=CategoryFactory(), reason="So.", at=AT)
    link = written(told()).headers["List-Unsubscribe"].strip("<>").removeprefix(settings.SITE_URL)
    assert client.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert TopicMember.objects.get(user=writer, topic=topic).level == Level.MUTED
    topic.refresh_from_db()
    move_topic(topic, by=moderator, category=CategoryFactory(), reason="Again.", at=AT)
    while expand_next(at=AT) is not None:
        pass
    assert Notice.objects.filter(kind="forum.moved").count() <= 1


def test_a_poll_that_ended_is_told_by_what_it_asked_and_never_by_its_numbers(topic, writer):
    post = topic.posts.get()
    put_poll(post, PLAN, at=AT)
    voter = UserFactory(member=True)
    choose_ways({"forum.poll_closed": Way.MAIL}, by=voter)
    vote_in_poll(post, by=voter, choices=[0], at=AT)
    tell_of_closed_polls(at=AT + WEEK)
    while expand_next(at=AT + WEEK) is not None:
        pass
    letters = {mail.address.account_id: written(mail) for mail in Mail.objects.select_related("address")}
    assert letters[writer.pk].subject == "Your poll is closed"
    assert letters[voter.pk].subject == "The poll that you voted in is closed"
    for person, letter in letters.items():
        hangs = letter.headers["References"].split()
        assert hangs == [thread_id(f"topic.{topic.pk}"), thread_id(f"post.{post.pk}", person)], "below its post, not beside it"
        assert letter.headers["In-Reply-To"] == hangs[-1]
        for part in (letter.text, letter.html):
            assert "Which day?" in part
            assert "Monday" not in part
            assert f"/forum/topics/{topic.pk}/posts/1/poll/" in part


def test_all_of_them_stand_in_the_daily_mail(topic, moderator, writer):
    choose_ways(dict.fromkeys(KINDS, Way.DAILY), by=writer)
    put_poll(topic.posts.get(), PLAN, at=AT)
    move_topic(topic, by=moderator, category=CategoryFactory(), reason="So.", at=AT)
    tell_of_closed_polls(at=AT + WEEK)
    daily = told(at=AT + WEEK)
    assert daily.kind == "notifications.daily"
    letter = DailyMail().write(daily, at=AT + WEEK)
    assert "Your poll is closed" in letter.text
    assert "A moderator moved what you wrote" in letter.text


def test_the_page_of_preferences_offers_mail_for_them(client, writer):
    client.force_login(writer)
    page = client.get("/notices/preferences/").text
    for kind in KINDS:
        assert notice_kind(kind).label in page
