"""Receipts in rows: given when something is sent, fixed at the close, balanced when results are published."""

import hashlib
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from common.models import AuditDetail, AuditEntry
from common.verdicts import Refused
from consultation.actions.answering import save_answers
from consultation.actions.books import BooksDoNotBalance
from consultation.actions.closing import close_what_is_due
from consultation.actions.entries import release_entry
from consultation.actions.leaves import fix_leaves
from consultation.actions.leaving import NothingToTakeBack, erase_responses_of, take_back_response
from consultation.actions.publishing import publish_results
from consultation.actions.submitting import submit_response
from consultation.models import Answer, Books, Departure, Draft, Leaf, Receipt, Response, Root, SigningKey
from consultation.proof.merkle import inclusion_proof, is_included, root
from consultation.proof.receipts import instant, is_signed, root_lines
from consultation.readers.receipts import keys, keys_file, leaves_of, receipt_of, root_file_of, root_of
from mail.addresses import attach
from mail.kinds import Dropped, mail_kind
from mail.models import Mail
from tests.consultation.factories import (
    AFTER_CLOSE,
    DAY,
    FULL,
    WHILE_OPEN,
    a_ballot,
    a_confidential_one,
    a_detached_one,
    a_person,
    a_published_one,
    a_response,
    an_entry,
    an_open_one,
    an_organisation,
    an_organisations_answer,
    an_organiser,
    one_for_others,
)
from tests.consultation.test_public import a_guest

pytestmark = pytest.mark.django_db
LETTERS = ("consultation.receipt", "consultation.guest")
PUBLISHED = AFTER_CLOSE + DAY


def closed(*, answers: int = 0, by=None):
    consultation = an_open_one(by=by)
    sent = [a_response(consultation) for _ in range(answers)]
    close_what_is_due(at=AFTER_CLOSE)
    consultation.refresh_from_db()
    return consultation, sent


