"""Who is told what: by notice, by mail, on a page of one's own."""

from datetime import timedelta

import pytest
from django.urls import reverse

from mail.kinds import Letter
from mail.models import Mail
from moderation.actions.reversing import reverse_decision
from moderation.effects import Decided, Opened, Reversed
from moderation.models import Case
from notifications.expander import expand_next
from notifications.mails import NoticeMail
from notifications.models import Event, Notice
from notifications.readers import notice_page
from tests.accounts.factories import GroupFactory, UserFactory
from tests.forum.factories import CategoryFactory, PostFactory, TopicFactory
from tests.moderation.factories import AT, LATER, SOON, a_case, a_member, a_moderator, decided, standing

pytestmark = pytest.mark.django_db
THEN = AT + timedelta(days=1)


def expand():
    while expand_next(at=THEN):
        pass


def told_to(person) -> list[str]:
    """What the list of notices says, newest first."""
    return [f"{row.text.sentence} | {row.text.detail}" for row in notice_page(standing(person), at=THEN).rows]


def letter_to(person) -> Letter:
    mail = Mail.objects.select_related("address").filter(address__account=person).latest("pk")
    letter = NoticeMail().write(mail, at=THEN)
    assert isinstance(letter, Letter)
    return letter


def test_a_new_case_is_told_to_who_may_decide_it_and_not_by_mail():
    author = a_moderator(display_name="Author")
    other = a_moderator()
    for person in (a_member(), standing(UserFactory(trustee=True)), standing(UserFactory(organiser=True))):
        assert person.is_active
    case = a_case(PostFactory(author=author))
    expand()
    assert set(Notice.objects.filter(kind="moderation.case").values_list("user", flat=True)) == {other.pk}
    assert told_to(other)[0].startswith("Reported: Post #2 by Author in")
    assert not Mail.objects.exists()
    decided(case, "nothing", reason="")
    assert list(Opened().people(Event.objects.get(kind="moderation.opened"), after=0, limit=10)) == [], "too late"


def test_a_private_group_s_case_is_told_to_those_who_keep_it():
    owner, keeper, plain = a_member(), a_member(), a_member()
    group, keepers = GroupFactory(owners=[owner], members=[plain]), GroupFactory(members=[keeper])
    a_moderator()
    a_case(
        PostFactory(topic=TopicFactory(category=CategoryFactory(access="group", group=group, moderate_group=keepers))),
        by=standing(plain),
    )
    event = Event.objects.get(kind="moderation.opened")
    found, after = [], 0
    while people := Opened().people(event, after=after, limit=1):
        found += people
        after = people[-1].user_id
    assert [person.user_id for person in found] == sorted([owner.pk, keeper.pk])


def test_what_waits_says_so():
    moderator, author = a_moderator(), a_member()
    post = PostFactory(author=author, pending=True)
    Case.objects.create(origin="held", post=post, topic=post.topic, about=author, opened_at=AT, held_because="New.")
    Event.objects.create(kind="moderation.opened", at=AT, data={"case": Case.objects.get().pk})
    expand()
    assert told_to(moderator)[0].startswith("Waits to be published")


def test_a_case_about_a_person_is_told_to_the_site_s_moderators():
    moderator, person = a_moderator(), a_member(display_name="Somebody")
    a_case(person)
    expand()
    assert told_to(moderator) == ["Reported: Somebody, as a person | "]
    assert told_to(person) == []


def test_the_author_hears_what_and_why_and_the_reporter_only_that():
    author, reporter = a_member(display_name="Nettie Brack"), a_member()
    case = a_case(PostFactory(author=author), by=reporter)
    decided(case, "hide", "suspend", reason="It names a patient.", ends_at=AT + timedelta(days=7))
    expand()
    (line,) = told_to(author)
    assert line.startswith("Moderators decided about your post #2")
    assert "It names a patient." in line
    assert told_to(reporter) == ["Moderators have decided about something that you reported. Thank you. | "]
    letter = letter_to(author)
    assert letter.subject == "A decision of the moderators"
    for text in (letter.text, letter.html):
        for words in ("It names a patient.", "You are suspended", "10 November 2026", "Somebody who did not decide it", "Nettie"):
            assert words in text
        assert case.topic.title not in text
        assert str(reporter) not in text
    assert not Mail.objects.filter(address__account=reporter).exists()


