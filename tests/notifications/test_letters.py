"""Which letter tells of what: gathered, daily, none; each notice in one letter at most."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from common.clock import LONDON
from mail.kinds import Dropped
from mail.models import Mail
from mail.tokens import seal
from notifications.actions.preferences import choose_ways
from notifications.daily import next_daily
from notifications.expander import expand_next
from notifications.mails import NO_DAILY, DailyMail, NoticeMail
from notifications.models import Notice, NoticePreference, Way
from tests.notifications.conftest import NOON, happen, make_person, withdraw_rights

WINDOW = timedelta(minutes=15) / 100  # tests run at 100 times the speed


@pytest.fixture(autouse=True)
def kinds(settings):
    here = "tests.notifications.kinds"
    settings.NOTICE_KINDS |= {
        "test.gathered": f"{here}.Gathered",
        "test.at_once": f"{here}.GatheredAtOnce",
        "test.must": f"{here}.MustBeTold",
    }
    settings.MAIL_KINDS |= {
        "test.gathered": "notifications.mails.NoticeMail",
        "test.at_once": "notifications.mails.NoticeMail",
        "notifications.daily": "notifications.mails.DailyMail",
    }
    settings.MAIL_GROUP_MINUTES, settings.DAILY_MAIL_HOUR = 15, 7


def tell(thing, *, at=NOON, told_as="test.gathered", **data):
    happen(thing=thing, at=at, told_as=told_as, **data)
    expand_next(at=at)


def written(mail, kind=NoticeMail):
    return kind().write(mail, at=NOON)


@pytest.mark.django_db
class TestGathered:
    def test_several_within_the_window_are_one_letter_that_waits_for_its_end(self, member):
        tell(1)
        tell(2, at=NOON + WINDOW / 2)
        mail = Mail.objects.get()
        assert mail.next_attempt_at == NOON + WINDOW
        assert not Mail.objects.all().due(NOON + WINDOW / 2)
        assert written(mail).text == "Things 1, 2 happened.\n"

    def test_one_alone_is_a_letter_like_any_other(self, member):
        tell(1)
        assert written(Mail.objects.get()).text == "Thing 1 happened.\n"

    def test_another_room_has_a_letter_of_its_own(self, member):
        tell(1)
        tell(2, room=2)
        assert Mail.objects.count() == 2

    @pytest.mark.parametrize("changes", [{"state": "claimed"}, {"state": "sending"}, {"state": "accepted"}, {"attempts": 1}])
    def test_a_letter_that_is_on_its_way_is_joined_by_nothing(self, member, changes):
        tell(1)
        Mail.objects.update(**changes)
        tell(2)
        first, second = Mail.objects.order_by("pk")
        assert written(first).text == "Thing 1 happened.\n"
        assert written(second).text == "Thing 2 happened.\n"

    def test_what_must_not_wait_takes_along_what_waited(self, member):
        tell(1)
        tell(2, told_as="test.at_once")
        mail = Mail.objects.get()
        assert mail.next_attempt_at is None
        assert written(mail).text == "Things 1, 2 happened.\n"

    def test_what_was_read_meanwhile_is_left_out_and_with_all_read_nothing_goes(self, member):
        tell(1)
        tell(2)
        Notice.objects.filter(key="test:1").update(read_at=NOON)
        assert written(Mail.objects.get()).text == "Thing 2 happened.\n"
        Notice.objects.update(read_at=NOON)
        assert written(Mail.objects.get()) == Dropped("read on the page already")

    def test_whoever_lost_the_right_gets_nothing_of_it(self, member):
        tell(1)
        tell(2)
        withdraw_rights(member)
        assert written(Mail.objects.get()) == Dropped("may not be seen any more")

    def test_each_person_has_their_own(self, member, other_member):
        tell(1)
        tell(2)
        assert {mail.notices.count() for mail in Mail.objects.all()} == {2}
        assert Mail.objects.count() == 2

    def test_an_event_expanded_again_after_a_crash_adds_nothing(self, member):
        tell(1)
        Mail.objects.update(state="accepted")
        happen(thing=1, told_as="test.gathered")
        expand_next(at=NOON)
        assert Mail.objects.count() == 1

    def test_a_window_of_nothing_sends_at_once(self, member, settings):
        settings.MAIL_GROUP_MINUTES = 0
        tell(1)
        assert Mail.objects.get().next_attempt_at is None


@pytest.mark.django_db
class TestOff:
    def test_means_no_notice_at_all(self, member):
        choose_ways({"test.heard": Way.OFF}, by=member)
        tell(1, told_as="test.heard")
        assert not Notice.objects.exists()

    def test_is_no_choice_for_what_must_be_told(self, member):
        with pytest.raises(ValueError, match="does not come"):
            choose_ways({"test.must": Way.OFF}, by=member)
        NoticePreference.objects.create(user=member, kind="test.must", way="off")
        tell(1, told_as="test.must")
        assert Notice.objects.get().mail is None


@pytest.mark.django_db
class TestDaily:
    @pytest.fixture
    def daily(self, member):
        choose_ways({"test.heard": Way.DAILY, "test.gathered": Way.DAILY}, by=member)
        return member

    def test_one_mail_a_day_waits_for_its_hour(self, daily):
        tell(1, told_as="test.heard")
        tell(2, at=NOON + timedelta(hours=10))
        mail = Mail.objects.get()
        assert (mail.key, mail.next_attempt_at) == ("daily:2026-11-24", datetime(2026, 11, 24, 7, tzinfo=UTC))
        letter = written(mail, DailyMail)
        assert letter.subject == "Your notices: 2 unread"
        for part in (letter.text, letter.html):
            assert "Thing 1 happened" in part
            assert "Thing 2 happened" in part
            assert "/things/1/" in part
        assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    def test_what_comes_once_it_went_is_in_the_next(self, daily):
        tell(1, told_as="test.heard")
        Mail.objects.update(state="accepted")
        tell(2, told_as="test.heard")
        assert [mail.key for mail in Mail.objects.order_by("pk")] == ["daily:2026-11-24", "daily:2026-11-25"]
        assert "Thing 1" not in written(Mail.objects.last(), DailyMail).text

    def test_nothing_goes_where_nothing_is_left(self, daily):
        tell(1, told_as="test.heard")
        Notice.objects.update(read_at=NOON)
        assert written(Mail.objects.get(), DailyMail) == Dropped("read on the page already")
        Notice.objects.update(read_at=None)
        withdraw_rights(daily)
        assert written(Mail.objects.get(), DailyMail) == Dropped("may not be seen any more")

    def test_nothing_goes_once_it_is_not_wanted(self, daily):
        tell(1, told_as="test.heard")
        choose_ways({"test.heard": Way.SITE}, by=daily)
        assert written(Mail.objects.get(), DailyMail) == Dropped("not wanted by mail any more")

    def test_its_link_shows_a_button_and_changes_nothing_and_the_button_turns_it_off(self, daily, client):
        url = reverse("notifications:no_daily", args=[seal(NO_DAILY, daily.pk)])
        assert client.get(url).status_code == 200
        assert NoticePreference.objects.filter(way="daily").count() == 2
        assert client.post(url).status_code == 200
        assert not NoticePreference.objects.filter(way="daily").exists()

    def test_a_mail_program_ends_it_by_one_click(self, daily, client):
        url = reverse("notifications:no_daily", args=[seal(NO_DAILY, daily.pk)])
        assert client.post(url, {"List-Unsubscribe": "One-Click"}).content == b"The daily mail is off."

    def test_another_link_is_not_found(self, client, db):
        other = make_person("other")
        for token in (seal("something else", other.pk), "nonsense"):
            assert client.get(reverse("notifications:no_daily", args=[token])).status_code == 404


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)), st.integers(0, 23))
def test_the_daily_hour_is_the_next_in_london_and_never_more_than_a_day_away(at, hour):
    found = next_daily(at, hour=hour)
    assert at < found <= at + timedelta(hours=26)
    wall = found.astimezone(LONDON)
    assert (wall.hour, wall.minute) == (hour, 0) or (hour == 1 and (wall.month, wall.hour) == (3, 2))
