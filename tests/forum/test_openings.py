"""Opening a pseudonym: two officers, a reason each, and word to the author."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from common.models import AuditEntry
from common.verdicts import Refused
from forum.actions.errors import CannotBeOpened, OpeningOver, OpeningUnclear
from forum.actions.openings import (
    agree_to_open,
    ask_to_open,
    close_what_lapsed,
    decline_opening,
    look_again,
    set_passphrase,
)
from forum.actions.posts import reply_to_topic
from forum.models import Opening
from forum.pseudonyms import Voice
from mail.models import Mail
from notifications.expander import expand_next
from notifications.models import Event, Notice
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT, TopicFactory
from tests.forum.officers import officers_with_keys, passphrase

pytestmark = pytest.mark.django_db
LARK = Voice(is_persona=True, label="Calm Lark")
WHY = "It threatens a colleague."


@pytest.fixture
def officers():
    return officers_with_keys(3)


@pytest.fixture
def member():
    return UserFactory(member=True, display_name="Ottilie Fenwright")


@pytest.fixture
def post(officers, member):
    return reply_to_topic(TopicFactory(), by=member, body="I know where you live.", at=AT, voice=LARK)


@pytest.fixture
def opening(post):
    return ask_to_open(post.persona, by=UserFactory(member=True, moderator=True), reason=WHY, at=AT)


def agree(opening, officers, place, **told):
    return agree_to_open(
        opening, by=officers[place], passphrase=passphrase(place), reason=WHY, at=told.get("at", AT + timedelta(hours=1))
    )


class TestTwoOfficers:
    def test_open_it_in_either_order(self, opening, officers, member):
        assert agree(opening, officers, 2) is None
        assert agree(opening, officers, 0) == member
        opening.refresh_from_db()
        assert (opening.first_by, opening.second_by) == (officers[2], officers[0])

    def test_one_alone_does_not(self, opening, officers):
        agree(opening, officers, 0)
        with pytest.raises(Refused, match="second officer"):
            agree(opening, officers, 0)

    def test_the_database_wants_two(self, opening, officers):
        agree(opening, officers, 0)
        with pytest.raises(IntegrityError, match="second_officer_is_another"), transaction.atomic():
            Opening.objects.filter(pk=opening.pk).update(second_by=officers[0], second_at=AT, second_reason=WHY)

    def test_a_wrong_passphrase_opens_nothing(self, opening, officers):
        with pytest.raises(CannotBeOpened, match="does not open"):
            agree_to_open(opening, by=officers[0], passphrase="what was it again", reason=WHY, at=AT)
        opening.refresh_from_db()
        assert opening.first_at is None

    def test_a_reason_is_wanted(self, opening, officers):
        with pytest.raises(OpeningUnclear):
            agree_to_open(opening, by=officers[0], passphrase=passphrase(0), reason=" ", at=AT)

    def test_an_officer_who_came_later_is_told_so(self, opening):
        later = UserFactory(member=True, administrator=True)
        set_passphrase(by=later, passphrase="a wren in the hedge", at=AT)
        with pytest.raises(CannotBeOpened, match="before you had a key"):
            agree_to_open(opening, by=later, passphrase="a wren in the hedge", reason=WHY, at=AT)

    def test_a_new_passphrase_does_not_shut_the_old_one_out(self, opening, officers, member):
        set_passphrase(by=officers[0], passphrase="a wren in the hedge", at=AT)
        agree(opening, officers, 0)
        assert agree(opening, officers, 1) == member

    def test_an_officer_does_not_open_their_own(self, officers):
        post = reply_to_topic(TopicFactory(), by=officers[0], body="Mine.", at=AT, voice=LARK)
        opening = ask_to_open(post.persona, by=UserFactory(member=True, moderator=True), reason=WHY, at=AT)
        with pytest.raises(Refused, match="yours"):
            agree(opening, officers, 0)
        with pytest.raises(Refused, match="yours"):
            ask_to_open(post.persona, by=officers[0], reason=WHY, at=AT)

    def test_members_neither_ask_nor_agree(self, post, opening, member):
        with pytest.raises(Refused):
            ask_to_open(post.persona, by=UserFactory(member=True), reason=WHY, at=AT)
        with pytest.raises(Refused):
            agree_to_open(opening, by=member, passphrase=passphrase(0), reason=WHY, at=AT)

    def test_it_lapses_and_then_keeps_no_share(self, opening, officers):
        agree(opening, officers, 0)
        late = AT + timedelta(days=8, hours=2)
        with pytest.raises(OpeningOver):
            agree(opening, officers, 1, at=late)
        assert close_what_lapsed(at=late) == 1 and close_what_lapsed(at=late) == 0
        opening.refresh_from_db()
        assert opening.first_share == {} and opening.second_at is None
        assert ask_to_open(opening.persona, by=officers[1], reason=WHY, at=late) != opening

    def test_an_officer_says_no(self, opening, officers):
        decline_opening(opening, by=officers[1], at=AT)
        with pytest.raises(OpeningOver):
            agree(opening, officers, 0)

    def test_both_look_again_and_nobody_else(self, opening, officers, member):
        agree(opening, officers, 0)
        agree(opening, officers, 1)
        for place in (0, 1):
            assert look_again(opening, by=officers[place], passphrase=passphrase(place), at=AT + timedelta(days=1)) == member
        with pytest.raises(Refused):
            look_again(opening, by=officers[2], passphrase=passphrase(2), at=AT)
        with pytest.raises(OpeningOver):
            look_again(opening, by=officers[0], passphrase=passphrase(0), at=AT + timedelta(days=9))


def test_it_is_on_record_without_the_person(opening, officers, member):
    agree(opening, officers, 0)
    agree(opening, officers, 1)
    entries = AuditEntry.objects.filter(subject_kind="persona").select_related("detail").order_by("pk")
    assert [entry.verb for entry in entries] == ["opening.ask", "opening.agree", "opening.open"]
    assert entries[2].detail.details == {"opening": opening.pk, "first": officers[0].pk, "reason": WHY}


def test_the_author_is_told_by_whom_and_finds_why(client, opening, officers, member):
    agree(opening, officers, 0)
    agree(opening, officers, 1)
    while expand_next(at=AT + timedelta(hours=2)):
        pass
    assert Notice.objects.filter(user=member, kind="forum.persona_opened").exists()
    assert Mail.objects.filter(kind="forum.persona_opened").exists()
    event = Event.objects.get(kind="forum.persona_opened")
    assert set(event.data) == {"user", "first", "second"} and event.actor_id is None
    client.force_login(member)
    assert (
        f"{officers[0]} and {officers[1]} opened a pseudonym of yours"
        in client.get(reverse("notifications:list")).content.decode()
    )
    mine = client.get(reverse("forum:pseudonyms")).content.decode()
    assert "know that it is you" in mine and WHY in mine


def test_on_the_pages(client, post, officers, member):
    moderator = UserFactory(member=True, moderator=True)
    client.force_login(moderator)
    assert "Ask who this is" in client.get(post.topic.get_absolute_url()).content.decode()
    ask = reverse("forum:opening_ask", args=[post.topic_id, post.number])
    assert client.post(ask, {"reason": WHY}).status_code == 302
    opening = Opening.objects.get()
    page = reverse("forum:opening", args=[opening.pk])
    assert client.get(page).status_code == 403
    client.force_login(officers[0])
    assert WHY in client.get(reverse("forum:openings")).content.decode()
    wrong = client.post(page, {"reason": WHY, "passphrase": "what was it again"}).content.decode()
    assert "does not open your key" in wrong and "what was it again" not in wrong
    assert client.post(page, {"reason": WHY, "passphrase": passphrase(0)}).status_code == 302
    assert "Ottilie" not in client.get(page).content.decode()
    client.force_login(officers[1])
    answer = client.post(page, {"reason": WHY, "passphrase": passphrase(1)})
    assert "Ottilie Fenwright" in answer.content.decode() and answer["Cache-Control"] == "no-store"
    assert "Ottilie" not in client.get(page).content.decode()


def test_an_officer_sets_a_passphrase(client):
    officer = UserFactory(member=True, administrator=True)
    client.force_login(officer)
    url = reverse("forum:passphrase")
    assert "12 characters" in client.post(url, {"passphrase": "short", "again": "short"}).content.decode()
    assert "not the same" in client.post(url, {"passphrase": "a wren in the hedge", "again": "a wren"}).content.decode()
    assert client.post(url, {"passphrase": "a wren in the hedge", "again": "a wren in the hedge"}).status_code == 302
    assert "one has" in client.get(reverse("forum:openings")).content.decode()
    client.force_login(UserFactory(member=True))
    assert client.get(url).status_code == 403
