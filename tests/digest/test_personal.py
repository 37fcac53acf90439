"""What is written for one reader alone: unfinished answers, replies, what they follow; nothing that they have read."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from consultation.actions.answering import save_answers
from consultation.actions.sealing import seal_answers
from consultation.actions.writing import change_details
from consultation.detachment import new_key
from digest.models import Delivery, Edition, Subscription
from digest.personal import personal_of, personal_sections
from digest.readership import classes_of, reader_for
from digest.sources.sight import seen_topics
from digest.ticking import tick
from forum.models import Category, Post, Topic, TopicMember
from mail.models import Address
from tests.accounts.factories import GroupFactory, UserFactory
from tests.consultation.factories import DAY, a_draft, opened
from tests.digest.factories import MONDAY, WEDNESDAY, SubscriptionFactory
from tests.digest.test_contents import BEFORE, IN_WEEK, cut, topic
from tests.forum.factories import CategoryFactory, PersonaFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db


def reader(**roles):
    user = UserFactory(**({"member": True} | roles))
    SubscriptionFactory(address=Address.objects.get(account=user))
    return user


def follow(user, *topics, level="watching", last_read=0):
    for each in topics:
        TopicMember.objects.update_or_create(
            user=user,
            topic=each,
            defaults={"level": level, "last_read": last_read, "read_at": BEFORE if last_read else None, "because": "chosen"},
        )


def own(user, edition=None, items=()):
    edition = edition or Edition.objects.cut().newest_first().first()
    return {section.name: section for section in personal_of(edition, user.pk, reader_for(user), items, at=WEDNESDAY)}


def asked_of_members(*, at=IN_WEEK, mode="named"):
    organiser = UserFactory(organiser=True)
    draft = change_details(a_draft(by=organiser, title="Which route", at=at - DAY), identity_mode=mode, by=organiser, at=at - DAY)
    return opened(draft, category=CategoryFactory(), by=organiser, at=at)


def begin(user, asked, *, at=IN_WEEK + timedelta(hours=1)):
    save_answers(asked, {"why": "A secret opinion."}, by=user, at=at)


def words(section):
    return " ".join(" ".join(part.text for part in section.parts).split())


def test_what_was_read_on_the_site_does_not_come(send):
    user, other = reader(), reader()
    read, half = topic("Read to the end", posts=2), topic("Read in part", posts=2)
    follow(user, read, level="normal", last_read=2)
    follow(user, half, level="normal", last_read=1)
    PostFactory(topic=read, created_at=MONDAY + timedelta(hours=1))
    cut()
    mails = {mail.recipient: mail.text for mail in send(WEDNESDAY)}
    assert "Read to the end" not in mails[user.email], "what was written after the cut is for the next edition"
    assert "Read in part" in mails[user.email]
    assert "Read to the end" in mails[other.email]


def test_who_has_read_everything_is_told_so(send):
    user = reader()
    follow(user, topic("Read to the end"), level="normal", last_read=1)
    cut()
    text = " ".join(send(WEDNESDAY)[0].text.split())
    assert "Nothing new was written that you can read this week that you have not read on the site" in text


def test_topics_that_i_follow_come_with_how_much_is_new_and_how_many_were_silent():
    user = reader()
    busy, silent, old = (topic(title, at=BEFORE) for title in ("Busy thread", "Silent thread", "Muted thread"))
    for _ in range(3):
        PostFactory(topic=busy, created_at=IN_WEEK)
    PostFactory(topic=old, created_at=IN_WEEK)
    follow(user, busy, last_read=2)
    follow(user, silent, level="tracking", last_read=1)
    follow(user, old, level="muted")
    edition = cut()
    told = words(own(user, edition)["followed"])
    assert "Busy thread" in told
    assert "2 posts new to you. You follow this topic." in told
    assert "1 of your 2 followed topics had nothing new." in told
    assert "Muted thread" not in told
    assert "Silent thread" not in told


def test_silence_in_all_that_i_follow_is_said_and_is_no_reason_to_write(send):
    user, other = reader(), reader()
    for each in (user, other):
        follow(each, topic("Silent thread", at=BEFORE), topic("Another one", at=BEFORE), last_read=1)
    Subscription.objects.filter(address__account=other).update(when_empty="none")
    cut()
    (mail,) = send(WEDNESDAY)
    assert mail.recipient == user.email
    assert "Your 2 followed topics had nothing new." in mail.text
    assert Delivery.objects.get(address__account=other).reason == "nothing new this week, and no short edition wanted"


def test_what_the_edition_tells_of_is_not_told_twice(send):
    user = reader()
    told = topic("In the best of the week", posts=2)
    follow(user, told)
    cut()
    mail = send(WEDNESDAY)[0]
    assert mail.text.count("In the best of the week") == 1
    assert "WHAT YOU FOLLOW" not in mail.text


def test_a_followed_topic_that_closed_to_me_is_neither_named_nor_counted():
    user = reader(member=False)
    private, public = topic("Members thread", at=BEFORE, members_only=True), topic("Public thread", at=BEFORE)
    for each in (private, public):
        PostFactory(topic=each, created_at=IN_WEEK)
    follow(user, private, public)
    told = words(own(user, cut())["followed"])
    assert "Public thread" in told
    assert "Members thread" not in told
    assert "of your" not in told


def test_an_answer_to_my_post_in_anothers_topic_comes_until_it_is_read():
    user = reader()
    thread = topic("Somebody else's", at=BEFORE)
    mine = PostFactory(topic=thread, author=user, created_at=BEFORE)
    PostFactory(topic=thread, created_at=IN_WEEK, parent=mine, body="Here is an answer.")
    PostFactory(topic=thread, created_at=IN_WEEK, body="To nobody in particular.")
    edition = cut()
    told = words(own(user, edition)["personal"])
    assert "“Here is an answer.”" in told
    assert "It answers what you wrote." in told
    assert "nobody in particular" not in told
    follow(user, thread, level="normal", last_read=4)
    assert own(user, edition) == {}


def test_a_topic_of_mine_that_the_edition_tells_of_is_quoted_once(send):
    user = reader()
    mine = topic("Mine, and the best of the week", author=user)
    PostFactory(topic=mine, created_at=IN_WEEK, body="An answer that people thanked for.")
    Post.objects.filter(topic=mine, number=2).update(thanks_count=3)
    edition = cut()
    mail = send(WEDNESDAY)[0]
    assert mail.text.count("An answer that people thanked for.") == 1
    assert "You began this topic." in mail.text
    assert "An answer that people thanked for." in words(own(user, edition)["personal"]), "where nothing else tells of it"


def test_an_answer_is_quoted_in_its_writers_own_words(send):
    user = reader()
    mine = topic("A question of mine", author=user)
    PostFactory(topic=mine, created_at=IN_WEEK, body="> A sentence worth quoting.\n\nMy answer to it.")
    cut()
    mail = send(WEDNESDAY)[0]
    assert "“My answer to it.”" in mail.text
    assert mail.text.count("A sentence worth quoting.") == 1, "by the best of the week, from the post that says so"


def test_answers_to_a_pseudonym_come_to_nobody():
    user = reader()
    thread = topic("Under a pseudonym", at=BEFORE)
    persona = PersonaFactory(topic=thread, label="Larchfield")
    masked = PostFactory(topic=thread, author=None, persona=persona, created_at=BEFORE)
    PostFactory(topic=thread, created_at=IN_WEEK, parent=masked)
    edition = cut()
    assert own(user, edition) == {}
    assert own(thread.author, edition).keys() <= {"personal"}


def test_what_happens_in_a_group_is_counted_and_named_on_the_site_only():
    user = reader()
    group = GroupFactory(members=[user])
    room = CategoryFactory(access="group", group=group, name="Salary talks")
    mine = topic("A private question", author=user, category=room, at=BEFORE)
    PostFactory(topic=mine, created_at=IN_WEEK, body="A private answer.")
    told = own(user, cut())["personal"]
    assert words(told) == "1 in your groups, named on the site only."
    assert "rivate" not in "".join(part.html for part in told.parts)


@pytest.mark.parametrize("mode", ["named", "confidential"])
def test_a_consultation_that_i_have_begun_comes_with_its_deadline_and_no_answer(mode):
    user, other = reader(), reader()
    begin(user, asked_of_members(mode=mode))
    edition = cut()
    section = own(user, edition)["unfinished"]
    assert "Which route" in words(section)
    assert "You began to answer and have not sent it." in words(section)
    assert section.parts[0].due.startswith("Closes in ")
    assert "secret" not in section.parts[0].html
    assert "unfinished" not in own(other, edition)


def test_of_a_detached_one_nobody_is_told_that_they_have_begun():
    user = reader()
    asked = asked_of_members(mode="detached")
    seal_answers(asked, {"why": "A secret opinion."}, by=user, at=IN_WEEK, key=new_key())
    assert own(user, cut()) == {}


def test_it_is_not_repeated_before_it_is_about_to_close():
    user = reader()
    asked = asked_of_members(at=MONDAY - timedelta(days=38))
    begin(user, asked, at=MONDAY - timedelta(days=37))
    assert "unfinished" not in own(user, cut(MONDAY - timedelta(days=14)))
    assert own(user, cut())["unfinished"].parts[0].due.startswith("Closes in 2 days: ")


def test_own_parts_cost_the_same_for_two_readers_and_for_seven():
    counts = []
    asked = asked_of_members()
    for size in (2, 5):
        for _ in range(size):
            user = reader()
            thread = topic("Mine", author=user, at=BEFORE)
            followed = topic("Followed", at=BEFORE)
            for each in (thread, followed):
                PostFactory(topic=each, created_at=IN_WEEK)
            follow(user, followed)
            begin(user, asked)
        if size == 2:
            cut()
        tick(at=WEDNESDAY)
        Delivery.objects.update(body=None)
        rows = list(Delivery.objects.select_related("address", "edition", "subscription"))
        readers = classes_of(row.address.account_id for row in rows)
        with CaptureQueriesContext(connection) as told:
            found = personal_sections(rows, readers, at=WEDNESDAY)
        assert {len(sections) for sections in found.values()} == {3}
        counts.append(len(told))
    assert counts[0] == counts[1]


def test_what_readers_of_one_sight_may_see_is_asked_again_when_a_row_changed_on_which_it_hangs():
    one, other, topic = UserFactory(member=True), UserFactory(member=True), TopicFactory(members_only=True)

    def statements(*readers):
        with CaptureQueriesContext(connection) as asked:
            seen = seen_topics({user.pk: User.objects.with_roles().get(pk=user.pk) for user in readers}, [topic.pk])
        return [topic.pk in seen[user.pk] for user in readers], len(asked) - len(readers)

    assert statements(one) == ([True], 2)
    assert statements(one, other) == ([True, True], 1)
    Category.objects.filter(pk=topic.category_id).update(access="group", group=GroupFactory())
    assert statements(one, other) == ([False, False], 2)
    Category.objects.filter(pk=topic.category_id).update(access="members", group=None)
    assert statements(one) == ([True], 2)
    Topic.objects.filter(pk=topic.pk).update(state="hidden")
    assert statements(one, other) == ([False, False], 2)
