"""An answer is left out of the counts: with a public reason, by two, told to whom it belongs, and in the books."""

import pytest
import time_machine
from django.db import IntegrityError, transaction

from common.verdicts import Refused
from consultation.actions.books import ExclusionWaits
from consultation.actions.closing import close_what_is_due
from consultation.actions.excluding import ExcludedAlready, ExclusionGone, agree_to_exclude, ask_to_exclude, count_again
from consultation.actions.leaving import take_back_response
from consultation.actions.publishing import publish_results
from consultation.models import Books, Consultation, Departure, Exclusion, Result
from consultation.permissions import can_agree_to_exclude
from consultation.proof.rules import rulings
from consultation.readers.excluding import response_named
from consultation.readers.fairness import run_of
from consultation.readers.showing import how_many_shown
from consultation.urls import urlpatterns
from notifications.expander import expand_next
from notifications.kinds import notice_kind
from notifications.models import Notice
from tests.consultation.factories import (
    AFTER_CLOSE,
    DAY,
    WHILE_OPEN,
    a_confidential_one,
    a_person,
    a_response,
    an_open_one,
    an_organiser,
)
from tests.consultation.pages import address, client_of

pytestmark = pytest.mark.django_db
LATER = AFTER_CLOSE + DAY
REASON = "Sent a second time by the same person, from another account."


def closed(consultation=None, *, answers=2, consent="analysis"):
    """Closed, with the responses that were sent."""
    consultation = consultation or an_open_one()
    sent = [a_response(consultation, consent=consent) for _ in range(answers)]
    close_what_is_due(at=AFTER_CLOSE)
    return Consultation.objects.get(pk=consultation.pk), sent


def excluded(response, *, at=LATER):
    return agree_to_exclude(ask_to_exclude(response, reason=REASON, by=an_organiser(), at=at), by=an_organiser(), at=at)


def told(at=LATER):
    while expand_next(at=at):
        pass
    return list(Notice.objects.filter(kind="consultation.excluded").order_by("pk"))


class TestExcluding:
    def test_takes_it_out_of_every_count_and_balances_the_books(self):
        consultation, sent = closed(consent="unnamed")
        excluded(sent[0])
        publish_results(consultation, by=an_organiser(), at=LATER)
        books = Books.objects.get()
        assert (books.leaves, books.excluded, books.counted, books.segments) == (2, 1, 1, 1)
        assert Consultation.objects.get().responses_counted == 1
        assert set(Result.objects.values_list("n", flat=True)) == {1}
        assert Departure.objects.get().reason == REASON
        assert how_many_shown(Consultation.objects.get()) == 1, "what is not counted is not shown either"
        line = next(each for each in rulings(run_of(Consultation.objects.get())) if each.key == "R7")
        assert line.verdict == "holds"
        assert "2 − 0 taken back − 0 erased − 1 excluded = 1 counted." in line.proof
        assert "added up over 1 segment" in line.proof
        assert REASON.rstrip(".") in line.proof

    def test_takes_two_people_neither_of_whom_sent_it(self):
        consultation, [response] = closed(answers=1)
        asker = an_organiser()
        exclusion = ask_to_exclude(response, reason=REASON, by=asker, at=LATER)
        with pytest.raises(Refused, match="You asked for it"):
            agree_to_exclude(exclusion, by=asker, at=LATER)
        with pytest.raises(Refused):
            agree_to_exclude(exclusion, by=a_person(), at=LATER)
        with pytest.raises(ExclusionWaits):
            publish_results(consultation, by=asker, at=LATER)
        with pytest.raises(IntegrityError, match="exclusion_agreed_by_another"), transaction.atomic():
            Exclusion.objects.update(agreed_by=asker, agreed_at=LATER)
        with pytest.raises(ExcludedAlready):
            ask_to_exclude(response, reason=REASON, by=asker, at=LATER)
        own = an_organiser()
        exclusion.response.user_id = own.pk
        assert "your own answer" in can_agree_to_exclude(own, exclusion).reason

    def test_is_refused_before_the_close_and_once_results_are_published(self):
        consultation = an_open_one()
        response = a_response(consultation)
        with pytest.raises(Refused, match="before the close"):
            ask_to_exclude(response, reason=REASON, by=an_organiser(), at=WHILE_OPEN)
        close_what_is_due(at=AFTER_CLOSE)
        exclusion = excluded(response)
        publish_results(consultation, by=an_organiser(), at=LATER)
        with pytest.raises(Refused, match="stays counted"):
            count_again(exclusion, by=an_organiser(), at=LATER)

    def test_is_undone_until_then_and_the_member_is_told_both_times(self):
        consultation, [response] = closed(answers=1)
        exclusion = excluded(response)
        assert agree_to_exclude(exclusion, by=an_organiser(), at=LATER).agreed_by_id == exclusion.agreed_by_id, "safe twice"
        count_again(exclusion, by=an_organiser(), at=LATER)
        with pytest.raises(ExclusionGone):
            count_again(exclusion, by=an_organiser(), at=LATER)
        notices = told()
        assert [notice.user_id for notice in notices] == [response.user_id] * 2
        said = notice_kind("consultation.excluded").render(response.user, notices, LATER)
        assert "is not counted" in said[notices[0].pk].sentence
        assert "is counted after all" in said[notices[1].pk].sentence
        publish_results(consultation, by=an_organiser(), at=LATER)
        assert Books.objects.get().counted == 1

    def test_who_takes_it_back_meanwhile_is_counted_as_having_done_so(self):
        consultation, [response] = closed(answers=1)
        excluded(response)
        take_back_response(consultation, by=response.user, at=LATER)
        publish_results(consultation, by=an_organiser(), at=LATER)
        books = Books.objects.get()
        assert (books.withdrawn, books.excluded, books.counted) == (1, 0, 0)

    def test_of_a_confidential_one_tells_nobody_and_stands_on_the_page_of_the_receipt(self):
        member, consultation = a_person(), a_confidential_one()
        response = a_response(consultation, by=member)
        close_what_is_due(at=AFTER_CLOSE)
        consultation.refresh_from_db()
        excluded(response)
        assert told() == []
        assert response_named(consultation, f"@{member.handle}") is None, "nobody looks for a member there"
        with time_machine.travel(LATER, tick=False):
            page = client_of(member).get(address("receipt", consultation.slug)).content.decode()
            desk = client_of(an_organiser()).get(address("exclusions", consultation.slug)).content.decode()
        assert "Your answer is not counted." in page
        assert REASON in page
        assert member.display_name not in desk