class TestSending:
    def test_gives_a_receipt_that_holds(self):
        response = a_response(an_open_one())
        receipt = receipt_of(Response.objects.get(pk=response.pk))
        assert receipt.holds()
        assert receipt.sent == instant(WHILE_OPEN)
        assert receipt.leaf == hashlib.sha256(b"\0" + receipt.nonce + receipt.response).digest()
        assert '"why":"Most of us learnt this on the job."' in receipt.response.decode()

    def test_gives_every_revision_its_own(self):
        consultation, member = an_open_one(), a_person()
        first, second = (a_response(consultation, by=member, why=why) for why in ("One.", "Two."))
        told = [receipt_of(Response.objects.get(pk=each.pk)) for each in (first, second)]
        assert all(each.holds() for each in told)
        assert len({each.leaf for each in told} | {each.nonce for each in told}) == 4
        assert [b'"revision":2' in each.response for each in told] == [False, True]

    def test_a_receipt_stops_holding_when_somebody_rewrites_the_answers(self):
        response = a_response(an_open_one())
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE consultation_answer DISABLE TRIGGER insert_only")
        Answer.objects.filter(response=response, question__key="why").update(value="Something else.")
        assert not receipt_of(Response.objects.get(pk=response.pk)).holds()

    def test_mails_the_way_to_it_once_for_each_revision_and_nothing_of_what_was_said(self):
        consultation, member = an_open_one(), a_person()
        attach(member, email=member.email, at=WHILE_OPEN)
        a_response(consultation, by=member)
        submit_response(consultation, by=member, at=WHILE_OPEN)
        a_response(consultation, by=member, why="A telling phrase.")
        mails = list(Mail.objects.filter(kind="consultation.receipt").order_by("pk"))
        assert [mail.params for mail in mails] == [{"consultation": consultation.pk, "revision": each} for each in (1, 2)]
        letter = mail_kind("consultation.receipt").write(mails[1], at=WHILE_OPEN)
        assert f"/consultations/{consultation.slug}/answer/receipt/" in letter.text
        assert "revision 2" in letter.text
        receipt = receipt_of(Response.objects.get(user=member, is_current=True))
        for secret in ("telling phrase", receipt.nonce.hex(), receipt.leaf.hex(), receipt.signature.hex()):
            assert secret not in letter.text + letter.html + letter.subject
        take_back_response(consultation, by=member, at=WHILE_OPEN)
        assert isinstance(mail_kind("consultation.receipt").write(mails[1], at=WHILE_OPEN), Dropped)

    def test_mails_the_way_to_an_organisations_to_everybody_who_writes_it(self):
        consultation, first, second, other = one_for_others(), a_person(), a_person(), a_person()
        for person in (first, second, other):
            attach(person, email=person.email, at=WHILE_OPEN)
        seat = an_organisation(consultation, by=first, colleagues=[second])
        save_answers(consultation, FULL, by=seat, at=WHILE_OPEN)
        submit_response(consultation, by=seat, at=WHILE_OPEN, consent="named")
        mails = list(Mail.objects.filter(kind="consultation.receipt"))
        assert {mail.address.account for mail in mails} == {first, second}
        letter = mail_kind("consultation.receipt").write(mails[0], at=WHILE_OPEN)
        assert f"/for/organisation-{seat.party.pk}/answer/receipt/" in letter.text
        assert "Harbour Local Committee" in letter.text
        seat.party.colleagues.update(ended_at=WHILE_OPEN, ended_by=first)
        assert isinstance(mail_kind("consultation.receipt").write(mails[0], at=WHILE_OPEN), Dropped)

    @pytest.mark.parametrize("identity", ["named", "confidential"])
    def test_a_letter_of_what_was_sent_is_a_link_never_text_and_a_confidential_member_gets_none(self, identity):
        by, member, writer, papers = an_organiser(), *(a_person(f"Oswin Vale {place}") for place in range(3))
        for person in (member, writer, papers):
            attach(person, email=person.email, at=WHILE_OPEN)
        consultation = one_for_others(by=by, identity=identity)
        guest = a_guest(consultation)
        save_answers(consultation, FULL | {"why": "A telling phrase."}, by=guest, at=WHILE_OPEN)
        public = submit_response(consultation, by=guest, at=WHILE_OPEN)
        sent = {
            "member": a_response(consultation, by=member, why="A telling phrase."),
            "organisation": an_organisations_answer(consultation, by=writer),
            "paper": release_entry(
                an_entry(consultation, papers, by=by, purpose="floor", route_order=FULL["route-order"], why="A telling phrase."),
                by=an_organiser(),
                at=WHILE_OPEN,
            ),
        }
        told = {mail.address.account or "guest": mail for mail in Mail.objects.filter(kind__in=LETTERS)}
        assert set(told) == ({member, writer, papers, "guest"} if identity == "named" else {writer})
        answered = ("telling phrase", "Guarantee a floor", "portfolio")
        proofs = [receipt_of(response) for response in (*sent.values(), public)]
        secret = {each.hex() for proof in proofs for each in (proof.nonce, proof.leaf, proof.signature)}
        secret |= {response.reference for response in (*sent.values(), public)} | set(answered)
        for mail in told.values():
            letter = mail_kind(mail.kind).write(mail, at=WHILE_OPEN)
            whole = f"{letter.subject} {letter.text} {letter.html} {mail.params} {mail.key}"
            assert not [each for each in secret if each in whole]
            assert f"/consultations/{consultation.slug}/" in letter.text

    def test_a_ballot_is_followed_by_no_letter(self):
        member = a_person()
        attach(member, email=member.email, at=WHILE_OPEN)
        a_ballot(a_detached_one(), by=member)
        assert not Mail.objects.exists()

    def test_writes_to_nobody_without_a_confirmed_address(self):
        a_response(an_open_one())
        assert not Mail.objects.filter(kind="consultation.receipt").exists()


