"""A confidential consultation: the same for its member, and nobody's for everybody else, by what is stored."""

import logging
import re
from datetime import time

import pytest
import time_machine
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from common.clock import LONDON, london_day, london_moment
from consultation.actions.answering import save_answers
from consultation.actions.closing import close_what_is_due
from consultation.actions.holders import forget_holders
from consultation.actions.leaving import erase_responses_of, take_back_response
from consultation.actions.publishing import publish_results
from consultation.actions.submitting import NameNotKept, submit_response
from consultation.confidentiality import WrongKeyError
from consultation.effects import Closed, Published, Reminded
from consultation.models import Departure, Draft, HolderKey, Reminder, Response
from consultation.notices import Closing
from consultation.readers import lists
from consultation.readers.participation import count_participation
from consultation.readers.receipts import leaves_of, receipt_of
from consultation.readers.taking_part import mine
from home.readers import front_page
from mail.addresses import attach
from mail.models import Mail
from notifications.expander import expand_next
from notifications.models import Event
from tests.accounts.factories import FactsFactory, UserFactory
from tests.consultation.factories import (
    AFTER_CLOSE,
    BEGIN,
    DAY,
    FULL,
    WHILE_OPEN,
    a_confidential_one,
    a_draft,
    a_person,
    a_response,
    an_organiser,
)

PUBLISHED = AFTER_CLOSE + DAY
database = pytest.mark.django_db
FACTS = {"nation": "wales", "list_size": "5-10k", "job": "practice-manager", "years": "5-9"}


@database
class TestTheMember:
    def test_goes_on_amends_and_counts_once(self):
        consultation, member = a_confidential_one(), a_person()
        save_answers(consultation, FULL, by=member, at=WHILE_OPEN, page=2)
        save_answers(consultation, {"why": "Another thought."}, by=member, at=WHILE_OPEN)
        draft = Draft.objects.get()
        midnight = london_moment(london_day(WHILE_OPEN), time(0))
        assert (draft.started_at, draft.saved_at) == (midnight, midnight), "the day, and no hour that could be compared"
        assert mine(member, consultation).draft.page == 2
        first = submit_response(consultation, by=member, at=WHILE_OPEN)
        assert submit_response(consultation, by=member, at=WHILE_OPEN) == first
        second = a_response(consultation, by=member, why="Better so.")
        assert (second.revision, Response.objects.filter(is_current=True).count()) == (2, 1)
        assert mine(member, consultation).response == second
        other = a_person()
        assert mine(other, consultation).response is None
        assert a_response(consultation, by=other).revision == 1

    def test_finds_it_on_every_list_as_in_a_named_one(self):
        consultation, member, other = a_confidential_one(), a_person(), a_person()
        save_answers(consultation, FULL, by=member, at=WHILE_OPEN, page=2)
        assert [draft.version.consultation for draft in lists.my_unfinished(member, at=WHILE_OPEN)] == [consultation]
        assert lists.my_unfinished(other, at=WHILE_OPEN) == []
        assert front_page(member, at=WHILE_OPEN).open[0].my_page == 2
        submit_response(consultation, by=member, at=WHILE_OPEN)
        shown = front_page(member, at=WHILE_OPEN)
        assert (shown.open[0].answered, shown.waiting) == (True, None)
        assert front_page(other, at=WHILE_OPEN).waiting == consultation

    def test_has_a_receipt_that_holds_and_is_in_the_list(self):
        consultation = a_confidential_one()
        response = a_response(consultation)
        close_what_is_due(at=AFTER_CLOSE)
        receipt = receipt_of(Response.objects.get(pk=response.pk))
        assert receipt.holds()
        assert leaves_of(consultation) == [receipt.leaf]

    def test_takes_it_back_and_is_erased(self):
        consultation, member, other = a_confidential_one(), a_person(), a_person()
        a_response(consultation, by=member)
        a_response(consultation, by=other)
        take_back_response(consultation, by=member, at=WHILE_OPEN)
        assert Response.objects.count() == 1
        close_what_is_due(at=AFTER_CLOSE)
        assert erase_responses_of(member.pk, at=PUBLISHED) == 0
        assert erase_responses_of(other.pk, at=PUBLISHED) == 1
        assert Departure.objects.get().why == "erased"
        assert not Response.objects.exists()

    def test_is_told_of_the_close_and_of_the_results(self):
        by = an_organiser()
        consultation, sent, begun = a_confidential_one(by=by), a_person(), a_person()
        a_person()
        a_response(consultation, by=sent)
        save_answers(consultation, FULL, by=begun, at=WHILE_OPEN)
        close_what_is_due(at=AFTER_CLOSE)
        publish_results(consultation, by=by, at=PUBLISHED)
        event = Event(data={"consultation": consultation.pk})
        closed = {each.user_id: each.notice_kind for each in Closed().people(event, after=0, limit=10)}
        assert closed == {by.pk: "consultation.closed", begun.pk: "consultation.unsent"}
        assert [each.user_id for each in Published().people(event, after=0, limit=10)] == [sent.pk]
        assert list(Published().people(event, after=sent.pk, limit=10)) == []

    def test_may_let_others_read_it_but_not_with_a_name(self):
        consultation, member = a_confidential_one(), a_person("Zebedee Quorndon")
        save_answers(consultation, FULL, by=member, at=WHILE_OPEN)
        with pytest.raises(NameNotKept):
            submit_response(consultation, by=member, at=WHILE_OPEN, consent="named")
        submit_response(consultation, by=member, at=WHILE_OPEN, consent="unnamed")
        client = Client()
        client.force_login(member)
        save_answers(consultation, FULL, by=member, at=WHILE_OPEN)
        with time_machine.travel(WHILE_OPEN, tick=False):
            check, shown = (
                client.get(reverse(f"consultation:{name}", args=[consultation.slug])) for name in ("check", "shown_mine")
            )
        assert "This consultation is confidential" in check.content.decode()
        assert "with my name" not in check.content.decode()
        assert "Zebedee" not in shown.content.decode().split("<main", 1)[1]
        assert "A member" in shown.content.decode()

    def test_counts_as_having_taken_part_and_is_not_reminded(self):
        sent, begun, silent, *others = [a_person(facts=FACTS) for _ in range(12)]
        consultation = a_confidential_one()
        for member in (sent, *others[:4]):
            a_response(consultation, by=member)
        save_answers(consultation, FULL, by=begun, at=WHILE_OPEN)
        whole = count_participation(consultation, as_of=WHILE_OPEN + DAY).whole
        assert (whole.people, whole.took_part) == (12, 5)
        reminder = Reminder.objects.create(consultation=consultation, kind="silent", at=WHILE_OPEN)
        told = {
            what: {each.user_id for each in Reminded().people(event, after=0, limit=50)} & {sent.pk, begun.pk, silent.pk}
            for what in ("silent", "three_days")
            for event in [Event(data={"consultation": consultation.pk, "reminder": reminder.pk, "what": what})]
        }
        assert told == {"silent": {silent.pk}, "three_days": {begun.pk}}
        assert not Closing()._asks(sent, consultation, WHILE_OPEN)
        assert Closing()._asks(begun, consultation, WHILE_OPEN)


