"""The pages: who sees what, what they cost, what an error looks like."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consultation.actions.answering import save_answers
from consultation.actions.asked import answer_frequent_question
from consultation.actions.closing import close_what_is_due
from consultation.actions.drafting import TakenOutMeanwhile
from consultation.actions.options import (
    add_document,
    change_document,
    change_option,
    discard_option,
    remove_document,
    remove_option,
)
from consultation.actions.questionnaire import change_question, move_question, remove_question
from consultation.actions.withdrawing import withdraw_consultation
from consultation.models import Consultation, Draft, DraftAnswer, Response
from consultation.overtaken_form import OvertakenForm
from consultation.paths.minutes import minutes_to_answer
from consultation.permissions import can_see
from consultation.readers import lists
from consultation.readers.overview import overview
from consultation.readers.questionnaires import questionnaire_of
from consultation.views import answering
from tests.consultation.factories import (
    AFTER_CLOSE,
    BEGIN,
    FULL,
    OPENED,
    WHILE_OPEN,
    a_draft,
    a_later_one,
    a_person,
    a_published_one,
    a_response,
    an_open_one,
    an_organiser,
    approved,
    opened,
)
from tests.consultation.pages import address, client_of, text_of
from tests.forum.factories import CategoryFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("while_it_is_open")]
READING = ("detail", "compare", "questions", "run")


def test_what_may_be_seen_is_the_same_as_a_queryset_and_as_a_rule():
    by = an_organiser()
    withdrawn_open = withdraw_consultation(an_open_one(by=by), reason="No.", by=by, at=WHILE_OPEN)
    withdrawn_draft = withdraw_consultation(a_draft(by=by), reason="No.", by=by, at=WHILE_OPEN)
    everything = [
        a_later_one("scheduled", by=by, at=WHILE_OPEN),
        approved(a_draft(by=by)),
        a_draft(by=by),
        an_open_one(by=by),
        a_published_one(by=by),
        withdrawn_open,
        withdrawn_draft,
    ]
    people = [AnonymousUser(), a_person(role=None), a_person(), a_person(role="moderator"), by, a_person(role="director")]
    for person in people:
        seen = set(Consultation.objects.visible_to(person))
        assert seen == {each for each in everything if can_see(person, each)}, person


@pytest.mark.parametrize("name", [*READING, "results"])
def test_a_draft_is_not_found_by_anybody_but_organisers(name):
    by = an_organiser()
    consultation = a_draft(by=by)
    for person in (None, a_person(role=None), a_person(), a_person(role="moderator")):
        assert client_of(person).get(address(name, consultation.slug)).status_code == 404
    assert client_of(by).get(address(name, consultation.slug)).status_code == (403 if name == "results" else 200)


@pytest.mark.parametrize("name", READING)
def test_what_was_opened_is_read_by_everybody_in_every_state(name):
    by = an_organiser()
    withdrawn = withdraw_consultation(an_open_one(by=by), reason="No.", by=by, at=WHILE_OPEN)
    for consultation in (an_open_one(by=by), a_published_one(by=by), withdrawn):
        assert Client().get(address(name, consultation.slug)).status_code == 200


def test_the_button_fits_the_reader_and_the_state():
    by, member, stranger = an_organiser(), a_person(), a_person(role=None)
    consultation = an_open_one(by=by)

    def step(person, which=consultation, at=WHILE_OPEN):
        which = Consultation.objects.select_related("topic__category").get(pk=which.pk)
        return overview(person, which, at=at).step

    assert step(AnonymousUser()).text == "Sign in to answer"
    assert step(AnonymousUser()).url.endswith(f"?next=/consultations/{consultation.slug}/answer/1/")
    assert (step(stranger).text, step(stranger).why[:7]) == ("", "Members")
    assert step(member).text == "Answer"
    save_answers(consultation, FULL, by=member, at=WHILE_OPEN, page=2)
    assert (step(member).text, step(member).url) == ("Carry on answering", address("page", consultation.slug, 2))
    a_response(consultation, by=member)
    assert step(member).text == "Change your answer"
    assert "closed" in step(member, at=AFTER_CLOSE).why
    assert step(by, a_draft(by=by)).text == "Carry on writing"
    assert step(AnonymousUser(), a_published_one(by=by)).text == "See the results"


def test_nobody_sees_counts_before_they_are_published():
    by = an_organiser()
    consultation = an_open_one(by=by)
    a_response(consultation, why="A most telling phrase.")
    for at in (WHILE_OPEN, AFTER_CLOSE):
        with time_machine.travel(at, tick=False):
            for person in (None, a_person(), by, a_person(role="director")):
                client = client_of(person)
                assert client.get(address("results", consultation.slug)).status_code == 403
                for name in READING:
                    page = text_of(client.get(address(name, consultation.slug)))
                    assert "telling phrase" not in page
                    assert 'class="bar"' not in page
                assert "1 has answered" in text_of(client.get(address("detail", consultation.slug)))


class TestAnsweringPages:
    def test_an_error_keeps_everything_and_says_what_to_do(self):
        consultation, member = an_open_one(), a_person()
        client, where = client_of(member), address("page", consultation.slug, 2)
        answer = client.post(where, {"q-why": "x" * 201, "q-route-order:exam": "1", "q-route-order::abstain": "on"})
        assert answer["Location"] == f"{where}?wrong=route-order.why", "an address, to which one can go back"
        page = text_of(client.get(answer["Location"]))
        assert "<title>Error: Page 2 of 2" in page
        assert "Two things before you go on" in page
        assert 'href="#question-why"' in page
        assert "Shorten your answer by 1 character" in page
        assert "you did both" in page
        assert "x" * 201 in page
        assert 'value="1" selected' in page
        assert Draft.objects.get(user=member).answers.count() == 2, "kept although it cannot be sent"

    def test_back_never_complains_and_later_leads_to_the_consultation(self):
        consultation, client = an_open_one(), client_of(a_person())
        second = address("page", consultation.slug, 2)
        assert client.post(second, {"q-why": "x" * 300, "go": "back"})["Location"] == address("page", consultation.slug, 1)
        assert client.post(second, {"go": "later"})["Location"] == address("detail", consultation.slug)
        first = address("page", consultation.slug, 1)
        assert client.post(first, {"go": "back"})["Location"] == address("detail", consultation.slug)

    def test_the_buttons_of_a_ranking_work_without_script(self):
        consultation, member = an_open_one(), a_person()
        client, where = client_of(member), address("page", consultation.slug, 2)
        form = {}
        for press in ("add:appraisal", "add:exam", "up:exam", "add:portfolio", "out:appraisal"):
            answer = client.post(where, {**form, "move": f"route-order:{press}", "q-why": "Typed."})
            assert answer["Location"].endswith("#question-route-order")
            page = text_of(client.get(answer["Location"]))
            form = {
                name: place
                for name, options in re.findall(r'<select id="[^"]*" name="([^"]*)">(.*?)</select>', page)
                for place in re.findall(r'value="(\d+)" selected', options)
            }
        kept = {answer.question.key: answer.value for answer in Draft.objects.get(user=member).answers.all()}
        assert kept["route-order"] == {"groups": [["exam"], ["portfolio"]], "abstain": False}
        assert kept["why"] == "Typed."
        assert "Appraisal" not in page
        assert 'data-told="Built on yearly appraisal is left out"' in page

    def test_an_answer_by_radio_buttons_is_taken_back_without_script(self):
        consultation, member = an_open_one(), a_person()
        client, where = client_of(member), address("page", consultation.slug, 1)
        client.post(where, {"q-purpose": "spur", "go": "later"})
        answer = client.post(where, {"q-purpose": "spur", "move": "purpose:clear:"})
        assert answer["Location"].endswith("#question-purpose")
        page = text_of(client.get(answer["Location"]))
        assert "Clear my answer" in page
        assert " checked" not in page
        assert not Draft.objects.get(user=member).answers.exists()

    def test_a_press_on_a_question_that_is_not_shown_changes_nothing(self):
        consultation, member = an_open_one(), a_person()
        client, where = client_of(member), address("page", consultation.slug, 2)
        for press in ("route-order:add:exam", "route-order:clear:", "files:clear:"):
            assert client.post(where, {"asked": "why", "q-why": "Kept.", "move": press}).status_code == 302
        assert Draft.objects.get(user=member).answers.get().value == "Kept."

    def test_a_press_that_makes_no_sense_changes_nothing(self):
        consultation, member = an_open_one(), a_person()
        client, where = client_of(member), address("page", consultation.slug, 2)
        for press in ("route-order:up:nobody", "route-order:sideways:exam", "nothing:up:exam", "why:up:exam", "::", "\0", "a:b"):
            assert client.post(where, {"move": press, "q-route-order:exam": "1"}).status_code in {200, 302}
        assert Draft.objects.get(user=member).answers.get().value == {"groups": [["exam"]], "abstain": False}

    def test_the_script_saves_by_a_door_of_its_own(self):
        consultation, member = an_open_one(), a_person()
        client, where = client_of(member), address("save", consultation.slug, 1)
        assert client.get(where).status_code == 405
        answer = client.post(where, {"q-purpose": "spur", "writer": "tab", "sequence": "3"})
        assert answer.json()["saved"] == "10:00"
        client.post(where, {"q-purpose": "floor", "writer": "tab", "sequence": "2"})
        assert Draft.objects.get(user=member).answers.get().value == "spur"
        assert client.post(where, {"q-purpose": "none", "writer": "tab", "sequence": "nine"}).status_code == 200

    def test_a_draft_is_carried_on_from_another_device(self):
        consultation, member = an_open_one(), a_person()
        client_of(member).post(address("save", consultation.slug, 1), {"q-purpose": "spur"})
        page = text_of(client_of(member).get(address("page", consultation.slug, 1)))
        assert re.search(r'value="spur" checked', page)
        assert "Saved 10:00" in page

    def test_changing_one_answer_from_the_check_page_leads_back_to_it(self):
        consultation, member = an_open_one(), a_person()
        save_answers(consultation, FULL, by=member, at=WHILE_OPEN)
        client, where = client_of(member), address("page", consultation.slug, 1)
        assert f'{where}?then=check#question-purpose"' in text_of(client.get(address("check", consultation.slug)))
        assert "Save and go back to check" in text_of(client.get(where + "?then=check"))
        answer = client.post(where, {"q-purpose": "none", "q-value": "agree", "then": "check"})
        assert answer["Location"] == address("check", consultation.slug)

    def test_sending_too_early_shows_each_gap_with_the_way_to_it(self):
        consultation, member = an_open_one(), a_person()
        save_answers(consultation, {"value": "agree"}, by=member, at=WHILE_OPEN)
        page = text_of(client_of(member).post(address("check", consultation.slug)))
        assert "Error: Check your answers" in page
        assert "Two things before you send it" in page
        assert not Response.objects.exists()

    def test_without_anything_begun_the_check_page_leads_to_what_there_is(self):
        consultation, member = an_open_one(), a_person()
        client = client_of(member)
        assert client.get(address("check", consultation.slug))["Location"] == address("detail", consultation.slug)
        assert client.get(address("receipt", consultation.slug)).status_code == 404
        a_response(consultation, by=member)
        assert client.get(address("check", consultation.slug))["Location"] == address("receipt", consultation.slug)

    def test_nobody_reads_another_persons_receipt(self):
        consultation = an_open_one()
        response = a_response(consultation, why="Mine alone.")
        page = text_of(client_of(response.user).get(address("receipt", consultation.slug)))
        assert "Mine alone." in page
        assert response.spelt_reference in page
        for person in (a_person(), an_organiser()):
            assert client_of(person).get(address("receipt", consultation.slug)).status_code == 404

    @pytest.mark.parametrize("name", ["page", "check"])
    def test_strangers_sign_in_first_and_who_is_no_member_is_told(self, name):
        consultation = an_open_one()
        args = [1] if name == "page" else []
        assert "/login/" in Client().get(address(name, consultation.slug, *args))["Location"]
        answer = client_of(a_person(role=None)).get(address(name, consultation.slug, *args))
        assert answer.status_code == 403
        assert "Members answer" in text_of(answer)

    def test_a_page_that_is_not_there_is_not_found(self):
        consultation, client = an_open_one(), client_of(a_person())
        for number in (0, 3, 999):
            assert client.get(address("page", consultation.slug, number)).status_code == 404

    def test_what_somebody_writes_is_shown_as_text(self):
        consultation, member = an_open_one(), a_person()
        save_answers(consultation, FULL | {"why": "<script>alert(1)</script>"}, by=member, at=WHILE_OPEN)
        for name, args in (("page", [2]), ("check", [])):
            page = text_of(client_of(member).get(address(name, consultation.slug, *args)))
            assert "<script>alert" not in page
            assert "&lt;script&gt;" in page


def test_the_page_of_all_questions_says_how_long_answering_takes():
    consultation = an_open_one()
    minutes = minutes_to_answer(questionnaire_of(consultation.versions.get()))
    assert minutes > 1
    page = text_of(client_of(a_person()).get(address("questions", consultation.slug)))
    assert f"Answering takes about {minutes} minutes." in page


def test_where_the_options_are_put_in_order_they_stand_side_by_side():
    consultation = an_open_one()
    client = client_of(a_person())
    plain, ordered = (client.get(address("page", consultation.slug, number)).content.decode() for number in (1, 2))
    assert "<summary>The options side by side</summary>" in ordered
    for option in consultation.options.all():
        assert option.name in ordered
        assert option.cost in ordered
    assert "<summary>The options side by side</summary>" not in plain


class TestOrganisersDesk:
    @pytest.mark.parametrize("name", ["new", "edit", "edit_details", "new_option", "open", "withdraw"])
    def test_members_are_turned_away(self, name):
        consultation = an_open_one()
        args = [] if name == "new" else [consultation.slug]
        assert client_of(a_person()).get(address(name, *args)).status_code == 403

    def test_an_open_consultation_has_no_draft_to_edit_but_a_new_version_to_start(self):
        by = an_organiser()
        consultation = an_open_one(by=by)
        with time_machine.travel(WHILE_OPEN, tick=False):
            answer = client_of(by).get(address("edit", consultation.slug))
            assert answer["Location"] == address("version", consultation.slug)
            assert client_of(by).get(address("edit_details", consultation.slug)).status_code == 403
        with time_machine.travel(AFTER_CLOSE, tick=False):
            assert client_of(by).get(address("edit", consultation.slug)).status_code == 403

    def test_parts_move_and_go_by_their_buttons(self):
        by = an_organiser()
        consultation, client = a_draft(by=by), client_of(by)
        option = consultation.options.get(key="exam")
        down = address("move_part", consultation.slug, "options", option.pk, "down")
        assert client.get(down).status_code == 405
        assert client.post(down)["Location"].endswith(f"#option-{option.pk}")
        assert [each.key for each in consultation.options.all()] == ["portfolio", "exam", "appraisal"]
        gone = address("remove_part", consultation.slug, "options", option.pk)
        assert "A written examination" in text_of(client.get(gone))
        assert consultation.options.count() == 3, "asking removes nothing"
        client.post(gone)
        assert consultation.options.count() == 2
        for nonsense in ("choices", "options"):
            assert client.post(address("remove_part", consultation.slug, nonsense, 10**9)).status_code == 404
        assert client.post(address("move_part", consultation.slug, "documents", 1, "up")).status_code == 404

    @pytest.mark.parametrize("noun", ["options", "discarded", "documents"])
    def test_options_what_was_ruled_out_and_documents_are_put_in_order(self, noun):
        by = an_organiser()
        consultation, client = a_draft(by=by), client_of(by)
        for name in ("Second", "Third"):
            discard_option(consultation, name=name, reason="Too dear.", by=by, at=BEGIN)
            add_document(consultation, title=name, url="/forum/", by=by, at=BEGIN)
        order = lambda: list(getattr(consultation, noun).values_list("pk", flat=True))  # noqa: E731
        one, two, three = order()
        assert f"{noun}/{three}/move/up/" in text_of(client.get(address("edit", consultation.slug)))
        client.post(address("move_part", consultation.slug, noun, three, "up"))
        assert order() == [one, three, two]
        client.post(address("move_part", consultation.slug, noun, one, "up"))
        assert order() == [one, three, two]
        there = client.post(address("place_part", consultation.slug, noun, one), {"position": "9"})
        assert there["Location"].endswith(f"#{noun.removesuffix('s')}-{one}")
        assert order() == [three, two, one]
        for nonsense in ("", "x", "-1", "²"):
            wrong = client.post(address("place_part", consultation.slug, noun, one), {"position": nonsense})
            assert wrong.status_code == 404
        assert [option.letter for option in consultation.options.all()] == ["A", "B", "C"]

    @pytest.mark.parametrize("what", ["details", "option", "question", "faq"])
    def test_whoever_saves_second_is_told_what_stands_there_and_keeps_what_they_typed(self, what):
        by, other = an_organiser(), an_organiser()
        consultation = a_draft(by=by)
        option, question = consultation.options.first(), consultation.versions.get().questions.get(key="purpose")
        faq = answer_frequent_question(consultation, question="Who reads it?", answer="The committee.", by=by, at=BEGIN)
        where, field = {
            "details": (address("edit_details", consultation.slug), "lede"),
            "option": (address("edit_option", consultation.slug, option.pk), "summary"),
            "question": (address("edit_question", consultation.slug, question.pk), "hint"),
            "faq": (address("edit_faq", consultation.slug, faq.pk), "answer"),
        }[what]
        mine, theirs = client_of(by), client_of(other)

        def drawn(client):
            form = client.get(where).context["form"]
            return {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}

        first, second = drawn(mine), drawn(theirs)
        assert first["seen"]
        assert theirs.post(where, second | {field: "In their words."}).status_code == 302
        told = mine.post(where, first | {field: "In my words."})
        assert told.status_code == 200
        assert "What stands there now: " in text_of(told)
        assert "In their words." in text_of(told)
        assert "In my words." in text_of(told)
        row = {"details": consultation, "option": option, "question": question, "faq": faq}[what]
        row.refresh_from_db()
        assert getattr(row, field) == "In their words."
        again = {name: told.context["form"][name].value() for name in told.context["form"].fields}
        assert mine.post(where, {name: value for name, value in again.items() if value not in (None, False)}).status_code == 302
        row.refresh_from_db()
        assert getattr(row, field) == "In my words."

    @pytest.mark.parametrize("what", ["details", "option", "discarded", "document", "page", "question", "faq"])
    def test_whoever_saves_in_the_same_moment_is_told_so_too(self, what, monkeypatch):
        by, other = an_organiser(), an_organiser()
        consultation = a_draft(by=by)
        version = consultation.versions.get()
        row, field = {
            "details": (consultation, "lede"),
            "option": (consultation.options.first(), "summary"),
            "discarded": (consultation.discarded.get(), "reason"),
            "document": (consultation.documents.first(), "note"),
            "page": (version.pages.first(), "intro"),
            "question": (version.questions.get(key="purpose"), "hint"),
            "faq": (
                answer_frequent_question(consultation, question="Who reads it?", answer="The committee.", by=by, at=BEGIN),
                "answer",
            ),
        }[what]
        where = address(f"edit_{what}", *([consultation.slug] if what == "details" else [consultation.slug, row.pk]))
        mine, theirs = client_of(by), client_of(other)
        form = mine.get(where).context["form"]
        drawn = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
        looks, looked_at = [], OvertakenForm.clean

        def looked_at_and_then_another_saves(form):
            told = looked_at(form)
            looks.append(form)
            if len(looks) == 1:
                assert theirs.post(where, drawn | {field: "In their words."}).status_code == 302
            return told

        monkeypatch.setattr(OvertakenForm, "clean", looked_at_and_then_another_saves)
        told = mine.post(where, drawn | {field: "In my words."})
        row.refresh_from_db()
        assert getattr(row, field) == "In their words."
        assert told.status_code == 200
        assert "In their words." in text_of(told)
        assert "In my words." in text_of(told)
        again = {name: told.context["form"][name].value() for name in told.context["form"].fields}
        assert mine.post(where, {name: value for name, value in again.items() if value not in (None, False)}).status_code == 302
        row.refresh_from_db()
        assert getattr(row, field) == "In my words."

    def test_what_somebody_else_took_out_meanwhile_is_said_and_nothing_comes_back(self):
        by = an_organiser()
        consultation = a_draft(by=by)
        option, document = consultation.options.first(), consultation.documents.get()
        question = consultation.versions.get().questions.get(key="value")
        for row, removal, change in (
            (option, remove_option, lambda: change_option(option, name="Anew", by=by, at=BEGIN)),
            (document, remove_document, lambda: change_document(document, title="A", url="/", note="", by=by, at=BEGIN)),
            (question, remove_question, lambda: change_question(question, kind="short_text", text="Anew?", by=by, at=BEGIN)),
            (question, None, lambda: move_question(question, "up", by=by, at=BEGIN)),
        ):
            kind, pk = type(row), row.pk
            if removal:
                removal(kind.objects.get(pk=pk), by=by, at=BEGIN)
            with pytest.raises(TakenOutMeanwhile, match="taken out meanwhile"):
                change()
            assert not kind.objects.filter(pk=pk).exists()

    def test_parts_of_another_consultation_are_not_reached_through_this_one(self):
        by = an_organiser()
        mine, other = a_draft(by=by), an_open_one(by=by)
        option = other.options.first()
        client = client_of(by)
        assert client.get(address("edit_option", mine.slug, option.pk)).status_code == 404
        assert client.post(address("remove_part", mine.slug, "options", option.pk)).status_code == 404

    def test_opening_asks_for_28_days_and_says_so_beside_the_field(self):
        by = an_organiser()
        consultation = approved(a_draft(by=by))
        page = text_of(client_of(by).post(address("open", consultation.slug), {"closes_on": "2026-09-20"}))
        assert "members need 28 days" in page
        assert "Two things before you go on" in page
        assert "Error: Open it" in page

    def test_a_draft_with_gaps_shows_them_instead_of_the_form(self):
        by = an_organiser()
        client = client_of(by)
        client.post(address("new"), {"title": "Only a title so far", "days": "42", "identity_mode": "named"})
        consultation = Consultation.objects.get()
        assert client.post(address("open", consultation.slug), {"closes_on": "2026-12-20"})["Location"] == address(
            "detail", consultation.slug
        )
        assert "It cannot open yet" in text_of(client.get(address("open", consultation.slug)))
        assert consultation.opened_at is None

    def test_extending_and_withdrawing_by_their_forms(self):
        by = an_organiser()
        consultation, client = an_open_one(by=by), client_of(by)
        extend = address("extend", consultation.slug)
        assert "never shortened" in text_of(client.post(extend, {"closes_on": "2026-10-14", "reason": "x"}))
        assert client.post(extend, {"closes_on": "2026-10-15", "reason": "Half-term."}).status_code == 302
        assert "Half-term." in text_of(Client().get(address("run", consultation.slug)))
        withdraw = address("withdraw", consultation.slug)
        assert "Error: Withdraw" in text_of(client.post(withdraw, {"reason": ""}))
        client.post(withdraw, {"reason": "The law changed."})
        assert "The law changed." in text_of(Client().get(address("detail", consultation.slug)))


class TestLists:
    def test_tell_what_waits_in_the_order_of_the_clock(self):
        by, member = an_organiser(), a_person()
        late, soon = an_open_one(by=by, at=OPENED), an_open_one(by=by, at=OPENED - timedelta(days=2))
        outcome, draft = a_published_one(by=by), a_draft(by=by)
        save_answers(late, {"purpose": "spur"}, by=member, at=WHILE_OPEN)
        assert lists.open_consultations(AnonymousUser(), at=WHILE_OPEN) == [soon, late]
        assert [each.version.consultation for each in lists.my_unfinished(member, at=WHILE_OPEN)] == [late]
        assert lists.my_unfinished(member, at=AFTER_CLOSE) == []
        assert lists.my_unfinished(AnonymousUser(), at=WHILE_OPEN) == []
        assert lists.closing_soon(member, at=soon.closes_at - timedelta(days=1), within=timedelta(days=2)) == [soon]
        assert lists.published(AnonymousUser(), limit=3) == [outcome]
        assert lists.awaiting_results(member, at=AFTER_CLOSE) == [late, soon]
        assert lists.being_written(member) == []
        assert lists.being_written(by) == [draft]

    def test_empty_lists_say_so(self):
        assert "Nothing is open" in text_of(Client().get(address("list")))
        assert "No outcome yet" in text_of(Client().get(address("outcomes")))


def statements(client, url):
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_pages_cost_the_same_however_much_there_is():
    by, member = an_organiser(), a_person()
    consultation, outcome = an_open_one(by=by), a_published_one(by=by)
    save_answers(consultation, {"value": "agree"}, by=member, at=WHILE_OPEN)
    urls = [address("list"), address("outcomes"), *(address(name, consultation.slug) for name in READING)]
    urls += [address("results", outcome.slug), address("page", consultation.slug, 1), address("check", consultation.slug)]
    client = client_of(member)
    before = [statements(client, url) for url in urls]
    for _ in range(3):
        a_response(consultation)
        an_open_one(by=by)
        a_published_one(by=by)
        save_answers(an_open_one(by=by), {"value": "agree"}, by=member, at=WHILE_OPEN)
    assert [statements(client, url) for url in urls] == before


@pytest.mark.parametrize(("name", "visitor", "member"), [("detail", 8, 11), ("results", 4, 7), ("list", 6, 9)])
def test_the_hot_pages_cost_a_known_number_of_statements(name, visitor, member):
    consultation = a_published_one() if name == "results" else an_open_one()
    url = address(name) if name == "list" else address(name, consultation.slug)
    assert (statements(Client(), url), statements(client_of(a_person()), url)) == (visitor, member)


class TestFormsOfADraft:
    """Each part by its form: begun, changed, taken out."""

    @pytest.fixture
    def by(self):
        return an_organiser()

    def send(self, by, where, **data):
        answer = client_of(by).post(where, data)
        assert answer.status_code == 302, text_of(answer)
        return answer["Location"]

    def test_details(self, by):
        consultation = a_draft(by=by)
        where = address("edit_details", consultation.slug)
        assert "Three ways are on the table" in text_of(client_of(by).get(where))
        assert "Error: " in text_of(client_of(by).post(where, {"title": "Short", "days": "7"}))
        self.send(by, where, title="Another title", days="30", identity_mode="named")
        consultation.refresh_from_db()
        assert (consultation.title, consultation.days, consultation.lede) == ("Another title", 30, "")
        assert "Error: " in text_of(client_of(by).post(address("new"), {"title": ""}))

    def test_options(self, by):
        consultation = a_draft(by=by)
        option = consultation.options.get(key="exam")
        where = address("edit_option", consultation.slug, option.pk)
        assert "60 hours" in text_of(client_of(by).get(where))
        assert "Error: " in text_of(client_of(by).post(where, {"name": ""}))
        self.send(by, where, name="An oral exam", time="1 hour")
        option.refresh_from_db()
        assert (option.name, option.time, option.key, option.letter) == ("An oral exam", "1 hour", "exam", "A")
        assert "Error: " in text_of(client_of(by).post(address("new_option", consultation.slug), {"name": ""}))

    def test_what_was_ruled_out_and_documents(self, by):
        consultation = a_draft(by=by)
        assert "Error: " in text_of(client_of(by).post(address("new_discarded", consultation.slug), {"name": "A law"}))
        bad = client_of(by).post(address("new_document", consultation.slug), {"title": "X", "url": "javascript:alert(1)"})
        assert "Begin with https://" in text_of(bad)
        row, document = consultation.discarded.get(), consultation.documents.get()
        where = address("edit_document", consultation.slug, document.pk)
        assert "https://example.org/costs" in text_of(client_of(by).get(where))
        assert "Begin with https://" in text_of(client_of(by).post(where, {"title": "X", "url": "ftp://x"}))
        self.send(by, where, title="What it costs", url="/forum/", note="PDF, 4 pages")
        self.send(by, address("edit_discarded", consultation.slug, row.pk), name="A law", reason="Nobody can.")
        row.refresh_from_db()
        document.refresh_from_db()
        assert (row.name, row.reason, document.title, document.note) == ("A law", "Nobody can.", "What it costs", "PDF, 4 pages")
        for noun, row in (("discarded", consultation.discarded.get()), ("documents", consultation.documents.get())):
            self.send(by, address("remove_part", consultation.slug, noun, row.pk))
        assert not consultation.discarded.exists()
        assert not consultation.documents.exists()

    def test_pages(self, by):
        consultation = a_draft(by=by)
        page = consultation.versions.get().pages.first()
        where = address("edit_page", consultation.slug, page.pk)
        assert "What it is for" in text_of(client_of(by).get(where))
        assert "Error: " in text_of(client_of(by).post(address("new_page", consultation.slug), {"title": ""}))
        self.send(by, where, title="Purpose", intro="")
        page.refresh_from_db()
        assert (page.title, page.key) == ("Purpose", "purpose")
        assert "Every question on the page" in text_of(
            client_of(by).get(address("remove_part", consultation.slug, "pages", page.pk))
        )

    def test_questions(self, by):
        consultation = a_draft(by=by)
        question = consultation.versions.get().questions.get(key="purpose")
        where = address("edit_question", consultation.slug, question.pk)
        assert "Guarantee a floor\nHelp to get better" in text_of(client_of(by).get(where)).replace("\r", "")
        assert "Error: " in text_of(client_of(by).post(where, {"text": "Which?"}))
        self.send(by, where, kind="single_choice", text="Which?", choices="This\r\n\r\n That \r\n", longest="")
        assert [(each.key, each.label) for each in question.choices.all()] == [("this", "This"), ("that", "That")]
        new = address("new_question", consultation.slug, question.page_id)
        assert "Error: " in text_of(client_of(by).post(new, {"kind": "essay", "text": "?"}))

    def test_a_page_of_a_draft_that_is_not_there_has_no_preview(self, by):
        consultation = a_draft(by=by)
        assert client_of(by).get(address("preview", consultation.slug, 9)).status_code == 404
        whole = client_of(by).get(address("preview", consultation.slug, 1))
        frame = client_of(by).get(address("preview_frame", consultation.slug, 1))
        assert "Nothing you choose here is kept" in text_of(whole)
        assert f'src="{address("preview_frame", consultation.slug, 1)}"' in text_of(whole)
        assert "What should it do above all?" in text_of(frame)
        ranking = text_of(client_of(by).get(address("preview", consultation.slug, 2)))
        assert ("The options side by side" in ranking, "The options side by side" in text_of(whole)) == (True, False)
        assert client_of(by).get(address("preview_frame", consultation.slug, 9)).status_code == 404
        moved = client_of(by).post(address("preview_frame", consultation.slug, 2), {"move": "route-order:add:exam"})
        assert "Move A written examination down" in text_of(moved), "its buttons work"
        assert not Draft.objects.exists()
        told = [dict(part.split(" ", 1) for part in each["Content-Security-Policy"].split("; ")) for each in (whole, frame)]
        assert [(each.get("frame-src"), each["frame-ancestors"]) for each in told] == [("'self'", "'none'"), (None, "'self'")]
        assert (whole["X-Frame-Options"], frame["X-Frame-Options"]) == ("DENY", "SAMEORIGIN")
        assert {each["default-src"] for each in told} == {"'none'"}

    def test_the_outcome_needs_a_reason_for_what_is_ruled_out(self, by):
        outcome = a_published_one(by=by)
        fates = {f"fate-{key}": "ruled-out" for key in ("exam", "portfolio", "appraisal")}
        page = text_of(client_of(by).post(address("outcome", outcome.slug), {"outcome": "So.", **fates}))
        assert "Say why option B was ruled out" in page
        assert client_of(a_person()).get(address("outcome", outcome.slug)).status_code == 403


class TestTooLate:
    def test_who_comes_too_late_is_told_and_reads_what_they_had_begun(self):
        consultation, member = an_open_one(), a_person()
        save_answers(consultation, FULL | {"why": "My <b>own</b> words."}, by=member, at=WHILE_OPEN)
        with time_machine.travel(AFTER_CLOSE, tick=False):
            client = client_of(member)
            for name, args in (("check", ()), ("page", (2,))):
                for status, ask in ((200, client.get), (403, client.post)):
                    response = ask(address(name, consultation.slug, *args), {"q-why": "Later words."})
                    page = text_of(response)
                    assert response.status_code == status
                    assert "Your answer was not sent" in page
                    assert "It has closed" in page
                    assert "My &lt;b&gt;own&lt;/b&gt; words." in page
            assert "See what you had begun" in text_of(client.get(address("detail", consultation.slug)))
            assert client_of(a_person()).get(address("check", consultation.slug)).status_code == 403, "who began nothing"
        assert not Response.objects.exists()
        assert DraftAnswer.objects.get(question__key="why").value == "My <b>own</b> words."

    def test_a_change_that_was_not_sent_in_time_does_not_count_and_what_was_sent_does(self):
        consultation, member = an_open_one(), a_person()
        a_response(consultation, by=member)
        save_answers(consultation, {"why": "On second thoughts."}, by=member, at=WHILE_OPEN)
        with time_machine.travel(AFTER_CLOSE, tick=False):
            client = client_of(member)
            assert "The change that you had begun" in text_of(client.get(address("receipt", consultation.slug)))
            page = text_of(client.get(address("check", consultation.slug)))
        assert "Your change was not sent" in page
        assert "What you sent before counts." in page
        assert "On second thoughts." in page

    def test_who_presses_again_after_the_close_because_no_answer_came_is_led_to_the_receipt(self):
        consultation, member = an_open_one(), a_person()
        a_response(consultation, by=member)
        receipt = address("receipt", consultation.slug)
        with time_machine.travel(AFTER_CLOSE, tick=False):
            client = client_of(member)
            again = client.post(address("check", consultation.slug), {"version": "1", "consent": "analysis"})
            assert (again.status_code, again["Location"]) == (302, receipt)
            assert client.get(address("check", consultation.slug)).status_code == 403, "nothing is asked any more"
            other = client_of(a_person()).post(address("check", consultation.slug), {"version": "1", "consent": "analysis"})
            assert other.status_code == 403, "who sent nothing"
            asked = client.post(address("confirm", consultation.slug), {"version": "1"})
            assert (asked.status_code, asked["Location"]) == (302, receipt), "it stands already"
        assert Response.objects.count() == 1

    def test_it_closes_between_the_click_and_the_saving(self, monkeypatch):
        """The clock of the request was read before the close, and the closing work overtook it."""
        consultation, member = an_open_one(), a_person()
        save_answers(consultation, FULL, by=member, at=WHILE_OPEN)
        client, before = client_of(member), consultation.closes_at - timedelta(seconds=1)

        def closed_meanwhile(*args, **kwargs):
            close_what_is_due(at=consultation.closes_at)
            return theirs(*args, **kwargs)

        theirs = answering.can_fill_in
        told = {"q-why": "Just in time?", "asked": "route-order why"}
        with time_machine.travel(before, tick=False):
            monkeypatch.setattr(answering, "can_fill_in", closed_meanwhile)
            saved = client.post(address("save", consultation.slug, 2), told)
            assert (saved.status_code, "closed" in saved.json()) == (403, True)
            assert "Your answer was not sent" in text_of(client.post(address("page", consultation.slug, 2), told))


def test_options_without_facts_lead_to_their_summaries_and_show_no_empty_table():
    consultation, member = an_open_one(), a_person()
    page = address("page", consultation.slug, 2)
    told = text_of(client_of(member).get(page))
    assert "Table of options" in told and "(new tab)" in told
    blank = dict.fromkeys(("time", "cost"), "")
    by = an_organiser()
    draft = a_draft(by=by, title="Routes without facts")
    draft.options.update(**blank)
    bare = opened(draft, category=CategoryFactory(), by=by, at=OPENED)
    told = text_of(client_of(member).get(address("page", bare.slug, 2)))
    assert "Table of options" not in told
    assert f'href="{address("compare", bare.slug)}" target="_blank"' in told
