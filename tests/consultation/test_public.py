"""The public: an answer for a confirmed address, apart from members, and nothing told to whoever tries addresses or links."""

import re

import pytest
import time_machine
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from common.verdicts import Refused
from consultation.actions.answering import save_answers
from consultation.actions.closing import close_what_is_due
from consultation.actions.guests import LinkWornOut, MembersAnswerAsMembers, ask_for_link, confirm_address
from consultation.actions.leaving import take_back_response
from consultation.actions.publishing import publish_results
from consultation.actions.submitting import NameNotKept, submit_response
from consultation.mails import GuestLink
from consultation.models import Consultation, Departure, Guest, OtherBooks, OtherResult, Party, Response
from consultation.readers.guests import link_token
from consultation.readers.participation import count_participation
from consultation.readers.seats import seat_of_guest
from mail.addresses import address_for, attach
from mail.kinds import Dropped
from mail.models import Address, Mail
from tests.accounts.factories import UserFactory
from tests.consultation.factories import AFTER_CLOSE, DAY, FULL, WHILE_OPEN, a_response, an_open_one, an_organiser, one_for_others

pytestmark = pytest.mark.django_db


@pytest.fixture
def consultation() -> Consultation:
    return one_for_others()


def a_guest(consultation, email="pat@example.net", *, number=1, at=WHILE_OPEN):
    token = link_token(consultation, address_for(email, at=at), number=number)
    return confirm_address(consultation, token, sort="patient", name="Pat", at=at)


def a_public_answer(consultation, email="pat@example.net", *, at=WHILE_OPEN, consent="analysis"):
    seat = a_guest(consultation, email, at=at)
    save_answers(consultation, FULL, by=seat, at=at)
    return submit_response(consultation, by=seat, at=at, consent=consent)


def path_in(mail, at=WHILE_OPEN):
    return re.search(r"https?://[^/]+(/\S+)", GuestLink().write(mail, at=at).text)[1]


class TestTheLink:
    def test_goes_to_the_address_alone_and_says_the_same_whoever_it_is(self, consultation):
        member = UserFactory(member=True)
        attach(member, email=member.email, at=WHILE_OPEN)
        cache.clear()
        where, client = reverse("consultation:public", args=[consultation.slug]), Client()
        with time_machine.travel(WHILE_OPEN, tick=False):
            answers = [client.post(where, {"email": email}) for email in (member.email, "nobody@example.net")]
            assert {answer.headers["Location"] for answer in answers} == {
                reverse("consultation:public_sent", args=[consultation.slug])
            }
            assert [client.post(where, {"email": "nobody@example.net"}).status_code for _ in range(3)] == [302, 302, 429]
        to_member, to_stranger = Mail.objects.order_by("pk")
        assert "sign in and answer as a member" in GuestLink().write(to_member, at=WHILE_OPEN).text
        assert "/public/link/" not in GuestLink().write(to_member, at=WHILE_OPEN).text
        assert "/public/link/" in path_in(to_stranger)

    def test_changes_nothing_where_a_scanner_opens_it(self, consultation):
        ask_for_link(consultation, "pat@example.net", at=WHILE_OPEN)
        path, scanner = path_in(Mail.objects.get()), Client()
        with time_machine.travel(WHILE_OPEN, tick=False):
            assert scanner.get(path).status_code == 200
            assert scanner.head(path).status_code in {200, 405}
        assert not Party.objects.exists()
        assert Address.objects.get().state == "unverified"
        assert not scanner.session.items()

    def test_opens_nothing_else_and_nothing_once_a_later_one_was_used(self, consultation):
        a_guest(consultation)
        old, address = seat_of_guest(Guest.objects.get()), Address.objects.get()
        later = link_token(consultation, address, number=2)
        with pytest.raises(LinkWornOut):
            confirm_address(one_for_others(title="Another that asks"), later, at=WHILE_OPEN)
        with pytest.raises(LinkWornOut):
            confirm_address(consultation, later[:3] + ("a" if later[3] != "a" else "b") + later[4:], at=WHILE_OPEN)
        confirm_address(consultation, later, at=WHILE_OPEN)
        with pytest.raises(LinkWornOut):
            confirm_address(consultation, link_token(consultation, address, number=1), at=WHILE_OPEN)
        with pytest.raises(Refused, match="Another link was used"):
            save_answers(consultation, FULL, by=old, at=WHILE_OPEN)

    def test_is_for_nobody_who_answers_as_a_member(self, consultation):
        member = UserFactory(member=True)
        attach(member, email=member.email, at=WHILE_OPEN)
        with pytest.raises(MembersAnswerAsMembers):
            a_guest(consultation, member.email)

    def test_is_not_sent_where_the_public_is_not_asked(self):
        with pytest.raises(Refused, match="does not ask the public"):
            ask_for_link(an_open_one(), "pat@example.net", at=WHILE_OPEN)

    def test_still_leads_to_ones_answer_after_the_close_and_to_nobody_new(self, consultation):
        for email in ("pat@example.net", "late@example.net"):
            ask_for_link(consultation, email, at=WHILE_OPEN)
        a_public_answer(consultation)
        close_what_is_due(at=AFTER_CLOSE)
        known, late = Mail.objects.filter(params={"consultation": consultation.pk}).order_by("pk")
        assert "/public/link/" in path_in(known, at=AFTER_CLOSE)
        assert isinstance(GuestLink().write(late, at=AFTER_CLOSE), Dropped)
        with pytest.raises(Refused):
            a_guest(consultation, "late@example.net", at=AFTER_CLOSE)