@database
class TestTheDatabase:
    def test_refuses_a_name_where_none_was_promised_and_a_tag_where_a_name_was(self):
        consultation, member = a_confidential_one(), a_person()
        version = consultation.versions.get()
        told = {"version": version, "started_at": WHILE_OPEN, "saved_at": WHILE_OPEN}
        with pytest.raises(DatabaseError, match="promised"), transaction.atomic():
            Draft.objects.create(user=member, **told)
        with pytest.raises(DatabaseError, match=r"promised|named_or_held"), transaction.atomic():
            Draft.objects.create(user=member, holder_tag=bytes(32), **told)
        response = a_response(consultation, by=member)
        with pytest.raises(DatabaseError, match=r"promised|stays as"), transaction.atomic():
            Response.objects.filter(pk=response.pk).update(user=member, holder_tag=None)

    def test_keeps_the_day_alone_and_facts_as_far_as_ten_share_them(self):
        people = [a_person(facts=FACTS) for _ in range(9)]
        alone = a_response(a_confidential_one(), by=people[0])
        assert (alone.nation, alone.years) == ("", "")
        a_person(facts=FACTS | {"years": "2-4"})
        shared = a_response(a_confidential_one(title="Asked of one more"), by=people[1])
        assert (shared.nation, shared.list_size, shared.job, shared.years) == ("wales", "5-10k", "practice-manager", "")
        assert f"{shared.submitted_at.astimezone(LONDON):%H:%M}" == "00:00", "the hour is not kept"

    def test_leads_nowhere_once_the_key_is_gone(self):
        consultation, member = a_confidential_one(), a_person()
        response = a_response(consultation, by=member)
        forget_holders(consultation)
        forget_holders(consultation)
        assert not HolderKey.objects.exists()
        assert mine(member, consultation).response is None
        assert Response.objects.get() == response, "what was counted stays"

    def test_is_useless_without_the_servers_own_key(self, settings):
        consultation, member = a_confidential_one(), a_person()
        tag = bytes(a_response(consultation, by=member).holder_tag)
        kept = bytes(HolderKey.objects.get().wrapped)
        settings.CONSULTATION_KEY = bytes(32)
        with pytest.raises(WrongKeyError):
            mine(member, consultation)
        assert tag not in kept


