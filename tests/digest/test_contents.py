"""What stands in an edition, for whom: chosen at the cut, asked again when sent and when read."""

import itertools
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions.roles import revoke_role
from common.clock import london_day
from common.models import AuditEntry, AuditHead
from consultation.actions.opening import extend_consultation
from consultation.actions.pausing import pause_consultation
from consultation.actions.withdrawing import withdraw_consultation
from digest.actions.editions import EditionIsOut, TermHasItsEdition, cut_due_edition, cut_now, draft_edition, write_note
from digest.calendar import cut_after
from digest.desk import desk_of
from digest.models import Delivery, Edition, Item
from digest.readership import VISITOR, Lookout
from digest.sending import Press, send_due
from digest.ticking import tick
from digest.trials import preview_of
from forum.models import Post, Topic
from mail.models import Address
from tests.accounts.factories import UserFactory
from tests.consultation.factories import a_published_one, an_open_one
from tests.digest.conftest import QUICK
from tests.digest.factories import MONDAY, WEDNESDAY, SubscriptionFactory
from tests.forum.factories import CategoryFactory, PersonaFactory, PostFactory, TopicFactory

pytestmark = pytest.mark.django_db
IN_WEEK = MONDAY - timedelta(days=3)
BEFORE = MONDAY - timedelta(days=30)


def topic(title, *, posts=1, at=IN_WEEK, quote="A sentence worth quoting.", thanks=0, **kwargs):
    made = TopicFactory(title=title, created_at=at, body=quote, **kwargs)
    for _ in range(posts - 1):
        PostFactory(topic=made, created_at=at)
    Post.objects.filter(topic=made, number=1).update(thanks_count=thanks)
    return made


def cut(at=MONDAY):
    draft_edition(at=at - timedelta(days=1))
    return cut_due_edition(at=at)


def reader(**roles):
    user = UserFactory(**roles)
    SubscriptionFactory(address=Address.objects.get(account=user))
    return user


def titles(edition):
    return list(Item.objects.filter(edition=edition).order_by("position").values_list("title", flat=True))


def kinds_in(edition, section="consultations"):
    return list(Item.objects.filter(edition=edition, section=section).order_by("position").values_list("kind", flat=True))


def on_the_web(client, edition, user=None):
    client.logout()
    if user:
        client.force_login(user)
    with time_machine.travel(WEDNESDAY, tick=False):
        response = client.get(reverse("digest:edition", args=[edition.number]))
    assert response.status_code == 200
    return response.text


def test_tells_of_the_week_and_of_nothing_before_or_after():
    topic("Long ago and quiet", at=BEFORE)
    topic("Within the week")
    topic("After the cut", at=MONDAY)
    woken = topic("An old thread that woke up", at=BEFORE)
    PostFactory(topic=woken, created_at=IN_WEEK)
    edition = cut()
    assert set(titles(edition)) == {"Within the week", "An old thread that woke up"}
    assert Item.objects.get(title="An old thread that woke up").why == "Begun on 17 October 2026, and busy again."


def test_what_moved_most_people_stands_first_with_its_best_sentence_and_the_reason():
    room = CategoryFactory(name="Running the practice")
    topic("Quiet", category=room)
    loud = topic("Loud", category=room, posts=6)
    best = Post.objects.get(topic=loud, number=4)
    Post.objects.filter(pk=best.pk).update(thanks_count=9, html="<p>Tuesday afternoons.</p>")
    first, second = Item.objects.filter(edition=cut()).order_by("position")
    assert (first.title, second.title, first.quoted_id) == ("Loud", "Quiet", best.pk)
    assert "“Tuesday afternoons.”" in first.fragment_text
    assert "Running the practice, 6 posts by 6 people this week. New this week." in " ".join(first.fragment_text.split())
    assert best.get_absolute_url() in first.fragment_html


def test_nothing_is_told_two_weeks_running_unless_it_is_picked():
    old = topic("Told last week")
    first = cut()
    PostFactory(topic=old, created_at=MONDAY + timedelta(days=1))
    topic("New this week", at=MONDAY + timedelta(days=1))
    second = cut(MONDAY + timedelta(days=7))
    assert (titles(first), titles(second)) == (["Told last week"], ["New this week"])
    PostFactory(topic=old, created_at=MONDAY + timedelta(days=8))
    assert titles(cut(MONDAY + timedelta(days=14))) == ["Told last week"]