class TestTheAnswer:
    def test_is_one_for_an_address_and_can_be_changed(self, consultation):
        first = a_public_answer(consultation)
        again = a_public_answer(consultation, "PAT@example.net ")
        assert (again.party, again.revision) == (first.party, 2)
        assert Response.objects.filter(is_current=True).get() == again
        assert Mail.objects.filter(kind="consultation.guest").count() == 2, "the owner of the mailbox hears of each"

    def test_is_counted_apart_and_without_a_denominator(self, consultation):
        by = an_organiser()
        a_response(consultation)
        for number in range(5):
            a_public_answer(consultation, f"somebody{number}@example.net")
        assert count_participation(consultation, as_of=WHILE_OPEN + DAY).others == {"organisation": 0, "public": 5}
        close_what_is_due(at=AFTER_CLOSE)
        done = publish_results(consultation, by=by, at=AFTER_CLOSE + DAY)
        assert (done.responses_counted, done.root.size, done.root.of_public) == (1, 6, 5)
        assert OtherBooks.objects.get().counted == 5
        assert set(OtherResult.objects.values_list("kind", "whole")) == {("public", 5)}

    def test_is_erased_with_its_address_whenever_they_like(self, consultation):
        by = an_organiser()
        sent = a_public_answer(consultation)
        close_what_is_due(at=AFTER_CLOSE)
        publish_results(consultation, by=by, at=AFTER_CLOSE + DAY)
        seat = seat_of_guest(Guest.objects.select_related("party").get())
        take_back_response(consultation, by=seat, at=AFTER_CLOSE + 2 * DAY)
        assert (Departure.objects.get().why, Departure.objects.get().kind) == ("erased", "public")
        assert not Party.objects.filter(pk=sent.party_id).exists()
        assert not Guest.objects.exists()
        assert OtherBooks.objects.get().counted == 1, "what was published stays"

    def test_has_no_address_beside_it_where_answers_are_confidential(self):
        consultation = one_for_others(identity="confidential")
        seat = a_guest(consultation)
        save_answers(consultation, FULL, by=seat, at=WHILE_OPEN)
        with pytest.raises(NameNotKept):
            submit_response(consultation, by=seat, at=WHILE_OPEN, consent="named")
        sent = submit_response(consultation, by=seat, at=WHILE_OPEN)
        guest, address = Guest.objects.get(), Address.objects.get()
        assert (guest.address, sent.party.name, address.state) == (None, "", "unverified")
        assert not Mail.objects.exists()
        assert sent.submitted_at < WHILE_OPEN
        assert not sent.keeps_the_hour
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM mail_address a, consultation_guest g WHERE a.xmin = g.xmin AND a.created_at < %s", [WHILE_OPEN]
            )
            assert cursor.fetchall() == []
        with pytest.raises(DatabaseError), transaction.atomic():
            Guest.objects.update(address=address, address_tag=None)


class TestPages:
    def test_lead_a_visitor_from_the_consultation_to_the_receipt_and_out(self, consultation):
        cache.clear()
        visitor = Client()
        with time_machine.travel(WHILE_OPEN, tick=False):
            where = reverse("consultation:public", args=[consultation.slug])
            assert where in visitor.get(consultation.get_absolute_url()).content.decode()
            assert "<title>Error: " in visitor.post(where, {"email": "pat"}).content.decode()
            visitor.post(where, {"email": "pat@example.net"})
            path = path_in(Mail.objects.get())
            assert "<title>Error: " in visitor.post(path, {"sort": "", "name": "Pat"}).content.decode()
            home = visitor.post(path, {"sort": "patient", "name": "Pat"}).headers["Location"]
            assert "a patient or carer, Pat" in visitor.get(home).content.decode()
            assert visitor.post(f"{home}1/", {"q-purpose": "floor"}).headers["Location"] == f"{home}2/"
            told = {"q-route-order:portfolio": "1", "q-route-order:exam": "2", "q-why": "As a patient."}
            assert visitor.post(f"{home}2/", told).headers["Location"] == f"{home}check/"
            assert visitor.post(f"{home}check/", {"consent": "unnamed"}).headers["Location"] == f"{home}receipt/"
            assert "Your answer is in" in visitor.get(f"{home}receipt/").content.decode()
            assert visitor.get(f"{home}receipt/file/").status_code == 200
            stranger = Client()
            assert {stranger.get(f"{home}{page}").status_code for page in ("", "1/", "check/", "receipt/", "take-back/")} == {404}
            assert stranger.post(f"{home}1/save/", {"q-why": "Mine"}).status_code == 404
            for_another = reverse("consultation:guest", args=[one_for_others(title="Another that asks").slug])
            assert visitor.get(for_another).status_code == 404
            visitor.post(reverse("consultation:guest_leave", args=[consultation.slug]))
            assert visitor.get(home).status_code == 404
            again = path_in(Mail.objects.order_by("pk").last())
            assert visitor.post(again).headers["Location"] == home
            assert visitor.post(f"{home}take-back/").headers["Location"] == consultation.get_absolute_url()
        assert not Response.objects.exists()
        assert not Party.objects.exists()