def test_the_mode_is_chosen_in_the_draft_and_fixed_at_the_opening(db):
    by = an_organiser()
    draft = a_draft(by=by)
    client = Client()
    client.force_login(by)
    where = reverse("consultation:edit_details", args=[draft.slug])
    assert "Confidential: without a name" in client.get(where).content.decode()
    consultation = a_confidential_one(by=by)
    page = Client().get(consultation.get_absolute_url()).content.decode()
    assert "This one is confidential" in page
    assert "This one is named" not in page
    with pytest.raises(DatabaseError, match="fixed once opened"), transaction.atomic():
        type(consultation).objects.filter(pk=consultation.pk).update(identity_mode="named")


WHO = ("9182736455", "Zebedee Quorndon", "zebedee-quorndon", "zq@hidden.example.org")
"""Id, name, handle, address."""
WORDS = "quillwort"


def _rows() -> list[tuple[str, str, str, str]]:
    """Every row of every table, with the numbers of the transactions that wrote and locked it."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT xmin::text, xmax::text, row_to_json(t)::text FROM "{table}" t')
            found += [(table, *row) for row in cursor.fetchall()]
    return found


@pytest.mark.django_db(transaction=True)
def test_nothing_that_is_kept_or_shown_joins_an_answer_with_its_member(caplog):
    number, name, handle, email = WHO
    by = an_organiser()
    member = UserFactory(pk=int(number), display_name=name, handle=handle, email=email, member=True)
    FactsFactory(user=member, **FACTS)
    attach(member, email=email, at=BEGIN)
    consultation = a_confidential_one(by=by)
    who = re.compile("|".join(map(re.escape, WHO)))
    caches["default"].clear()
    with time_machine.travel(WHILE_OPEN, tick=False), caplog.at_level(logging.DEBUG):
        logging.getLogger("django.db.backends").setLevel(logging.WARNING)
        client = Client()
        client.force_login(member)
        slug = consultation.slug
        first, second = (reverse("consultation:page", args=[slug, page]) for page in (1, 2))
        for _ in range(2):
            client.post(first, {"q-purpose": "floor"})
            client.post(second, {"q-route-order:exam": "1", "q-why": f"The {WORDS}."})
            sent = client.post(reverse("consultation:check", args=[slug]), follow=True)
            assert WORDS in sent.content.decode()
        assert client.get(reverse("consultation:receipt_file", args=[slug])).status_code == 200
        client.get(reverse("home"))
        while expand_next(at=WHILE_OPEN):
            pass
    assert Response.objects.filter(is_current=True).count() == 1
    tag = bytes(Response.objects.latest("pk").holder_tag)
    references = list(Response.objects.values_list("reference", flat=True))
    answer = re.compile("|".join([WORDS, tag.hex(), *references]))
    kept = _rows()
    assert len([row for row in kept if answer.search(row[3])]) >= 4, "it looks where answers are"
    assert [row for row in kept if who.search(row[3]) and answer.search(row[3])] == []
    written = {xmin for table, xmin, _, text in kept if table.startswith("consultation_") and answer.search(text)}
    together = [row for row in kept if {row[1], row[2]} & written and who.search(row[3])]
    assert together == []
    assert not Mail.objects.filter(kind="consultation.receipt").exists()
    facts = {"wales", "5-10k", "practice-manager", "5-9"}
    assert not any(facts & set(row.values()) for row in Response.objects.values("nation", "list_size", "job", "years"))
    store = caches["default"]._cache.get_client(write=True)
    for key in store.scan_iter("*"):
        told = f"{key!r} {store.get(key)!r}" if store.type(key) in {b"string", "string"} else repr(key)
        assert not answer.search(told), told
    assert not [record for record in caplog.records if answer.search(record.getMessage())]
    desk = Client()
    desk.force_login(by)
    for path in ("detail", "run", "verify", "questions", "results", "compare"):
        assert not answer.search(desk.get(reverse(f"consultation:{path}", args=[slug])).content.decode())
