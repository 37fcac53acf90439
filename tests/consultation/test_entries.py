"""Answers on paper and by e-mail: typed by one, checked by another, counted then, and never over somebody's own."""

import threading
from dataclasses import replace
from io import BytesIO

import pytest
import time_machine
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from PIL import Image

from common.models import AuditEntry
from common.verdicts import Refused
from consultation.actions.answering import save_answers
from consultation.actions.closing import close_what_is_due
from consultation.actions.entries import (
    AnsweredThemselves,
    NoSource,
    NothingTyped,
    NotOnTheList,
    NoWordGiven,
    begin_entry,
    begin_organisations_entry,
    drop_entry,
    hand_in_entry,
    look_into_entry,
    release_entry,
    return_entry,
)
from consultation.actions.files import AnswerFileRefused
from consultation.actions.holders import key_of
from consultation.actions.leaving import erase_responses_of
from consultation.actions.publishing import publish_results
from consultation.actions.submitting import submit_response
from consultation.confidentiality import unsealed
from consultation.models import Consultation, Draft, Entry, EntrySource, Response
from consultation.proof.rules import rulings
from consultation.readers.fairness import run_of
from consultation.readers.receipts import receipt_of
from consultation.readers.seats import seat_of_entry
from consultation.readers.taking_part import mine
from mail.addresses import attach
from mail.models import Mail
from tests.accounts.factories import UserFactory
from tests.consultation.factories import (
    AFTER_CLOSE,
    BY_MAIL,
    DAY,
    FULL,
    THE_COMMITTEE,
    WHILE_OPEN,
    a_person,
    a_response,
    an_entry,
    an_open_one,
    an_organiser,
    one_for_others,
)
from tests.consultation.test_answering import wait_until_somebody_waits_for_a_lock
from tests.visibility.probes import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "attachments": settings.STORAGES["attachments"] | {"OPTIONS": {"location": str(tmp_path), "base_url": None}}
    }


@pytest.fixture
def member():
    """Somebody on the list of who may answer."""
    return a_person("Mair Member")


@pytest.fixture
def consultation(member) -> Consultation:
    return an_open_one()


def a_scan():
    made = BytesIO()
    Image.new("RGB", (60, 80), "white").save(made, "PNG")
    return replace(BY_MAIL, way="paper", text="", files=(("scan.png", made.getvalue()),))


class TestTyping:
    def test_needs_a_source_and_somebody_who_is_asked(self, consultation, member):
        by = an_organiser()
        with pytest.raises(NoSource):
            begin_entry(consultation, member, replace(BY_MAIL, text=" "), by=by, at=WHILE_OPEN)
        with pytest.raises(NotOnTheList):
            begin_entry(consultation, by, BY_MAIL, by=by, at=WHILE_OPEN)
        with pytest.raises(AnswerFileRefused):
            begin_entry(consultation, member, replace(BY_MAIL, files=(("run.exe", b"MZ"),)), by=by, at=WHILE_OPEN)
        with pytest.raises(Refused):
            begin_entry(consultation, member, BY_MAIL, by=a_person(), at=WHILE_OPEN)
        assert not Entry.objects.exists()

    def test_leaves_open_what_is_open_on_paper(self, consultation, member):
        entry = an_entry(consultation, member, by=an_organiser(), value="agree")
        response = release_entry(entry, by=an_organiser(), at=WHILE_OPEN)
        assert [(row.question.key, row.value) for row in response.answers.all()] == [("value", "agree")]

    def test_is_not_counted_and_shown_to_nobody_before_it_is_released(self, consultation, member):
        an_entry(consultation, member, by=an_organiser())
        assert not Response.objects.exists()
        assert mine(member, consultation).draft is None

    def test_needs_an_answer_to_be_handed_in_and_ends_there(self, consultation, member):
        by = an_organiser()
        entry = begin_entry(consultation, member, BY_MAIL, by=by, at=WHILE_OPEN)
        with pytest.raises(NothingTyped):
            hand_in_entry(entry, consent="analysis", by=by, at=WHILE_OPEN)
        save_answers(consultation, {"purpose": "floor"}, by=seat_of_entry(entry, by), at=WHILE_OPEN)
        hand_in_entry(entry, consent="analysis", by=by, at=WHILE_OPEN)
        with pytest.raises(Refused, match="waits for its check"):
            save_answers(consultation, {"purpose": "spur"}, by=seat_of_entry(entry, by), at=WHILE_OPEN)
        with pytest.raises(Refused):
            submit_response(consultation, by=seat_of_entry(entry, by), at=WHILE_OPEN)

    def test_is_thrown_away_with_what_came(self, consultation, member):
        by = an_organiser()
        entry = begin_entry(consultation, member, a_scan(), by=by, at=WHILE_OPEN)
        with pytest.raises(Refused):
            drop_entry(entry, by=an_organiser(), at=WHILE_OPEN)
        drop_entry(entry, by=by, at=WHILE_OPEN)
        assert not Entry.objects.exists()
        assert not EntrySource.objects.exists()