def test_picks_stand_first_in_the_editors_order():
    one, two, _ = topic("One"), topic("Two"), topic("Three", posts=5)
    draft = draft_edition(at=MONDAY - timedelta(days=1))
    editor = UserFactory(organiser=True)
    write_note(draft, by=editor, headline="H", note="*N*", picks=[("topic", two.pk), ("topic", one.pk), ("topic", 0)], at=IN_WEEK)
    edition = cut_due_edition(at=MONDAY)
    assert titles(edition) == ["Two", "One", "Three"]
    assert set(Item.objects.filter(section="picks").values_list("why", flat=True)) == {"Picked by the editor."}
    assert edition.editors_note_html == "<p><em>N</em></p>\n"
    with pytest.raises(EditionIsOut):
        write_note(edition, by=editor, headline="", note="", picks=[], at=MONDAY)


@pytest.mark.parametrize("audience", ["visitor", "account without a role", "member", "moderator"])
def test_each_reader_gets_what_they_may_see_and_nothing_else(client, send, audience):
    """Reader × public, members-only, hidden, pending, persona; by mail, as text and HTML, and on the web."""
    topic("Public title", quote="Public words.")
    topic("Members title", quote="Members words.", members_only=True)
    topic("Hidden title", quote="Hidden words.", hidden=True)
    topic("Pending title", quote="Pending words.", pending=True)
    thread = topic("Thread title", quote="Opening words.")
    PostFactory(topic=thread, created_at=IN_WEEK, hidden=True, body="Removed words.", thanks_count=50)
    PostFactory(topic=thread, created_at=IN_WEEK, pending=True, body="Screened words.", thanks_count=50)
    persona = PersonaFactory(topic=thread, label="Larchfield")
    PostFactory(topic=thread, created_at=IN_WEEK, author=None, persona=persona, body="Masked words.")
    edition = cut()
    roles = {"visitor": None, "account without a role": {}, "member": {"member": True}, "moderator": {"moderator": True}}
    who = roles[audience]
    user = reader(**who) if who is not None else None
    if user is None:
        SubscriptionFactory()
    (mail,) = send(WEDNESDAY)
    members = audience in {"member", "moderator"}
    for told in (mail.text, mail.html, on_the_web(client, edition, user)):
        assert ("Public title" in told, "Public words." in told, "Thread title" in told) == (True, True, True)
        assert ("Members title" in told) == ("Members words." in told) == members
        for never in ("Hidden title", "Hidden words", "Pending title", "Pending words", "Removed words", "Screened words"):
            assert never not in told
    assert "Members" not in mail.message["Subject"]


REMOVALS = {
    "topic hidden": lambda made: Topic.objects.filter(pk=made.pk).update(state="hidden"),
    "topic moved to members": lambda made: Topic.objects.filter(pk=made.pk).update(category=CategoryFactory(members_only=True)),
    "post withdrawn": lambda made: Post.objects.filter(topic=made).update(state="withdrawn", removed_at=MONDAY),
    "fragment erased": lambda made: Item.objects.filter(object_id=made.pk).update(fragment_html="", fragment_text=""),
}


@pytest.mark.parametrize("change", REMOVALS.values(), ids=REMOVALS.keys())
@pytest.mark.parametrize("prepared", [True, False], ids=["after the rows are made", "before"])
def test_what_is_taken_away_after_the_cut_is_neither_sent_nor_shown(client, sink, change, prepared):
    made = topic("Now you see it", quote="Now you do not.")
    topic("It stays")
    edition = cut()
    SubscriptionFactory()
    if prepared:
        tick(at=WEDNESDAY)
    change(made)
    tick(at=WEDNESDAY)
    send_due(clock=lambda: WEDNESDAY, limits=QUICK)
    (mail,) = sink.received
    for told in (mail.text, mail.html, on_the_web(client, edition)):
        assert "It stays" in told
        assert "Now you see it" not in told
        assert "Now you do not" not in told
    assert mail.message["Subject"] == "No. 1: It stays"


