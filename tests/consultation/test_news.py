"""Who else hears of a change, of the end and of the results: colleagues by notice, the public by letter."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consultation.actions.answering import save_answers
from consultation.actions.closing import close_what_is_due
from consultation.actions.entries import begin_entry, hand_in_entry, release_entry
from consultation.actions.guests import confirm_address
from consultation.actions.news import NEWS_MAIL, choose_news, write_what_is_due
from consultation.actions.organisations import ask_colleague
from consultation.actions.publishing import publish_results
from consultation.actions.questionnaire import change_question
from consultation.actions.reminding import remind_of_what_closes
from consultation.actions.submitting import submit_response
from consultation.mails import GuestNews
from consultation.models import Draft, Guest, News, Question, Response
from consultation.readers.answers import paper_of
from consultation.readers.guests import link_token
from consultation.readers.seats import seat_of_entry
from mail.addresses import address_for
from mail.kinds import Dropped
from mail.models import Mail
from notifications.expander import expand_next
from notifications.kinds import notice_kind
from notifications.models import Notice
from tests.consultation.factories import (
    AFTER_CLOSE,
    BY_MAIL,
    DAY,
    FULL,
    WHILE_OPEN,
    a_new_version,
    a_person,
    a_response,
    an_organisation,
    an_organiser,
    one_for_others,
)

pytestmark = pytest.mark.django_db
LATER = WHILE_OPEN + timedelta(hours=1)


def another_meaning(version):
    question = Question.objects.get(version=version, key="value")
    words = {"kind": "agreement_scale", "text": "Partners would value my work less.", "hint": "", "required": False}
    change_question(question, by=version.started_by, at=LATER, **words)


def changed(consultation, at=LATER):
    version = a_new_version(consultation, change=another_meaning, at=at)
    while expand_next(at=at) is not None:
        pass
    return version


def a_seat(consultation, email, *, sends=True):
    token = link_token(consultation, address_for(email, at=WHILE_OPEN), number=1)
    seat = confirm_address(consultation, token, sort="patient", name="Pat", at=WHILE_OPEN)
    save_answers(consultation, FULL, by=seat, at=WHILE_OPEN)
    if sends:
        submit_response(consultation, by=seat, at=WHILE_OPEN)
    return seat


def letters():
    return {mail.address.email: mail for mail in Mail.objects.filter(kind=NEWS_MAIL).select_related("address")}


def text_of(mail, at=LATER):
    return GuestNews().write(mail, at=at).text


class TestAMaterialChange:
    def test_is_told_to_colleagues_who_say_that_the_answer_stands(self):
        member, colleague = a_person(), a_person()
        consultation = one_for_others()
        seat = an_organisation(consultation, by=member, colleagues=[colleague])
        save_answers(consultation, FULL, by=seat, at=WHILE_OPEN)
        submit_response(consultation, by=seat, at=WHILE_OPEN, consent="named")
        changed(consultation)
        notices = Notice.objects.filter(kind="consultation.changed").select_related("event")
        assert {notice.user_id for notice in notices} == {member.pk, colleague.pk}
        kind, notice = notice_kind("consultation.changed"), notices.get(user=colleague)
        assert kind.may_still_see(colleague, notice.event, LATER)
        assert seat.party.name not in kind.letter(colleague, notice, LATER).text, "another employer's mailbox, perhaps"
        sender, reader = Client(), Client()
        sender.force_login(member)
        reader.force_login(colleague)
        where = reverse("consultation:seat_confirm", args=[consultation.slug, seat.key])
        home = reverse("consultation:organisation", args=[consultation.slug, seat.party.pk])
        with time_machine.travel(LATER, tick=False):
            assert where in sender.get(home).content.decode()
            assert "My answer stands" not in reader.get(where).content.decode()
            assert reader.post(where, {"version": 2}).status_code == 403, "a colleague who may not send it"
            assert "The answer stands" in sender.get(where).content.decode()
            assert sender.post(where, {"version": 2}).status_code == 302
            shown = sender.get(reverse("consultation:seat_shown", args=[consultation.slug, seat.key])).content.decode()
        assert "with its name" in shown
        assert Response.objects.get(party=seat.party, is_current=True).confirms
        assert not kind.may_still_see(colleague, notice.event, LATER)

    def test_is_told_once_to_members_and_colleagues_who_had_begun(self):
        member, colleague = a_person(), a_person()
        consultation = one_for_others()
        save_answers(consultation, FULL, by=member, at=WHILE_OPEN)
        save_answers(consultation, FULL, by=an_organisation(consultation, by=colleague), at=WHILE_OPEN)
        both = a_person()
        a_response(consultation, by=both)
        save_answers(consultation, {"why": "On second thoughts."}, by=both, at=WHILE_OPEN)
        changed(consultation)
        (row,) = Notice.objects.filter(kind="consultation.changed", user=both)
        assert "Does your answer stand?" in notice_kind("consultation.changed").render(both, [row], LATER)[row.pk].sentence
        notices = {notice.user_id: notice for notice in Notice.objects.filter(kind="consultation.changed")}
        assert set(notices) == {member.pk, colleague.pk, both.pk}
        kind = notice_kind("consultation.changed")
        assert "since you began" in kind.render(member, [notices[member.pk]], LATER)[notices[member.pk].pk].sentence
        assert kind.may_still_see(member, notices[member.pk].event, LATER)
        submit_response(consultation, by=member, at=LATER)
        assert not kind.may_still_see(member, notices[member.pk].event, LATER)

    @pytest.mark.parametrize("identity", ["named", "confidential"])
    def test_is_written_to_the_public_by_the_link_that_they_have(self, identity):
        consultation = one_for_others(identity=identity)
        seat = a_seat(consultation, "sent@example.net")
        a_seat(consultation, "begun@example.net", sends=False)
        silent = a_seat(consultation, "silent@example.net")
        choose_news(silent, consultation, wanted=False)
        address_for("nobody@example.net", at=WHILE_OPEN)
        changed(consultation)
        assert write_what_is_due(at=LATER) == 2
        assert write_what_is_due(at=LATER) == 0
        told = letters()
        assert set(told) == {"sent@example.net", "begun@example.net"}
        path = re.search(r"https?://[^/]+(/\S+)", text_of(told["sent@example.net"]))[1]
        browser = Client()
        with time_machine.travel(LATER, tick=False):
            browser.post(path)
            where = reverse("consultation:guest_confirm", args=[consultation.slug])
            assert where in browser.get(reverse("consultation:guest", args=[consultation.slug])).content.decode()
            assert "My answer stands" in browser.get(where).content.decode()
            browser.post(where, {"version": 2})
            assert browser.get(reverse("consultation:guest_shown", args=[consultation.slug])).status_code == 200
            ended = browser.post(reverse("consultation:guest_letters_end", args=[consultation.slug]))
        assert ended.status_code == 302
        assert not Guest.objects.get(party=seat.party).wants_news
        assert Response.objects.get(party=seat.party, is_current=True).confirms
        assert isinstance(GuestNews().write(told["sent@example.net"], at=LATER), Dropped), "they have said so"

    def test_leaves_what_came_on_paper_with_the_version_that_stands_there(self):
        by, second, member = an_organiser(), an_organiser(), a_person()
        consultation = one_for_others(by=by)
        entry = begin_entry(consultation, member, BY_MAIL, by=by, at=WHILE_OPEN)
        seat = seat_of_entry(entry, by)
        save_answers(consultation, {"value": "agree"}, by=seat, at=WHILE_OPEN)
        changed(consultation)
        save_answers(consultation, {"purpose": "floor"}, by=seat, at=LATER)
        assert paper_of(seat, consultation).version.number == 1
        assert Draft.objects.get(entry=entry).version.number == 1
        hand_in_entry(entry, consent="analysis", by=by, at=LATER)
        response = release_entry(entry, by=second, at=LATER)
        assert response.version.number == 1
        assert response.answers.count() == 2
        assert paper_of(member, consultation).is_asked_to_confirm, "its member may say that it stands"

    def test_is_chosen_where_the_paper_is_of_an_earlier_version(self, client):
        by, member = an_organiser(), a_person()
        consultation = one_for_others(by=by)
        client.force_login(by)
        where = reverse("consultation:new_entry", args=[consultation.slug, "member"])
        with time_machine.travel(LATER + DAY, tick=False):
            assert "Which questions it answers" not in client.get(where).content.decode()
            changed(consultation)
            assert "Which questions it answers" in client.get(where).content.decode()
            told = {"whose": member.handle, "way": "mail", "received_on": "2026-09-05", "text": "A floor.", "version": "1"}
            typing = client.post(where, told).headers["Location"]
            assert "Partners would value my work more" in client.get(typing).content.decode()


class TestTheEnd:
    def test_reminds_colleagues_and_the_public_of_what_is_not_sent(self):
        member = a_person()
        consultation = one_for_others()
        save_answers(consultation, FULL, by=an_organisation(consultation, by=member), at=WHILE_OPEN)
        a_seat(consultation, "sent@example.net")
        a_seat(consultation, "begun@example.net", sends=False)
        soon = consultation.closes_at - timedelta(hours=20)
        remind_of_what_closes(at=soon)
        while expand_next(at=soon) is not None:
            pass
        notice = Notice.objects.get(kind="consultation.reminder")
        assert notice.user_id == member.pk
        assert notice_kind("consultation.reminder").may_still_see(member, notice.event, soon)
        assert News.objects.get().kind == "one_day"
        write_what_is_due(at=soon)
        assert set(letters()) == {"begun@example.net"}
        assert "only what is sent counts" in text_of(letters()["begun@example.net"], soon)
        assert isinstance(GuestNews().write(letters()["begun@example.net"], at=AFTER_CLOSE), Dropped)

    def test_tells_the_results_to_colleagues_and_the_public_who_answered(self):
        by, member, asked = an_organiser(), a_person(), a_person()
        consultation = one_for_others(by=by)
        seat = an_organisation(consultation, by=member)
        ask_colleague(seat, asked, by=member, at=WHILE_OPEN)
        save_answers(consultation, FULL, by=seat, at=WHILE_OPEN)
        submit_response(consultation, by=seat, at=WHILE_OPEN, consent="named")
        a_seat(consultation, "sent@example.net")
        a_seat(consultation, "begun@example.net", sends=False)
        close_what_is_due(at=AFTER_CLOSE)
        publish_results(consultation, by=by, at=AFTER_CLOSE)
        while expand_next(at=AFTER_CLOSE) is not None:
            pass
        assert set(Notice.objects.filter(kind="consultation.published").values_list("user", flat=True)) == {member.pk}
        write_what_is_due(at=AFTER_CLOSE)
        assert set(letters()) == {"sent@example.net"}
        assert "/results/" in text_of(letters()["sent@example.net"], AFTER_CLOSE)


def test_a_colleague_is_asked_by_mail_without_for_whom():
    member, asked = a_person(), a_person()
    consultation = one_for_others()
    seat = an_organisation(consultation, by=member)
    ask_colleague(seat, asked, by=member, at=WHILE_OPEN)
    while expand_next(at=WHILE_OPEN) is not None:
        pass
    notice = Notice.objects.get(kind="consultation.colleague")
    letter = notice_kind("consultation.colleague").letter(asked, notice, WHILE_OPEN)
    assert consultation.title in letter.text
    for whole in (letter.text, letter.html, letter.subject):
        assert seat.party.name not in whole
        assert member.display_name not in whole
