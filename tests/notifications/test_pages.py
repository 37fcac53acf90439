"""The pages: what was told, newest first, and what comes by mail."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.models import Notice, NoticePreference
from tests.notifications.conftest import NOON, happen, make_person, withdraw_rights

pytestmark = pytest.mark.django_db
LIST = reverse("notifications:list")


def tell(user, count=1, *, first=1, kind="test.heard", days=0):
    """So many notices, each a minute after the one before."""
    notices = []
    for thing in range(first, first + count):
        at = NOON + timedelta(minutes=thing, days=days)
        notices.append(Notice(user=user, event=happen(thing=thing, at=at), kind=kind, key=f"{kind}:{thing}", at=at))
    return Notice.objects.bulk_create(notices)


@pytest.fixture
def browser(client, member):
    client.force_login(member)
    return client


def words(response):
    return response.content.decode()


class TestList:
    def test_shows_what_was_told_newest_first_under_its_days(self, browser, member):
        tell(member, 2)
        tell(member, 1, first=3, days=1)
        days = browser.get(LIST).context["days"]
        assert [(str(day), [told.text.sentence for told in rows]) for day, rows in days] == [
            ("2026-11-24", ["Thing 3 happened"]),
            ("2026-11-23", ["Thing 2 happened", "Thing 1 happened"]),
        ]

    def test_leads_straight_to_the_thing(self, browser, member):
        tell(member)
        assert 'href="/things/1/"' in words(browser.get(LIST))

    def test_changes_nothing_by_looking(self, browser, member):
        tell(member)
        browser.get(LIST)
        assert Notice.objects.unread().count() == 1

    def test_tells_new_from_old_without_colour(self, browser, member):
        tell(member)
        assert "New: " in words(browser.get(LIST))
        Notice.objects.update(read_at=NOON)
        assert "New" not in words(browser.get(LIST))

    def test_leaves_out_what_may_not_be_seen_any_more(self, browser, member):
        tell(member)
        withdraw_rights(member)
        response = browser.get(LIST)
        assert "Thing 1" not in words(response)
        assert response.context["days"] == []

    def test_leaves_out_a_kind_that_is_not_in_use_any_more(self, browser, member):
        tell(member, kind="test.gone")
        assert browser.get(LIST).status_code == 200

    def test_shows_nobody_elses(self, browser, other_member):
        tell(other_member)
        assert "Thing 1" not in words(browser.get(LIST))

    def test_says_so_when_there_is_nothing(self, browser):
        response = words(browser.get(LIST))
        assert "No notices yet" in response
        assert "Mark all as read" not in response

    def test_turns_the_pages_back_and_forth_without_gap_or_double(self, browser, member):
        tell(member, 75)
        seen, url, newer = [], LIST, []
        while url:
            response = browser.get(url)
            seen += [told.notice.event.data["thing"] for _, rows in response.context["days"] for told in rows]
            newer.append(response.context["newer_url"])
            url = response.context["older_url"]
        assert seen == list(range(75, 0, -1))
        assert newer[0] == ""
        page_two = browser.get(newer[2]).context
        assert [told.notice.event.data["thing"] for _, rows in page_two["days"] for told in rows] == list(range(45, 15, -1))
        assert browser.get(page_two["newer_url"]).context["newer_url"] == ""

    @pytest.mark.parametrize("cursor", ["x", "bm8", "WzFd", "WyJhIiwiYiJd", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTksMV0"])
    def test_a_page_address_that_was_altered_is_not_found(self, browser, cursor):
        assert browser.get(LIST, {"before": cursor}).status_code == 404

    def test_costs_as_many_statements_for_thirty_as_for_two(self, browser, member):
        def cost():
            with CaptureQueriesContext(connection) as statements:
                browser.get(LIST)
            return len(statements)

        tell(member, 2)
        browser.get(LIST)
        few = cost()
        tell(member, 28, first=3)
        assert cost() == few <= 6

    def test_sends_a_visitor_to_sign_in(self, client):
        assert client.get(LIST).status_code == 302


class TestReading:
    def test_one_is_marked_and_leads_back_to_the_same_page(self, browser, member):
        first, second = tell(member, 2)
        response = browser.post(reverse("notifications:read", args=[first.pk]), {"before": "abc"})
        assert response.url == f"{LIST}?before=abc"
        assert list(Notice.objects.unread()) == [second]

    def test_one_comes_back_as_its_line_for_htmx(self, browser, member):
        (notice,) = tell(member)
        response = browser.post(reverse("notifications:read", args=[notice.pk]), headers={"HX-Request": "true"})
        assert words(response).count("<li") == 1
        assert "Mark read" not in words(response)
        assert "plenary:count" in response.headers["HX-Trigger"]

    def test_what_may_not_be_seen_any_more_does_not_come_back_as_a_line(self, browser, member):
        (notice,) = tell(member)
        withdraw_rights(member)
        response = browser.post(reverse("notifications:read", args=[notice.pk]), headers={"HX-Request": "true"})
        assert "Thing" not in words(response)

    def test_somebody_elses_is_not_found(self, browser, other_member):
        (notice,) = tell(other_member)
        assert browser.post(reverse("notifications:read", args=[notice.pk])).status_code == 404
        assert Notice.objects.unread().exists()

    def test_all_are_marked_at_once_but_for_other_peoples(self, browser, member, other_member):
        tell(member, 3)
        tell(other_member, 1, first=9)
        assert browser.post(reverse("notifications:read_all")).url == LIST
        assert [notice.user_id for notice in Notice.objects.unread()] == [other_member.pk]

    @pytest.mark.parametrize("name", ["read", "read_all"])
    def test_is_not_done_by_a_get(self, browser, member, name):
        (notice,) = tell(member)
        assert browser.get(reverse(f"notifications:{name}", args=[notice.pk] if name == "read" else [])).status_code == 405

    def test_the_way_back_never_leads_elsewhere(self, browser, member):
        (notice,) = tell(member)
        response = browser.post(reverse("notifications:read", args=[notice.pk]), {"before": "x\r\nLocation: //evil.example&y=1#"})
        assert response.url.startswith(f"{LIST}?before=x%0D%0A")


class TestCount:
    def test_is_a_number(self, browser, member):
        tell(member, 3)
        assert browser.get(reverse("notifications:count")).json() == {"notices": 3}

    def test_stands_on_every_page_for_one_statement_and_ends_at_99(self, browser, member):
        tell(member, 101)
        with CaptureQueriesContext(connection) as statements:
            response = browser.get(reverse("notifications:preferences"))
        assert "99+" in words(response)
        assert sum("LIMIT 100" in entry["sql"] for entry in statements) == 1

    def test_costs_whoever_read_all_of_theirs_nothing(self, browser, member):
        tell(member, 2)
        Notice.objects.update(read_at=NOON)
        with CaptureQueriesContext(connection) as statements:
            browser.get(reverse("notifications:preferences"))
        assert not [entry for entry in statements if "LIMIT 100" in entry["sql"]]

    def test_costs_a_visitor_nothing(self, client):
        with CaptureQueriesContext(connection) as statements:
            client.get("/no/such/page/")
        assert not [entry for entry in statements if "notifications" in entry["sql"]]


class TestTray:
    URL = reverse("notifications:tray")

    def test_holds_the_latest_unread_with_what_can_be_done(self, browser, member):
        tell(member, 10)
        Notice.objects.filter(key="test.heard:10").update(read_at=NOON)
        response = browser.get(self.URL)
        assert [told.notice.key for told in response.context["rows"]] == [f"test.heard:{thing}" for thing in range(9, 1, -1)]
        assert "Mark all read" in words(response)
        assert response.headers["Cache-Control"] == "no-store"

    def test_says_so_where_nothing_is_new_and_shows_nothing_that_may_not_be_seen(self, browser, member):
        assert "Nothing new." in words(browser.get(self.URL))
        tell(member)
        withdraw_rights(member)
        assert "Thing 1" not in words(browser.get(self.URL))

    @pytest.mark.parametrize("name", ["read", "read_all"])
    def test_its_buttons_answer_with_the_new_count_alone(self, browser, member, name):
        (notice, _) = tell(member, 2)
        url = reverse(f"notifications:{name}", args=[notice.pk] if name == "read" else [])
        response = browser.post(url, headers={"HX-Request": "true", "HX-Target": "tray"})
        assert response.status_code == 204
        assert json.loads(response.headers["HX-Trigger"])["plenary:count"] == (1 if name == "read" else 0)

    def test_is_for_whoever_is_signed_in(self, client):
        assert client.get(self.URL).status_code == 302


class TestPreferences:
    URL = reverse("notifications:preferences")

    def test_shows_each_kind_as_it_stands(self, browser, member):
        form = browser.get(self.URL).context["form"]
        assert [(name, form[name].value()) for name in form.fields] == [("test.heard", "mail"), ("test.quiet", "site")]
        NoticePreference.objects.create(user=member, kind="test.heard", way="daily")
        assert browser.get(self.URL).context["form"]["test.heard"].value() == "daily"

    def test_gathers_the_kinds_of_a_room_under_its_heading(self, browser, settings):
        settings.NOTICE_KINDS |= {"other.heard": settings.NOTICE_KINDS["test.heard"]}
        settings.NOTICE_HEADINGS |= {"other": "Others"}
        page = browser.get(self.URL).content.decode()
        places = [
            page.index(words) for words in (">What tests tell</h2>", 'name="test.quiet"', ">Others</h2>", 'name="other.heard"')
        ]
        assert places == sorted(places)

    def test_offers_no_mail_for_what_has_no_letter_and_no_off_for_what_must_be_told(self, browser, settings):
        settings.NOTICE_KINDS["test.must"] = "tests.notifications.kinds.MustBeTold"
        form = browser.get(self.URL).context["form"]
        assert [value for value, _ in form.fields["test.quiet"].choices] == ["off", "site"]
        assert [value for value, _ in form.fields["test.must"].choices] == ["site", "daily", "mail"]

    def test_keeps_what_was_chosen(self, browser, member):
        assert browser.post(self.URL, {"test.heard": "daily", "test.quiet": "off"}).url == self.URL
        assert dict(NoticePreference.objects.values_list("kind", "way")) == {"test.heard": "daily", "test.quiet": "off"}

    def test_says_beside_the_kind_what_is_wrong_and_keeps_the_rest(self, browser):
        response = browser.post(self.URL, {"test.heard": "daily", "test.quiet": "mail"})
        assert "Choose one of those offered." in words(response)
        assert response.context["form"]["test.heard"].value() == "daily"
        assert not NoticePreference.objects.exists()

    def test_turns_all_mail_off_in_one_click_and_leaves_the_rest(self, browser, member):
        NoticePreference.objects.create(user=member, kind="test.quiet", way="off")
        browser.post(reverse("notifications:no_mail"))
        assert dict(NoticePreference.objects.values_list("kind", "way")) == {"test.heard": "site", "test.quiet": "off"}

    def test_says_so_where_there_is_nothing_to_choose(self, browser, settings):
        settings.NOTICE_KINDS = {}
        assert "There are no notices to choose from" in words(browser.get(self.URL))


def test_an_account_that_was_closed_sees_nothing(browser, member):
    make_person("somebody")
    member.is_active = False
    member.save()
    assert browser.get(LIST).status_code == 302