def test_who_is_no_longer_a_member_gets_what_visitors_get(sink):
    topic("Members title", members_only=True)
    cut()
    user = reader(member=True)
    tick(at=WEDNESDAY)
    revoke_role(user, role="member", by=None, at=WEDNESDAY)
    send_due(clock=lambda: WEDNESDAY, limits=QUICK)
    assert "Members title" not in sink.received[0].text


def test_the_subject_names_nothing_private(send):
    topic("A members' matter", members_only=True, posts=9)
    topic("A public matter")
    cut()
    reader(member=True)
    assert send(WEDNESDAY)[0].message["Subject"] == "No. 1: A public matter"


def test_chosen_categories_narrow_it_and_picks_come_all_the_same(send):
    mine, other = CategoryFactory(), CategoryFactory()
    topic("Mine", category=mine)
    topic("Other", category=other)
    picked = topic("Picked", category=other)
    draft = draft_edition(at=MONDAY - timedelta(days=1))
    write_note(draft, by=UserFactory(director=True), headline="", note="", picks=[("topic", picked.pk)], at=IN_WEEK)
    cut_due_edition(at=MONDAY)
    SubscriptionFactory(categories=[mine.pk])
    text = send(WEDNESDAY)[0].text
    assert ("Mine" in text, "Picked" in text, "Other" in text) == (True, True, False)


def test_a_thin_week_is_explained(send):
    topic("Elsewhere")
    cut()
    SubscriptionFactory(categories=[CategoryFactory().pk])
    text = " ".join(send(WEDNESDAY)[0].text.split())
    assert "Nothing new was written in the categories you chose this week" in text
    assert "A short mail is better than a padded one." in text


def test_replies_to_my_own_topics_come_to_me_alone(client, send):
    user = reader(member=True)
    stranger = reader(member=True)
    mine = topic("My own question", author=user, at=BEFORE)
    PostFactory(topic=mine, author=user, created_at=IN_WEEK, body="My own words.")
    PostFactory(topic=mine, author=stranger, created_at=IN_WEEK, body="An earlier answer.")
    PostFactory(topic=mine, created_at=IN_WEEK + timedelta(hours=1), author__display_name="Gethin Parrish", body="We copied it.")
    edition = cut()
    by_reader = {mail.recipient: mail.text for mail in send(WEDNESDAY)}
    assert "REPLIES TO YOU" in by_reader[user.email]
    assert "“We copied it.”" in by_reader[user.email]
    assert "Gethin Parrish and 1 other, in" in by_reader[user.email]
    assert "REPLIES TO YOU" not in by_reader[stranger.email]
    assert "Replies to you" in on_the_web(client, edition, user)
    assert "Replies to you" not in on_the_web(client, edition, stranger)
    assert "Replies to you" not in on_the_web(client, edition)


def test_replies_in_a_room_that_closed_to_me_do_not_come(send):
    user = reader()
    mine = topic("Mine once", author=user, members_only=True)
    PostFactory(topic=mine, created_at=IN_WEEK)
    cut()
    assert "Mine once" not in send(WEDNESDAY)[0].text


def test_a_consultation_is_told_when_it_opens_and_once_before_it_closes(client, send):
    opened = MONDAY - timedelta(days=2)
    asked = an_open_one(by=UserFactory(organiser=True), at=opened, title="Which route should we build")
    first = cut()
    item = Item.objects.get(edition=first, kind="consultation.opened")
    assert (item.section, item.closes_at) == ("consultations", asked.closes_at)
    assert titles(first) == ["Which route should we build"], "its debate is told of once somebody has written in it"
    SubscriptionFactory()
    mail = send(WEDNESDAY)[0]
    days = (asked.closes_at.date() - WEDNESDAY.date()).days
    assert f"Closes in {days} days: " in mail.text
    assert f"Closes in {days} days: " in on_the_web(client, first)
    kinds = {week: kinds_in(cut(MONDAY + timedelta(days=7 * week))) for week in range(1, 7)}
    assert {week: found for week, found in kinds.items() if found} == {4: ["consultation.closing"]}
    assert MONDAY + timedelta(days=7 * 5) < asked.closes_at, "whoever is served last of that edition can still answer"