def test_what_came_to_nothing_is_told_to_reporters_alone():
    author, reporter = a_member(), a_member()
    decided(a_case(PostFactory(author=author), by=reporter), "nothing", reason="")
    expand()
    assert told_to(author) == []
    assert len(told_to(reporter)) == 1


def test_of_a_persona_nobody_is_told():
    reporter = a_member()
    decided(a_case(PostFactory(by_persona=True), by=reporter), "hide")
    event = Event.objects.get(kind="moderation.decided")
    assert [told.user_id for told in Decided().people(event, after=0, limit=10)] == [reporter.pk]
    reverse_decision(Case.objects.get(), by=a_moderator(), reason="Wrong.", at=LATER)
    assert Reversed().people(Event.objects.get(kind="moderation.reversed"), after=0, limit=10) == []


def test_a_reversal_is_told_with_its_reason():
    author = a_member()
    case = a_case(PostFactory(author=author))
    decided(case, "warn")
    reverse_decision(case, by=a_moderator(), reason="We read it wrong.", at=LATER)
    expand()
    newest, _ = told_to(author)
    assert newest.startswith("A decision about your post #2")
    assert "We read it wrong." in newest
    letter = letter_to(author)
    assert letter.subject == "A decision of the moderators was taken back"
    assert "does not count any more" in letter.text


def test_events_of_cases_that_are_gone_tell_nobody():
    for kind, effect in [("moderation.opened", Opened), ("moderation.decided", Decided), ("moderation.reversed", Reversed)]:
        event = Event.objects.create(kind=kind, at=AT, data={"case": 987654})
        assert list(effect().people(event, after=0, limit=10)) == []
        assert list(effect().live(event)) == []
        assert effect().ready(event, AT)


class TestPages:
    def test_one_s_own_decisions_with_reason_and_how_to_object(self, client, settings):
        author = a_member()
        decision = decided(a_case(PostFactory(author=author)), "hide", "warn", reason="Be kinder.")
        client.force_login(author)
        listed = client.get(reverse("moderation:mine")).content.decode()
        assert reverse("moderation:told", args=[decision.pk]) in listed
        page = client.get(reverse("moderation:told", args=[decision.pk])).content.decode()
        for words in ("Your post is hidden", "This is a warning", "Be kinder.", settings.REPLY_TO):
            assert words in page
        assert str(decision.by) not in page, "the moderators decide, not a name"

    def test_of_a_suspension_until_when(self, client):
        author = a_member()
        case = a_case(author)
        decision = decided(case, "suspend", ends_at=AT + timedelta(days=7))
        client.force_login(author)
        url = reverse("moderation:told", args=[decision.pk])
        assert "Tuesday 10 November 2026, 09:00" in client.get(url).content.decode()
        reverse_decision(case, by=a_moderator(), reason="We erred.", at=LATER)
        page = client.get(url).content.decode()
        assert "It was taken back" in page
        assert "We erred." in page

    def test_somebody_else_s_and_what_came_to_nothing_are_not_found(self, client):
        author = a_member()
        hidden = decided(a_case(PostFactory(author=author)), "hide")
        nothing = decided(a_case(PostFactory(author=author), at=SOON), "nothing", reason="", at=LATER)
        client.force_login(author)
        assert client.get(reverse("moderation:told", args=[nothing.pk])).status_code == 404
        client.force_login(a_moderator())
        assert client.get(reverse("moderation:told", args=[hidden.pk])).status_code == 404

    def test_empty_pages_say_what_comes_there(self, client):
        client.force_login(a_member())
        assert "Nothing was decided about you" in client.get(reverse("moderation:mine")).content.decode()
        assert "You have reported nothing" in client.get(reverse("moderation:reports")).content.decode()

    def test_a_decided_report_says_so_and_not_how(self, client):
        reporter = a_member()
        decided(a_case(PostFactory(), by=reporter), "hide", "warn", reason="Be kinder.")
        client.force_login(reporter)
        page = client.get(reverse("moderation:reports")).content.decode()
        assert "Decided" in page
        assert "Be kinder." not in page
        assert "Warning" not in page