class TestTheClose:
    def test_fixes_one_leaf_for_each_current_response_and_their_root(self):
        consultation, member = an_open_one(), a_person()
        a_response(consultation, by=member, why="Earlier.")
        current = [a_response(consultation, by=member), *(a_response(consultation) for _ in range(4))]
        close_what_is_due(at=AFTER_CLOSE)
        leaves, fixed = leaves_of(consultation), root_of(consultation)
        mine = {receipt_of(Response.objects.get(pk=each.pk)).leaf for each in current}
        assert set(leaves) == mine
        assert (fixed.size, bytes(fixed.hash)) == (5, root(leaves))
        for index, leaf in enumerate(leaves):
            path = inclusion_proof(leaves, index)
            assert is_included(leaf, index=index, size=5, path=path, root=bytes(fixed.hash))
        told = root_file_of(fixed, consultation)
        lines = root_lines(consultation=consultation.slug, size=5, root=root(leaves), fixed=told["fixed"])
        assert is_signed(lines, key=bytes.fromhex(told["key"]), signature=bytes.fromhex(told["signature"]))
        assert bytes(fixed.hash).hex() in consultation.transitions.last().note

    def test_puts_the_leaves_in_an_order_that_says_nothing(self):
        consultation = an_open_one()
        for _ in range(12):
            a_response(consultation)
        close_what_is_due(at=AFTER_CLOSE)
        as_sent = [bytes(leaf) for leaf in Receipt.objects.order_by("response").values_list("leaf", flat=True)]
        assert leaves_of(consultation) != as_sent, "one in 479,001,600"

    def test_of_nobody_is_a_root_too(self):
        consultation, _ = closed()
        assert bytes(root_of(consultation).hash) == hashlib.sha256(b"").digest()

    def test_happens_once(self):
        consultation, _ = closed(answers=2)
        before = root_of(consultation)
        Response.objects.first().delete()
        assert fix_leaves(consultation, at=PUBLISHED) == before
        assert Leaf.objects.count() == 2

    def test_gives_a_receipt_to_what_was_sent_before_there_were_any(self):
        consultation = an_open_one()
        response = a_response(consultation)
        Receipt.objects.all().delete()
        assert receipt_of(Response.objects.get(pk=response.pk)) is None
        close_what_is_due(at=AFTER_CLOSE)
        receipt = receipt_of(Response.objects.get(pk=response.pk))
        assert receipt.holds()
        assert leaves_of(consultation) == [receipt.leaf]


class TestTakingBack:
    def test_before_the_close_leaves_nothing_behind(self):
        consultation, member = an_open_one(), a_person()
        a_response(consultation, by=member)
        a_response(consultation, by=member)
        save_answers(consultation, {"why": "Half."}, by=member, at=WHILE_OPEN)
        a_response(consultation)
        take_back_response(consultation, by=member, at=WHILE_OPEN)
        assert not Draft.objects.exists()
        assert not Response.objects.filter(user=member).exists()
        assert (Receipt.objects.count(), Departure.objects.count()) == (1, 0)
        close_what_is_due(at=AFTER_CLOSE)
        assert root_of(consultation).size == 1

    def test_one_may_answer_again_while_it_is_open(self):
        consultation, member = an_open_one(), a_person()
        a_response(consultation, by=member)
        take_back_response(consultation, by=member, at=WHILE_OPEN)
        assert a_response(consultation, by=member).revision == 1

    def test_after_the_close_leaves_a_leaf_that_means_nothing(self):
        consultation, (mine, _) = closed(answers=2)
        leaf = bytes(Receipt.objects.get(response=mine).leaf)
        before = bytes(root_of(consultation).hash)
        take_back_response(consultation, by=mine.user, at=PUBLISHED)
        assert not Answer.objects.filter(response=mine.pk).exists()
        assert Receipt.objects.count() == 1
        assert leaf in leaves_of(consultation)
        assert bytes(root_of(consultation).hash) == before
        departure = Departure.objects.get()
        assert (departure.why, departure.day) == ("withdrawn", PUBLISHED.date())
        assert {field.name for field in Departure._meta.fields} == {"id", "consultation", "why", "kind", "day", "reason"}, (
            "no name"
        )

    def test_is_on_record_without_what_was_said(self):
        consultation, member = an_open_one(), a_person()
        a_response(consultation, by=member, why="A telling phrase.")
        take_back_response(consultation, by=member, at=WHILE_OPEN)
        assert "telling" not in str(list(AuditDetail.objects.values_list("details", flat=True)))

    def test_is_refused_once_it_is_published_and_where_nothing_is(self):
        published, by = a_published_one(answers=1), an_organiser()
        member = Response.objects.get(consultation=published).user
        with pytest.raises(Refused, match="stays counted"):
            take_back_response(published, by=member, at=PUBLISHED)
        with pytest.raises(NothingToTakeBack):
            take_back_response(an_open_one(), by=by, at=WHILE_OPEN)

    def test_waits_for_the_closing_work(self):
        consultation, member = an_open_one(), a_person()
        a_response(consultation, by=member)
        with pytest.raises(Refused, match="closing work"):
            take_back_response(consultation, by=member, at=AFTER_CLOSE)