def test_a_deadline_that_changed_is_told_once_more():
    organiser = UserFactory(organiser=True)
    asked = an_open_one(by=organiser, at=MONDAY - timedelta(days=30), title="Which route should we build")
    assert kinds_in(cut()) == ["consultation.closing"]
    later = london_day(asked.closes_at) + timedelta(days=5)
    extend_consultation(asked, closes_on=later, reason="Half of Wales had no post.", by=organiser, at=MONDAY + timedelta(days=1))
    assert kinds_in(cut(MONDAY + timedelta(days=7))) == ["consultation.closing"]
    assert kinds_in(cut(MONDAY + timedelta(days=14))) == []


def test_a_paused_consultation_is_told_without_an_end_and_never_as_closing(send):
    organiser = UserFactory(organiser=True)
    new = an_open_one(by=organiser, at=MONDAY - timedelta(days=2), title="Begun and stopped")
    old = an_open_one(by=organiser, at=MONDAY - timedelta(days=35), title="Stopped near its end")
    late = an_open_one(by=organiser, at=MONDAY - timedelta(days=36), title="Stopped after the cut")
    for each in (new, old):
        pause_consultation(each, note="A figure is wrong.", by=organiser, at=MONDAY - timedelta(days=1))
    told = {item.title: item for item in Item.objects.filter(edition=cut(), section="consultations")}
    assert set(told) == {"Begun and stopped", "Stopped after the cut"}
    assert told["Begun and stopped"].closes_at is None
    assert "Answers are paused for the moment" in " ".join(told["Begun and stopped"].fragment_text.split())
    pause_consultation(late, note="A figure is wrong.", by=organiser, at=MONDAY + timedelta(days=1))
    SubscriptionFactory()
    mail = send(WEDNESDAY)[0]
    assert "Begun and stopped" in mail.text
    assert "Stopped after the cut" not in mail.text


def test_a_deadline_is_told_as_it_stands_when_the_letter_is_written(client, send):
    organiser = UserFactory(organiser=True)
    asked = an_open_one(by=organiser, at=MONDAY - timedelta(days=35), title="Which route should we build")
    edition = cut()
    later = london_day(asked.closes_at) + timedelta(days=14)
    extend_consultation(asked, closes_on=later, reason="Half of Wales had no post.", by=organiser, at=MONDAY + timedelta(days=1))
    SubscriptionFactory()
    told = f"Closes in {(later - london_day(WEDNESDAY)).days} days: "
    assert told in send(WEDNESDAY)[0].text
    assert told in on_the_web(client, edition)


def test_nobody_is_asked_for_an_answer_that_is_not_taken_any_more(client, send):
    asked = an_open_one(by=UserFactory(organiser=True), at=MONDAY - timedelta(days=41), title="Which route should we build")
    edition = cut()
    assert MONDAY < asked.closes_at < WEDNESDAY
    SubscriptionFactory()
    mail = send(WEDNESDAY)[0]
    assert "Which route should we build" not in mail.text + mail.html + mail.message["Subject"]
    assert "Closed on" in on_the_web(client, edition), "the archive says how it stands"


def test_a_withdrawn_consultation_is_asked_of_nobody(send):
    organiser = UserFactory(organiser=True)
    asked = an_open_one(by=organiser, at=MONDAY - timedelta(days=2), title="Which route should we build")
    cut()
    SubscriptionFactory()
    withdraw_consultation(asked, reason="A mistake in the options.", by=organiser, at=WEDNESDAY)
    assert "HAVE YOUR SAY" not in send(WEDNESDAY)[0].text


def test_editions_follow_each_other_without_gap_or_overlap():
    for week in range(4):
        cut(MONDAY + timedelta(days=7 * week))
    windows = list(Edition.objects.order_by("number").values_list("window", flat=True))
    assert all(one.upper == two.lower for one, two in itertools.pairwise(windows))