class TestTheCheck:
    def test_takes_a_second_person(self, consultation, member):
        by = an_organiser()
        entry = an_entry(consultation, member, by=by)
        for act in (
            lambda: release_entry(entry, by=by, at=WHILE_OPEN),
            lambda: return_entry(entry, because="x", by=by, at=WHILE_OPEN),
        ):
            with pytest.raises(Refused, match="Another organiser"):
                act()
        with pytest.raises(DatabaseError), transaction.atomic():
            Entry.objects.update(released_by=by, released_at=WHILE_OPEN)

    def test_sends_it_back_with_a_word_and_again(self, consultation, member):
        by, second = an_organiser(), an_organiser()
        entry = an_entry(consultation, member, by=by)
        with pytest.raises(NoWordGiven):
            return_entry(entry, because=" ", by=second, at=WHILE_OPEN)
        returned = return_entry(entry, because="It says spur.", by=second, at=WHILE_OPEN)
        assert returned.state == "returned"
        save_answers(consultation, {"purpose": "spur"}, by=seat_of_entry(returned, by), at=WHILE_OPEN)
        hand_in_entry(returned, consent="unnamed", kept_back=["purpose"], by=by, at=WHILE_OPEN)
        response = release_entry(returned, by=second, at=WHILE_OPEN)
        assert response.answers.get().value == "spur"
        assert (response.consent, response.user) == ("unnamed", member)
        assert response.answers.get().kept_back, "as it is on the paper"
        told = AuditEntry.objects.filter(verb__startswith="consultation.entry").order_by("pk").values_list("verb", "actor_id")
        steps = [("begin", by), ("hand_in", by), ("return", second), ("hand_in", by), ("release", second)]
        assert list(told) == [(f"consultation.entry_{verb}", who.pk) for verb, who in steps]

    def test_lets_nobody_write_over_what_they_gave_themselves(self, consultation, member):
        by, second = an_organiser(), an_organiser()
        entry = an_entry(consultation, member, by=by)
        a_response(consultation, by=member, why="My own.")
        with pytest.raises(AnsweredThemselves):
            release_entry(entry, by=second, at=WHILE_OPEN)
        with pytest.raises(AnsweredThemselves):
            begin_entry(consultation, member, BY_MAIL, by=by, at=WHILE_OPEN)
        assert Response.objects.get().answers.get(question__key="why").value == "My own."

    def test_puts_a_second_letter_instead_of_the_first(self, consultation, member):
        by, second = an_organiser(), an_organiser()
        release_entry(an_entry(consultation, member, by=by), by=second, at=WHILE_OPEN)
        again = release_entry(an_entry(consultation, member, by=by, purpose="spur"), by=second, at=WHILE_OPEN)
        assert (again.revision, Response.objects.filter(is_current=True).get()) == (2, again)

    def test_tells_its_member_who_may_amend_online(self, consultation):
        member = UserFactory(member=True)
        attach(member, email=member.email, at=WHILE_OPEN)
        release_entry(an_entry(consultation, member, by=an_organiser()), by=an_organiser(), at=WHILE_OPEN)
        assert Mail.objects.get(kind="consultation.receipt").address.account == member
        assert mine(member, consultation).response is not None
        save_answers(consultation, FULL, by=member, at=WHILE_OPEN)
        assert submit_response(consultation, by=member, at=WHILE_OPEN).revision == 2

    def test_comes_before_the_close_or_not_at_all(self, consultation, member):
        by = an_organiser()
        entry = an_entry(consultation, member, by=by)
        close_what_is_due(at=AFTER_CLOSE)
        with pytest.raises(Refused, match="by the close"):
            release_entry(entry, by=an_organiser(), at=AFTER_CLOSE)
        assert publish_results(consultation, by=by, at=AFTER_CLOSE + DAY).responses_counted == 0

    def test_leaves_nothing_behind_when_the_account_is_erased(self, consultation, member, django_capture_on_commit_callbacks):
        entry = begin_entry(consultation, member, a_scan(), by=an_organiser(), at=WHILE_OPEN)
        stored = entry.sources.get().stored
        with django_capture_on_commit_callbacks(execute=True):
            erase_responses_of(member.pk, at=WHILE_OPEN)
        assert not Entry.objects.exists()
        assert not storages["attachments"].exists(stored)


