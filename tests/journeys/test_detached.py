"""From the home page to “Your ballot is in”, by links and buttons alone, in a consultation whose ballots lead to nobody."""

import re
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consultation.actions.closing import close_what_is_due
from consultation.actions.publishing import publish_results
from consultation.models import Ballot, Ledger, SealedDraft
from mail.models import Mail
from notifications.models import Event
from tests.consultation.factories import (
    AFTER_CLOSE,
    DAY,
    WHILE_OPEN,
    a_ballot,
    a_detached_draft,
    a_detached_one,
    a_person,
    an_organiser,
)

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def link(page: str, text: str) -> str:
    """Where the first link about a consultation that says `text` leads."""
    for where, says in re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL):
        if where.startswith("/consultations/") and text in re.sub(r"<[^>]+>", "", says):
            return where
    raise AssertionError(f"no link says {text!r}")


def key_in(client: Client) -> str:
    return next((name for name in client.cookies if name.startswith("plenary_ballot")), "")


class TestTheMember:
    def test_comes_from_the_home_page_to_a_ballot_that_is_in(self):
        member = a_person()
        consultation = a_detached_one()
        client = signed_in(member)
        with time_machine.travel(WHILE_OPEN, tick=False):
            home = client.get(reverse("home")).content.decode()
            about = client.get(link(home, consultation.title))
            assert "This one is detached" in about.content.decode()
            assert "before twenty more have answered" in about.content.decode()
            first = link(about.content.decode(), "Answer")
            page = client.get(first)
            assert "in this browser only" in page.content.decode()
            cookie = page.cookies[key_in(client)]
            assert "no-store" in page["Cache-Control"]
            assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", consultation.get_absolute_url())
            second = client.post(first, {"q-purpose": "floor"})["Location"]
            assert "detached" not in client.get(second).content.decode().split("<form", 1)[1]
            at_check = client.post(second, {"q-route-order:exam": "1", "q-why": "A heron."})["Location"]
            check = client.get(at_check).content.decode()
            assert "A heron." in check
            assert "once and for good" in check
            assert "May others read" not in check
            events = Event.objects.count()
            sent = client.post(at_check, follow=True)
            assert "Your ballot is in" in sent.content.decode()
            assert "heron" not in sent.content.decode()
            again = [client.post(at_check), client.get(at_check), client.get(first), client.post(first, {"q-purpose": "spur"})]
            assert {answer["Location"] for answer in again} == {reverse("consultation:receipt", args=[consultation.slug])}
            assert client.cookies[key_in(client)].value == ""
            about = client.get(consultation.get_absolute_url()).content.decode()
            assert "Your ballot is in" in about
            assert "answered</span>" not in about, "how many is told once a day"
        assert (Ballot.objects.count(), Ledger.objects.get(user=member).took_part) == (1, True)
        assert (SealedDraft.objects.count(), Event.objects.count(), Mail.objects.count()) == (0, events, 0)

    def test_carries_on_in_this_browser_and_begins_anew_in_another(self):
        member = a_person()
        consultation = a_detached_one()
        here, there = signed_in(member), signed_in(member)
        first = reverse("consultation:page", args=[consultation.slug, 1])
        save = reverse("consultation:save", args=[consultation.slug, 1])
        with time_machine.travel(WHILE_OPEN, tick=False):
            here.get(first)
            told = here.post(save, {"q-purpose": "spur", "writer": "a", "sequence": "1"}).json()
            assert told["saved"]
            assert re.search(r'value="spur"[^>]*checked', here.get(first).content.decode())
            about = here.get(consultation.get_absolute_url()).content.decode()
            assert "Carry on answering" in about
            assert not re.search(r'value="spur"[^>]*checked', there.get(first).content.decode())
            assert "Carry on answering" not in there.get(consultation.get_absolute_url()).content.decode()
            other = signed_in(a_person())
            other.cookies = SimpleCookie({**{name: here.cookies[name].value for name in (key_in(here),)}, **other_session(other)})
            assert not re.search(r'value="spur"[^>]*checked', other.get(first).content.decode(), re.DOTALL)

    def test_is_told_what_is_missing_and_what_another_window_changed(self):
        member = a_person()
        consultation = a_detached_one()
        client = signed_in(member)
        first, second = (reverse("consultation:page", args=[consultation.slug, number]) for number in (1, 2))
        check = reverse("consultation:check", args=[consultation.slug])
        with time_machine.travel(WHILE_OPEN, tick=False):
            assert client.get(check)["Location"] == consultation.get_absolute_url(), "nothing is begun"
            client.get(first)
            page = client.post(second, {"q-why": "One."})
            assert page["Location"] == f"{second}?wrong=route-order", "the ranking is required"
            missing = client.post(check)
            assert missing.status_code == 200
            assert "cannot" in missing.content.decode() or "errors" in missing.content.decode()
            differ = client.post(second, {"q-route-order:exam": "1", "q-why": "Two.", "held-why": "none"})
            assert "changed" in differ.content.decode()
            assert "One." in differ.content.decode()
        assert not Ballot.objects.exists()


def other_session(client: Client) -> dict[str, str]:
    return {name: morsel.value for name, morsel in client.cookies.items()}


def test_an_organiser_chooses_it_and_its_record_and_results_say_what_holds():
    by = an_organiser()
    desk = signed_in(by)
    draft = a_detached_draft(by=by, title="Still being thought of")
    assert "Detached: who took part is kept" in desk.get(
        reverse("consultation:edit_details", args=[draft.slug])
    ).content.decode().replace("&#x27;", "'")
    members = [a_person() for _ in range(3)]
    consultation = a_detached_one(by=by)
    for member in members:
        a_ballot(consultation, by=member, why="A quillwort.")
    where = {name: reverse(f"consultation:{name}", args=[consultation.slug]) for name in ("run", "verify", "results", "showing")}
    with time_machine.travel(WHILE_OPEN, tick=False):
        run = desk.get(where["run"]).content.decode()
        assert "refuses a second mark" in run
        assert "3 " not in re.sub(r"\d{4}", "", run.split(">R3<", 1)[1].split(">R4<", 1)[0])
        assert "nobody has a receipt" in desk.get(where["verify"]).content.decode()
    close_what_is_due(at=AFTER_CLOSE)
    publish_results(consultation, by=by, at=AFTER_CLOSE + DAY)
    with time_machine.travel(AFTER_CLOSE + 2 * DAY, tick=False):
        run = desk.get(where["run"]).content.decode()
        assert "3 members took part by the ledger, 3 ballots opened." in run
        assert "Totals only: root over 3 ballots" in run
        results = signed_in(members[0]).get(where["results"]).content.decode()
        assert "Your ballot is among these" in results
        assert "quillwort" not in results
        assert "Guarantee a floor" in results
        assert "Check the totals" in Client().get(where["verify"]).content.decode()
        assert (
            reverse("consultation:showing", args=[consultation.slug])
            not in desk.get(reverse("consultation:desk")).content.decode()
        )
        take_back = signed_in(members[0]).get(reverse("consultation:take_back", args=[consultation.slug]))
        assert take_back.status_code == 404


def test_a_cookie_lasts_as_long_as_the_consultation():
    member = a_person()
    consultation = a_detached_one()
    client = signed_in(member)
    with time_machine.travel(WHILE_OPEN, tick=False):
        page = client.get(reverse("consultation:page", args=[consultation.slug, 1]))
        age = timedelta(seconds=page.cookies[key_in(client)]["max-age"])
    assert timedelta() <= age - (consultation.closes_at - WHILE_OPEN) <= 2 * DAY