def test_after_an_outage_one_edition_tells_of_all_of_it():
    cut()
    draft_edition(at=MONDAY)
    topic("While nobody looked", at=MONDAY + timedelta(days=2))
    late = cut_due_edition(at=MONDAY + timedelta(days=15))
    assert (late.number, late.starts, late.ends) == (2, MONDAY, MONDAY + timedelta(days=14))
    assert titles(late) == ["While nobody looked"]
    assert cut_due_edition(at=MONDAY + timedelta(days=15)) is None


def test_a_first_edition_may_be_cut_at_once_and_no_second_in_its_week():
    draft = draft_edition(at=WEDNESDAY)
    editor = UserFactory(organiser=True)
    edition = cut_now(draft, by=editor, at=WEDNESDAY)
    assert (edition.cut_off, edition.ends) == (MONDAY, WEDNESDAY)
    following = draft_edition(at=WEDNESDAY)
    assert (following.number, following.starts) == (2, WEDNESDAY)
    with pytest.raises(TermHasItsEdition):
        cut_now(following, by=editor, at=WEDNESDAY + timedelta(days=1))
    with pytest.raises(EditionIsOut):
        cut_now(edition, by=editor, at=WEDNESDAY)


def test_a_preview_shows_what_the_cut_would_send():
    topic("Public title")
    topic("Members title", members_only=True)
    draft = draft_edition(at=MONDAY - timedelta(days=1))
    member = UserFactory(organiser=True)
    seen = {
        who: " ".join(item.title for item in preview_of(draft, viewer, editor=member, at=MONDAY).items)
        for who, viewer in (("member", member), ("visitor", AnonymousUser()))
    }
    assert "Members title" in seen["member"]
    assert "Members title" not in seen["visitor"]
    (shelf,) = desk_of(draft, editor=UserFactory(organiser=True), at=MONDAY).shelves
    assert len(shelf.rows) == 2
    assert not Item.objects.exists()


def test_sending_costs_the_same_statements_for_each_batch_however_many_readers_and_items(sink):
    counts = []
    for size in (2, 7):
        for number in range(size):
            topic(f"Topic {size} {number}", at=MONDAY + timedelta(days=7 * size - 3))
        cut(MONDAY + timedelta(days=7 * size))
        at = WEDNESDAY + timedelta(days=7 * size)
        SubscriptionFactory.create_batch(size, next_due_at=at)
        tick(at=at)
        rows = Delivery.objects.filter(state="pending").count()
        with CaptureQueriesContext(connection) as told:
            send_due(clock=lambda at=at: at, limits=QUICK)
        counts.append(len(told) - rows)  # a statement each
    assert counts[0] == counts[1]


def test_what_a_press_has_kept_goes_to_nobody_once_its_words_changed(sink):
    topic("One partner left", at=MONDAY - timedelta(days=2))
    edition, press = cut(), Press()
    for hour, headline in enumerate(("As it was", "As it is")):
        Edition.objects.filter(pk=edition.pk).update(headline=headline)
        at = WEDNESDAY + timedelta(minutes=hour)
        SubscriptionFactory(next_due_at=at)
        tick(at=at)
        send_due(clock=lambda at=at: at, limits=QUICK, press=press)
    assert ["As it was" in mail.html for mail in sink.received] == [True, False]
    assert "As it is" in sink.received[1].html


def test_who_may_see_what_is_asked_anew_where_a_row_changed_and_by_the_clock_where_that_may_change_it():
    an_open_one(by=UserFactory(organiser=True), at=MONDAY - timedelta(days=2))
    thread = topic("One partner left", at=MONDAY - timedelta(days=2))
    items, lookout = list(Item.objects.filter(edition=cut())), Lookout()

    def asked(seconds):
        with CaptureQueriesContext(connection) as told:
            seen.append(lookout.now(items, at=WEDNESDAY + timedelta(seconds=seconds)).of(VISITOR))
        return [each["sql"].split(" FROM ")[1].split()[0].strip('"') for each in told if "xmin" not in each["sql"]]

    seen = []
    assert asked(0) == ["consultation_consultation", "forum_topic", "forum_post"]
    assert asked(20) == []
    assert asked(31) == ["consultation_consultation"]
    Topic.objects.filter(pk=thread.pk).update(state="hidden")
    assert "forum_topic" in asked(32)
    assert [len(each) for each in seen] == [2, 2, 2, 1]