class TestErasure:
    def test_reaches_open_closed_and_published_ones_and_no_number_moves(self):
        by = an_organiser()
        published = a_published_one(by=by, answers=2)
        member = Response.objects.filter(consultation=published).first().user
        shut, still_open = an_open_one(by=by), an_open_one(by=by, title="Routes, asked later", at=AFTER_CLOSE)
        a_response(shut, by=member)
        close_what_is_due(at=AFTER_CLOSE)
        a_response(still_open, by=member, at=AFTER_CLOSE + DAY)
        save_answers(still_open, FULL, by=member, at=AFTER_CLOSE + DAY)
        counted = Books.objects.get(consultation=published)
        assert erase_responses_of(member.pk, at=PUBLISHED) == 3
        assert erase_responses_of(member.pk, at=PUBLISHED) == 0
        assert not Response.objects.filter(user=member).exists()
        assert not Draft.objects.filter(user=member).exists()
        assert Departure.objects.filter(why="erased").count() == 2, "the open one has no leaf yet"
        assert Books.objects.get(consultation=published).counted == counted.counted == 2
        publish_results(shut, by=by, at=PUBLISHED)
        books = Books.objects.get(consultation=shut)
        assert (books.leaves, books.erased, books.counted) == (1, 1, 0)


class TestTheBooks:
    def test_balance_with_each_term_told(self):
        by = an_organiser()
        consultation, sent = closed(answers=4, by=by)
        take_back_response(consultation, by=sent[0].user, at=PUBLISHED)
        erase_responses_of(sent[1].user_id, at=PUBLISHED)
        told = publish_results(consultation, by=by, at=PUBLISHED)
        books = Books.objects.get()
        assert (books.leaves, books.withdrawn, books.erased, books.excluded, books.counted) == (4, 1, 1, 0, 2)
        assert told.responses_counted == 2

    def test_that_do_not_balance_publish_nothing(self):
        by = an_organiser()
        consultation, sent = closed(answers=2, by=by)
        Response.objects.filter(pk=sent[0].pk).delete()
        with pytest.raises(BooksDoNotBalance, match="2 leaves, 0 withdrawn, 0 erased, 0 excluded, and yet 1 counted"):
            publish_results(consultation, by=by, at=PUBLISHED)
        consultation.refresh_from_db()
        assert consultation.published_at is None

    def test_the_database_refuses_wrong_ones(self):
        consultation, _ = closed()
        wrong = Books(consultation=consultation, leaves=3, withdrawn=1, erased=0, excluded=0, counted=3, at=PUBLISHED)
        with pytest.raises(DatabaseError, match="books_balance"), transaction.atomic():
            wrong.save(force_insert=True)


@pytest.mark.parametrize("model", [Receipt, Leaf, Root, SigningKey, Books, Departure])
def test_the_database_refuses_to_rewrite_what_proves(model):
    by = an_organiser()
    consultation, sent = closed(answers=2, by=by)
    take_back_response(consultation, by=sent[0].user, at=PUBLISHED)
    publish_results(consultation, by=by, at=PUBLISHED)
    row = model.objects.first()
    field = {Books: "at", Departure: "reason", Leaf: "position", Root: "size", SigningKey: "since", Receipt: "leaf"}[model]
    value = getattr(row, field)
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**{field: value})
    if model is not Receipt:
        with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
            model.objects.filter(pk=row.pk)._raw_delete("default")


def test_every_key_that_signed_stays_published(settings):
    a_response(an_open_one())
    settings.SIGNING_KEY = bytes(32)
    response = a_response(an_open_one(title="Under the new key", at=AFTER_CLOSE), at=AFTER_CLOSE + DAY)
    assert len(keys()) == len(keys_file()["keys"]) == 2
    assert receipt_of(Response.objects.get(pk=response.pk)).key.hex() == keys_file()["keys"][1]["key"]


def test_an_operator_erases_what_somebody_answered_named_and_confidential():
    member, other = a_person(), a_person()
    for consultation in (an_open_one(), a_confidential_one()):
        a_response(consultation, by=member)
        a_response(consultation, by=other)
    with pytest.raises(CommandError, match="--yes"):
        call_command("erase_answers", member.handle)
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("erase_answers", "nobody-of-that-name", "--yes")
    told = StringIO()
    call_command("erase_answers", member.handle, "--yes", stdout=told)
    assert "answered in 2 consultations" in told.getvalue()
    assert Response.objects.count() == 2
    entry = AuditEntry.objects.get(verb="consultation.erase_answers")
    assert (entry.subject_kind, entry.subject_id) == ("user", str(member.pk))