class TestConfidential:
    @pytest.fixture
    def consultation(self, member) -> Consultation:
        return one_for_others(identity="confidential")

    def test_is_entered_by_tag_and_its_source_sealed(self, consultation, member, django_capture_on_commit_callbacks):
        by = an_organiser()
        entry = an_entry(consultation, member, by=by, source=replace(a_scan(), text="From Mair"))
        plain = entry.sources.get().stored
        with django_capture_on_commit_callbacks(execute=True):
            response = release_entry(entry, by=an_organiser(), at=WHILE_OPEN)
        entry.refresh_from_db()
        assert (response.user, entry.user, entry.text) == (None, None, "")
        assert mine(member, consultation).response == response
        assert unsealed(bytes(entry.sealed), key=key_of(consultation), consultation=consultation.pk) == b"From Mair"
        assert not storages["attachments"].exists(plain)
        with storages["attachments"].open(entry.sources.get().stored) as content:
            assert not content.read().startswith(b"RIFF")
        assert not Mail.objects.exists()

    def test_does_not_tell_whoever_tries_a_name_whether_they_answered(self, consultation, member):
        a_response(consultation, by=member)
        by = an_organiser()
        entry = an_entry(consultation, member, by=by)
        with pytest.raises(AnsweredThemselves):
            release_entry(entry, by=an_organiser(), at=WHILE_OPEN)

    @pytest.mark.django_db(transaction=True)
    def test_two_letters_of_one_member_released_at_once_are_one_answer_and_a_sentence(self, consultation, member):
        """Nobody knows whom to hold, so that the second finds the first only as it writes."""
        by, second = an_organiser(), an_organiser()
        letters = [an_entry(consultation, member, by=by) for _ in range(2)]
        told = []

        def release():
            try:
                release_entry(letters[1], by=second, at=WHILE_OPEN)
            except AnsweredThemselves as refusal:
                told.append(str(refusal))
            finally:
                connection.close()

        other = threading.Thread(target=release)
        with transaction.atomic():
            release_entry(letters[0], by=second, at=WHILE_OPEN)
            other.start()
            wait_until_somebody_waits_for_a_lock()
        other.join(10)
        assert len(told) == 1
        assert Response.objects.get().entry == letters[0]
        assert Entry.objects.get(pk=letters[1].pk).released_at is None

    @pytest.mark.django_db(transaction=True)
    def test_what_its_member_sends_at_that_moment_counts_instead(self, consultation, member):
        by, second = an_organiser(), an_organiser()
        letter = an_entry(consultation, member, by=by)
        save_answers(consultation, FULL, by=member, at=WHILE_OPEN)
        sent = []

        def send():
            try:
                sent.append(submit_response(consultation, by=member, at=WHILE_OPEN))
            finally:
                connection.close()

        other = threading.Thread(target=send)
        with transaction.atomic():
            release_entry(letter, by=second, at=WHILE_OPEN)
            other.start()
            wait_until_somebody_waits_for_a_lock()
        other.join(10)
        assert [response.revision for response in sent] == [2]
        assert Response.objects.get(is_current=True) == sent[0]
        assert not Draft.objects.filter(entry=None).exists()

    def test_keeps_a_name_nowhere_in_its_rows(self, consultation, member):
        entry = an_entry(consultation, member, by=an_organiser())
        with pytest.raises(DatabaseError), transaction.atomic():
            Entry.objects.filter(pk=entry.pk).update(user=member, holder_tag=None)


