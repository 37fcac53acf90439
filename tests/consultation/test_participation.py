"""Figures once a day, small cells kept back; who is little heard is invited; reminders go once, and give nobody away."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from common.verdicts import Refused
from consultation.actions.answering import save_answers
from consultation.actions.holding import hold_open
from consultation.actions.opening import extend_consultation
from consultation.actions.participation import publish_participation
from consultation.actions.reminding import InvitedLately, NotLittleHeard, invite_segment, remind_of_what_closes
from consultation.actions.writing import change_details
from consultation.calendar import last_day
from consultation.models import Eligible, ParticipationFigure, Reminder, Response, Version
from consultation.readers.participation import count_participation, latest_figures
from consultation.tasks import tick
from mail.kinds import Dropped
from mail.models import Address, Mail
from notifications.expander import expand_next
from notifications.mails import NoticeMail
from notifications.models import Notice
from tests.consultation.factories import (
    BEGIN,
    DAY,
    FULL,
    OPENED,
    WHILE_OPEN,
    a_draft,
    a_person,
    a_response,
    an_open_one,
    an_organiser,
    opened,
)
from tests.forum.factories import CategoryFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def crowd(consultation, *, nation, size, people, answered):
    """So many on the list, of whom so many sent an answer; in rows, for there are many."""
    version = Version.objects.get(consultation=consultation)
    names = [f"{nation}-{size}-{number}" for number in range(people)]
    users = User.objects.bulk_create(
        User(email=f"{name}@example.org", display_name="Somebody", handle=name, sort_key=name, created_at=OPENED)
        for name in names
    )
    rows = [Eligible(consultation=consultation, user=user, nation=nation, list_size=size) for user in users]
    Eligible.objects.bulk_create(rows)
    sent = {"version": version, "revision": 1, "is_current": True, "submitted_at": OPENED + HOUR}
    Response.objects.bulk_create(
        Response(consultation=consultation, user=user, reference=f"{user.pk:016}", **sent) for user in users[:answered]
    )
    return users


@pytest.fixture
def heard():
    """England answers, Wales hardly; of Scotland there are too few to tell."""
    a_person(facts={"nation": "england", "list_size": "under-5k"})
    consultation = an_open_one()
    answered = {"england": (20, 15, 15), "wales": (8, 12, 12), "scotland": (2, 15, 10)}
    for nation, numbers in answered.items():
        for size, number in zip(("under-5k", "5-10k", "10-15k"), numbers, strict=True):
            people = 9 if number == 2 else 20 if number == 10 else 29 if number == 20 else 30
            crowd(consultation, nation=nation, size=size, people=people, answered=number)
    return consultation


def expand_everything(at):
    while expand_next(at=at) is not None:
        pass


def test_figures_are_published_once_a_day_as_of_six(heard):
    assert publish_participation(at=OPENED.replace(hour=4)) == 0
    at = WHILE_OPEN
    assert publish_participation(at=at) == 1
    assert publish_participation(at=at + HOUR) == 0
    assert publish_participation(at=at + DAY) == 1
    a_response(heard, at=at)
    table = latest_figures(heard)
    assert (table.whole.people, table.whole.took_part) == (239, 109)
    assert table.as_of == (at + DAY).replace(hour=5)  # six in London's summer
    assert table.of(table.as_dict()) == table


@pytest.mark.django_db(transaction=True)
def test_figures_are_published_beside_somebody_who_answers():
    consultation, at = an_open_one(), WHILE_OPEN + DAY

    def publish():
        try:
            publish_participation(at=at)
        finally:
            connection.close()

    other = threading.Thread(target=publish)
    with transaction.atomic():
        hold_open(consultation.pk)
        other.start()
        other.join(10)
        assert not other.is_alive(), "it waits for nobody"
        assert ParticipationFigure.objects.filter(consultation=consultation).exists()


def test_small_cells_are_kept_back_and_no_sum_gives_them_away(heard):
    publish_participation(at=WHILE_OPEN)
    table = latest_figures(heard)
    assert table.cells["scotland", "under-5k"].is_kept_back
    assert len([cell for cell, each in table.cells.items() if cell[0] == "scotland" and each.is_kept_back]) > 1
    shown = {cell for cell, each in table.cells.items() if not each.is_kept_back and each.people}
    assert ("", "") in shown
    assert not ParticipationFigure.objects.filter(table__cells__contains=[["scotland", "under-5k", 9, 2]]).exists()


def test_who_came_later_is_counted_apart(heard):
    for _ in range(12):
        a_person()
    publish_participation(at=WHILE_OPEN)
    table = latest_figures(heard)
    assert table.whole.people == 239
    assert table.supplement.is_kept_back, "none of twelve answered: that says it of each"


def test_the_least_heard_are_named_and_invited_once_a_week(heard):
    by, member = an_organiser(), a_person()
    publish_participation(at=WHILE_OPEN)
    low = latest_figures(heard).least_heard()
    assert [segment.words for segment in low] == ["Wales, 10,000–14,999 patients", "Wales, 5,000–9,999 patients"]
    nation, size = low[0].nation, low[0].size
    with pytest.raises(NotLittleHeard):
        invite_segment(heard, nation="northern-ireland", list_size="5-10k", by=by, at=WHILE_OPEN)
    with pytest.raises(Refused):
        invite_segment(heard, nation=nation, list_size=size, by=member, at=WHILE_OPEN)
    invite_segment(heard, nation=nation, list_size=size, by=by, at=WHILE_OPEN)
    with pytest.raises(InvitedLately):
        invite_segment(heard, nation=nation, list_size=size, by=by, at=WHILE_OPEN + 6 * DAY)
    expand_everything(WHILE_OPEN)
    told = Notice.objects.filter(event__kind="consultation.reminder")
    silent = Eligible.objects.filter(nation=nation, list_size=size).exclude(user__in=Response.objects.values("user"))
    assert set(told.values_list("user", flat=True)) == set(silent.values_list("user", flat=True))
    for week in (1, 2):
        invite_segment(heard, nation=nation, list_size=size, by=by, at=WHILE_OPEN + 8 * week * DAY)
        expand_everything(WHILE_OPEN + 8 * week * DAY)
    assert told.count() == 2 * silent.count(), "a person twice at most"


def test_the_silent_hear_once_and_holders_of_drafts_72_and_24_hours_before_the_end():
    by, silent, begun, answered = an_organiser(), a_person(), a_person(), a_person()
    consultation = an_open_one(by=by)
    a_response(consultation, by=answered)
    save_answers(consultation, FULL, by=begun, at=WHILE_OPEN)
    end = consultation.closes_at
    assert remind_of_what_closes(at=end - 8 * DAY) == 0
    for before, first in ((6 * DAY, 1), (5 * DAY, 0), (70 * HOUR, 1), (69 * HOUR, 0), (23 * HOUR, 1), (HOUR, 0)):
        assert remind_of_what_closes(at=end - before) == first, before
    expand_everything(end - HOUR)
    told = Notice.objects.filter(kind="consultation.reminder").order_by("pk").values_list("user", "event__data__what")
    assert list(told) == [(silent.pk, "silent"), (begun.pk, "three_days"), (begun.pk, "one_day")]
    extend_consultation(consultation, closes_on=last_day(end, 14), reason="More time.", by=by, at=end - HOUR)
    assert remind_of_what_closes(at=end + 12 * DAY) == 1, "of the new end holders of drafts hear anew"
    assert Reminder.objects.filter(kind="silent").count() == 1


def test_a_late_tick_reminds_of_the_last_that_is_due_only():
    consultation = an_open_one()
    assert remind_of_what_closes(at=consultation.closes_at - HOUR) == 1
    assert Reminder.objects.get().kind == "one_day"


def test_the_letter_says_neither_who_answered_nor_who_began():
    begun, silent = a_person(name="Same Name"), a_person(name="Same Name")
    for person in (begun, silent):
        Address.objects.create(
            email=person.email, account=person, state=Address.State.VERIFIED, verified_at=OPENED, created_at=OPENED
        )
    consultation = an_open_one()
    save_answers(consultation, FULL, by=begun, at=WHILE_OPEN)
    end = consultation.closes_at
    for before in (6 * DAY, 70 * HOUR):
        remind_of_what_closes(at=end - before)
    expand_everything(end - 60 * HOUR)
    mails = Mail.objects.filter(kind="consultation.reminder")
    letters = [NoticeMail().write(mail, at=end - 60 * HOUR) for mail in mails]
    assert len(letters) == 2
    assert letters[0].text == letters[1].text
    assert "begun" not in letters[0].text
    a_response(consultation, by=begun, at=end - 59 * HOUR)
    answered = NoticeMail().write(mails.get(address__account=begun), at=end - 58 * HOUR)
    assert isinstance(answered, Dropped)
    assert isinstance(NoticeMail().write(mails.get(address__account=silent), at=end), Dropped), "it has closed"


def test_the_page_is_for_everybody_and_the_button_for_organisers(heard):
    by = an_organiser()
    publish_participation(at=WHILE_OPEN)
    url = reverse("consultation:participation", args=[heard.slug])
    with time_machine.travel(WHILE_OPEN, tick=False):
        with CaptureQueriesContext(connection) as seen:
            page = Client().get(url).content.decode()
        assert len(seen) <= 15
        assert "109 of 239" in page
        assert "held" in page
        assert "Invite them" not in page
        client = Client()
        client.force_login(by)
        shown = client.get(url).content.decode()
        low = latest_figures(heard).least_heard()[0]
        ask = reverse("consultation:invite_segment", args=[heard.slug, low.nation, low.size])
        assert ask in shown
        assert "once in seven days" in client.get(ask).content.decode()
        assert client.post(ask).status_code == 302
        assert "within the last seven days" in client.post(ask).content.decode()


def test_the_tick_does_all_that_is_due():
    consultation = an_open_one()
    with time_machine.travel(consultation.closes_at - HOUR, tick=False):
        assert tick() == 2
        assert tick() == 0


def test_of_a_confidential_one_the_same_is_told_and_no_row_joins_an_answer_with_its_member():
    by, early, late = an_organiser(), a_person(), a_person()
    draft = change_details(a_draft(by=by), identity_mode="confidential", by=by, at=BEGIN)
    consultation = opened(draft, category=CategoryFactory(), by=by, at=OPENED)
    later = a_person()
    a_response(consultation, by=early, at=WHILE_OPEN - DAY)
    a_response(consultation, by=later, at=WHILE_OPEN - DAY)
    save_answers(consultation, FULL, by=late, at=WHILE_OPEN)
    assert not Eligible.objects.filter(user=later).exists(), "its transaction would be that of the answer"
    crowd_of = {"consultation": consultation, "nation": "wales", "size": "5-10k"}
    crowd(**crowd_of, people=30, answered=0)
    table = count_participation(consultation, as_of=WHILE_OPEN)
    assert table.whole.is_kept_back, "one of thirty-two is too few to tell"
    publish_participation(at=WHILE_OPEN)
    assert Eligible.objects.get(user=later).on_supplement
    remind_of_what_closes(at=consultation.closes_at - 60 * HOUR)
    remind_of_what_closes(at=consultation.closes_at - 60 * HOUR)
    expand_everything(consultation.closes_at - 59 * HOUR)
    told = Notice.objects.filter(event__kind="consultation.reminder")
    assert set(told.values_list("user", flat=True)) == {late.pk}
    assert early.pk not in Notice.objects.filter(kind="consultation.invitation").values_list("user", flat=True)