def test_no_address_holds_the_reference_of_a_receipt():
    """Addresses are logged, by the proxy and by Django."""
    arguments = {argument for pattern in urlpatterns for argument in pattern.pattern.converters}
    assert {"slug", "handle", "pk"} <= arguments
    assert not {"reference", "receipt"} & arguments


def test_organisers_ask_and_agree_on_a_page_of_their_own():
    consultation, [response, other] = closed()
    first, second = an_organiser(), an_organiser()
    where = address("exclusions", consultation.slug)
    with time_machine.travel(LATER, tick=False):
        client = client_of(first)
        assert where in client.get(address("detail", consultation.slug)).content.decode()
        wrong = client.post(where, {"whose": "no such", "reason": REASON}).content.decode()
        assert "No answer that counts has this reference or is this member’s" in wrong
        assert REASON in wrong, "what was typed is kept"
        assert client.post(where, {"whose": response.spelt_reference, "reason": REASON}).status_code == 302
        assert "for that already" in client.post(where, {"whose": response.reference, "reason": REASON}).content.decode()
        assert client.post(where, {"whose": f"@{other.user.handle}", "reason": REASON}).status_code == 302
        assert "You asked for it" in client.get(where).content.decode()
        page = client_of(second).get(where).content.decode()
        assert response.reference not in page
        assert other.reference not in page
        for name, one in (("exclusion_agree", response), ("exclusion_end", other)):
            exclusion = Exclusion.objects.get(response=one)
            assert (way := address(name, consultation.slug, exclusion.handle)) in page
            assert client_of(second).post(way).status_code == 302
        assert client_of(a_person()).get(where).status_code == 403
    assert list(Exclusion.objects.filter(agreed_by=second)) == [response.exclusion]
    assert Exclusion.objects.count() == 1


def test_what_was_decided_about_meanwhile_is_told_where_one_comes_from():
    consultation, [response, _] = closed()
    ask_to_exclude(response, reason=REASON, by=an_organiser(), at=LATER)
    client, slug, handle = client_of(an_organiser()), consultation.slug, Exclusion.objects.get().handle
    with time_machine.travel(LATER, tick=False):
        client.post(address("exclusion_end", slug, handle))
        for step in ("exclusion_end", "exclusion_agree"):
            late = client.post(address(step, slug, handle), follow=True)
            assert late.redirect_chain[-1][0] == address("exclusions", slug)
            assert "It was decided about meanwhile: the answer is counted." in late.content.decode()
            assert client_of(a_person()).post(address(step, slug, handle)).status_code == 403