class TestPages:
    def test_give_organisers_the_receipt_of_an_organisation_to_send(self, client):
        by, second = an_organiser(), an_organiser()
        consultation = one_for_others(by=by)
        entry = begin_organisations_entry(consultation, THE_COMMITTEE, BY_MAIL, by=by, at=WHILE_OPEN)
        save_answers(consultation, {"purpose": "floor"}, by=seat_of_entry(entry, by), at=WHILE_OPEN)
        hand_in_entry(entry, consent="named", by=by, at=WHILE_OPEN)
        paths = [
            reverse(f"consultation:{name}", args=[consultation.slug, entry.pk])
            for name in ("entry_receipt", "entry_receipt_file")
        ]
        client.force_login(by)
        with time_machine.travel(WHILE_OPEN, tick=False):
            assert {client.get(path).status_code for path in paths} == {403}, "nothing counts yet"
            response = release_entry(entry, by=second, at=WHILE_OPEN)
            page = client.get(reverse("consultation:entry", args=[consultation.slug, entry.pk])).content.decode()
            assert all(path in page for path in paths)
            paper, kept = (client.get(path) for path in paths)
        assert paper.content.startswith(b"%PDF")
        assert receipt_of(response).as_dict() == kept.json()

    def test_keep_for_analysis_only_what_was_answered_and_no_junk(self, client, consultation, member):
        by = an_organiser()
        entry = begin_entry(consultation, member, BY_MAIL, by=by, at=WHILE_OPEN)
        save_answers(consultation, {"purpose": "floor"}, by=seat_of_entry(entry, by), at=WHILE_OPEN)
        client.force_login(by)
        sent = {"consent": "unnamed", "kept_back": ["\0", "value", "purpose", "purpose", "no such"]}
        with time_machine.travel(WHILE_OPEN, tick=False):
            assert client.post(f"{consultation.get_absolute_url()}for/paper-{entry.pk}/answer/check/", sent).status_code == 302
        entry.refresh_from_db()
        assert entry.handed_in_at is not None
        assert entry.kept_back == ["purpose"]

    def test_lead_two_organisers_from_the_desk_to_a_counted_answer(self, consultation, member):
        first, second = an_organiser(), an_organiser()
        typist, checker = signed_in(first), signed_in(second)
        with time_machine.travel(WHILE_OPEN, tick=False):
            queue = reverse("consultation:entries", args=[consultation.slug])
            assert queue in typist.get(reverse("consultation:desk")).content.decode()
            new = reverse("consultation:new_entry", args=[consultation.slug, "member"])
            assert new in typist.get(queue).content.decode()
            told = {"way": "paper", "received_on": "2026-09-04", "text": "", "whose": f"@{member.handle}"}
            assert "Attach what came" in typist.post(new, told).content.decode()
            scan = SimpleUploadedFile("scan.png", a_scan().files[0][1])
            base = typist.post(new, told | {"scans": [scan]}).headers["Location"].removesuffix("1/")
            page = typist.get(f"{base}1/").content.decode()
            assert "(optional)" in page, "nothing has to be answered"
            assert typist.post(f"{base}1/", {"q-purpose": "floor"}).headers["Location"] == f"{base}2/"
            home = typist.post(f"{base}check/", {"consent": "analysis"}).headers["Location"]
            assert checker.get(f"{base}check/").status_code == 404, "the check reads and does not type"
            source = reverse(
                "consultation:entry_source", args=[consultation.slug, Entry.objects.get().pk, EntrySource.objects.get().pk]
            )
            closed = checker.get(home).content.decode()
            assert "Each look is written down" in closed
            assert "Guarantee a floor" not in closed
            assert checker.get(source).status_code == 403
            look = reverse("consultation:look_into_entry", args=[consultation.slug, Entry.objects.get().pk])
            assert look in closed
            assert [checker.post(look).status_code for _ in range(2)] == [302, 302]
            assert AuditEntry.objects.filter(verb="consultation.entry_look", actor_id=second.pk).count() == 1
            both = checker.get(home).content.decode()
            assert "Guarantee a floor" in both
            assert "scan.png" in both
            assert "Another organiser or director checks it" in typist.get(home).content.decode()
            assert checker.get(source).status_code == 200
            assert signed_in(member).get(source).status_code == 403
            back = reverse("consultation:return_entry", args=[consultation.slug, Entry.objects.get().pk])
            assert "<title>Error: " in checker.post(back, {"because": ""}).content.decode()
            checker.post(reverse("consultation:release_entry", args=[consultation.slug, Entry.objects.get().pk]))
        assert Response.objects.get().user == member
        assert not Draft.objects.exists()

    def test_looks_before_the_close_are_counted_for_everybody(self, consultation, member):
        first, second, curious = an_organiser(), an_organiser(), an_organiser()
        entry = an_entry(consultation, member, by=first)

        def told():
            return next(each for each in rulings(run_of(Consultation.objects.get(pk=consultation.pk))) if each.key == "R2")

        assert "1 answer came on paper or by e-mail, each read by whoever typed it and opened 0 times" in told().proof
        for by in (first, second, curious):
            look_into_entry(entry, by=by, at=WHILE_OPEN)
        assert (told().verdict, "opened 2 times to check it" in told().proof) == ("holds", True)
        release_entry(entry, by=second, at=WHILE_OPEN)
        assert told().verdict == "fails"
        assert told().proof.startswith("1 look before the close at answers on paper, by organisers who neither typed nor checked")