def test_a_web_copy_costs_the_same_for_two_items_and_for_seven(client):
    counts = []
    for size in (2, 7):
        for number in range(size):
            topic(f"Topic {size} {number}", at=MONDAY + timedelta(days=7 * size - 3))
        edition = cut(MONDAY + timedelta(days=7 * size))
        client.get(reverse("digest:edition", args=[edition.number]))
        with CaptureQueriesContext(connection) as told:
            client.get(reverse("digest:edition", args=[edition.number]))
        counts.append(len(told))
    assert counts == [4, 4]


def test_an_outcome_is_told_in_the_week_of_its_publication(client):
    published = a_published_one(by=UserFactory(organiser=True))
    monday = cut_after(published.published_at)
    edition = cut(monday)
    item = Item.objects.get(edition=edition, kind="outcome")
    assert (item.object_id, item.title) == (published.pk, "Routes to accreditation")
    assert "0 responses were counted. Its results were published this week." in item.fragment_text
    assert "What became of it" in on_the_web(client, edition)
    assert not Item.objects.filter(edition=cut(monday + timedelta(days=7)), section="outcomes").exists()


def test_the_root_over_all_answers_is_printed_in_the_week_of_the_close(client):
    consultation = a_published_one(by=UserFactory(organiser=True), answers=2)
    edition = cut(cut_after(consultation.closed_at))
    item = Item.objects.get(edition=edition, kind="consultation.root")
    assert consultation.root.spelt in item.fragment_text.replace("\n", "").replace(" ", "")
    assert "2 answers were fixed at the close." in item.fragment_text
    assert f"/consultations/{consultation.slug}/verify/" in item.fragment_text
    assert consultation.root.spelt in on_the_web(client, edition).replace(" ", "")
    assert not Item.objects.filter(edition=cut(edition.ends + timedelta(days=7)), kind="consultation.root").exists()


def test_a_consultation_and_an_outcome_can_be_picked():
    editor = UserFactory(organiser=True)
    asked = an_open_one(by=editor, at=BEFORE, title="Which route should we build")
    outcome = a_published_one(by=editor, title="Flexible hours")
    at = max(MONDAY, cut_after(outcome.published_at))
    draft = draft_edition(at=at - timedelta(days=1))
    picks = [("outcome", outcome.pk), ("consultation.opened", asked.pk)]
    write_note(draft, by=editor, headline="", note="", picks=picks, at=at)
    assert titles(cut_due_edition(at=at))[:2] == ["Flexible hours", "Which route should we build"]


def test_an_edition_prints_the_audits_head_and_is_written_into_it():
    AuditHead.objects.create(position=7, hash=b"\xab" * 32, signature=b"s" * 64, at=MONDAY)
    edition = cut()
    assert (edition.audit_position, edition.audit_head) == (7, "ab" * 32)
    assert AuditEntry.objects.filter(verb="edition.cut", subject_id="1").count() == 1


def test_the_database_holds_one_draft():
    draft = draft_edition(at=MONDAY - timedelta(days=1))
    after = DateTimeTZRange(draft.ends, draft.ends + timedelta(days=7))
    with pytest.raises(IntegrityError, match="one_draft_per_stream"), transaction.atomic():
        Edition.objects.create(number=draft.number + 1, window=after, cut_off=draft.cut_off + timedelta(days=7))


def test_a_draft_made_by_another_meanwhile_is_taken(monkeypatch):
    draft = draft_edition(at=MONDAY - timedelta(days=1))
    unseen = Edition.objects.none()
    monkeypatch.setattr(Edition.objects, "draft", lambda: unseen)
    assert draft_edition(at=MONDAY - timedelta(days=1)) == draft


@pytest.mark.django_db(transaction=True)
def test_two_who_cut_at_once_cut_one_edition():
    barrier, found = Barrier(4), []

    def work():
        barrier.wait(10)
        draft_edition(at=MONDAY - timedelta(days=1))
        barrier.wait(10)
        found.append(cut_due_edition(at=MONDAY))
        connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Edition.objects.cut().count() == 1
    assert len([edition for edition in found if edition]) == 1
