"""Pages and questions that are asked of some: what a member is led through, what is kept, what is sent, and how it is written."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from common.verdicts import Refused
from consultation.actions.answering import AnswersDiffer, save_answers
from consultation.actions.arranging import AnotherQuestionnaire, place_question
from consultation.actions.closing import close_what_is_due
from consultation.actions.conditions import set_condition
from consultation.actions.drafting import TakenOutMeanwhile
from consultation.actions.publishing import publish_results
from consultation.actions.questionnaire import add_page, add_question, remove_page
from consultation.actions.reviewing import NotReadyForReview, ask_for_review
from consultation.actions.submitting import submit_response
from consultation.models import Draft, Page, Question
from consultation.paths.conditions import Clause, Every
from consultation.readers.answers import fallen_away, mark_of, paper_of
from consultation.readers.builder import built
from consultation.readers.questionnaires import questionnaire_of, written
from tests.consultation.factories import (
    AFTER_CLOSE,
    BEGIN,
    DAY,
    OPENED,
    WHILE_OPEN,
    a_draft,
    a_person,
    an_open_one,
    an_organiser,
    opened,
)
from tests.consultation.pages import address, client_of, text_of
from tests.forum.factories import CategoryFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("while_it_is_open")]
FLOOR = Clause("question", "purpose", "is", ("floor",))
WELSH = Clause("fact", "nation", "is", ("wales",))
START = {"purpose": "floor", "why": "Because."}


def a_routed_draft(by, *, at=BEGIN):
    """The usual one; its second page only for who wants a floor, a third for Wales, and a fourth with a follow-up on one page."""
    consultation = a_draft(by=by, at=at)
    version = consultation.versions.get()
    set_condition(version.pages.get(key="routes"), FLOOR, by=by, at=at)
    third = add_page(consultation, key="wales", title="In Wales", by=by, at=at)
    add_question(third, key="welsh", kind="long_text", text="What differs in Wales?", longest=100, by=by, at=at)
    set_condition(third, WELSH, by=by, at=at)
    fourth = add_page(consultation, key="end", title="To end", by=by, at=at)
    yes_no = [("yes", "Yes"), ("no", "No")]
    add_question(fourth, key="more", kind="single_choice", text="Anything else?", choices=yes_no, by=by, at=at)
    add_question(fourth, key="what", kind="long_text", text="What else?", longest=100, required=True, by=by, at=at)
    set_condition(version.questions.get(key="what"), Clause("question", "more", "is", ("yes",)), by=by, at=at)
    return consultation


def a_routed_one(by=None, *, at=OPENED):
    by = by or an_organiser()
    return opened(a_routed_draft(by, at=at - DAY), category=CategoryFactory(), by=by, at=at)


class TestSending:
    def test_what_fell_off_the_path_stays_in_the_draft_and_is_not_sent(self):
        consultation, by = a_routed_one(), a_person(facts={"nation": "wales"})
        full = START | {"route-order": [["exam"]], "welsh": "Much.", "more": "yes", "what": "This."}
        save_answers(consultation, full, by=by, at=WHILE_OPEN)
        draft = save_answers(consultation, {"purpose": "spur", "more": "no"}, by=by, at=WHILE_OPEN)
        assert dict(draft.answers.values_list("question__key", "value")) == full | {"purpose": "spur", "more": "no"}
        paper = paper_of(by, consultation)
        assert [line.asked.key for line in fallen_away(paper)] == ["route-order", "why", "what"]
        sent = submit_response(consultation, by=by, at=WHILE_OPEN)
        answers = dict(sent.answers.values_list("question__key", "value"))
        assert answers == {"purpose": "spur", "welsh": "Much.", "more": "no"}, "the required ranking is not asked of them"

    def test_and_is_never_counted(self):
        organiser = an_organiser()
        consultation = a_routed_one(organiser)
        for nation, purpose in (("wales", "floor"), ("england", "spur"), ("england", "floor")):
            by = a_person(facts={"nation": nation})
            save_answers(
                consultation, START | {"purpose": purpose, "route-order": [["exam"]], "welsh": "Much."}, by=by, at=WHILE_OPEN
            )
            submit_response(consultation, by=by, at=WHILE_OPEN)
        close_what_is_due(at=AFTER_CLOSE)
        publish_results(consultation, by=organiser, at=AFTER_CLOSE)
        counted = dict(consultation.versions.get().results.values_list("question__key", "n"))
        assert (counted["purpose"], counted["route-order"], counted["welsh"], counted["what"]) == (3, 2, 1, 0)
        page = text_of(Client().get(address("results", consultation.slug)))
        assert "1 of 3 answered this question. It was asked only when nation is Wales; the others were not asked" in page


class TestAnswering:
    def test_next_back_and_progress_follow_the_path(self):
        consultation, member = a_routed_one(), a_person(facts={"nation": "england"})
        client, slug = client_of(member), consultation.slug
        first = address("page", slug, 1)
        assert "Page 1 of 2" in text_of(client.get(first)), "the first page and the last"
        answer = client.post(first, {"q-purpose": "spur", "go": "on"})
        assert answer["Location"] == address("page", slug, 4)
        assert "Page 2 of 2" in text_of(client.get(address("page", slug, 4)))
        assert client.post(address("page", slug, 4), {"go": "back"})["Location"] == first
        assert client.post(first, {"q-purpose": "floor", "go": "on"})["Location"] == address("page", slug, 2)
        assert client.get(address("page", slug, 3))["Location"] == address("page", slug, 4), "not asked outside Wales"
        assert "not asked of you" in text_of(client.get(address("page", slug, 4)))

    def test_a_question_that_follows_on_the_same_page_is_led_to_before_going_on(self):
        consultation, member = a_routed_one(), a_person()
        client, last = client_of(member), address("page", consultation.slug, 4)
        page = text_of(client.get(last))
        assert 'name="asked" value="more"' in page
        assert "What else?" not in page
        answer = client.post(last, {"asked": "more", "q-more": "yes", "go": "on"})
        assert answer["Location"] == f"{last}?follows=what#question-what"
        assert "there is one more question on this page" in text_of(client.get(answer["Location"]))
        answer = client.post(last, {"asked": "more what", "q-more": "yes", "q-what": "", "go": "on"})
        assert "Write your answer" in text_of(client.get(answer["Location"]))
        answer = client.post(last, {"asked": "more what", "q-more": "yes", "q-what": "This", "go": "on"})
        assert answer["Location"] == address("check", consultation.slug)

    def test_a_page_that_fell_off_meanwhile_keeps_what_is_sent_from_it_and_takes_nothing_back_that_it_did_not_show(self):
        consultation, member = a_routed_one(), a_person()
        client, slug = client_of(member), consultation.slug
        save_answers(consultation, {"purpose": "spur", "more": "yes", "what": "This"}, by=member, at=WHILE_OPEN)
        client.post(address("page", slug, 2), {"asked": "route-order why", "q-why": "Typed in the other tab", "go": "on"})
        client.post(address("page", slug, 4), {"asked": "more", "q-more": "no", "go": "back"})
        given = paper_of(member, consultation).given
        assert given == {"purpose": "spur", "more": "no", "what": "This", "why": "Typed in the other tab"}
        check = text_of(client.get(address("check", slug)))
        assert "not asked of you any more" in check
        assert "Typed in the other tab" in check
        assert client.post(address("check", slug))["Location"] == address("receipt", slug)
        receipt = text_of(client.get(address("receipt", slug)))
        assert "Typed in the other tab" not in receipt
        assert "What else?" not in receipt

    def test_facts_are_one_tap_away_where_options_are_ranked(self):
        consultation, member = an_open_one(), a_person()
        client = client_of(member)
        assert "£540" in text_of(client.get(address("page", consultation.slug, 2)))
        assert "£540" not in text_of(client.get(address("page", consultation.slug, 1)))


class TestTwoDevices:
    def marks(self, consultation, **answers):
        asked = {each.key: each for each in questionnaire_of(consultation.versions.get()).questions}
        return {key: mark_of(asked[key], value) for key, value in answers.items()}

    def test_the_later_does_not_write_over_what_it_did_not_know(self):
        consultation, by = an_open_one(), a_person()
        save_answers(consultation, {"purpose": "floor", "why": "First."}, by=by, at=WHILE_OPEN)
        held = self.marks(consultation, purpose="floor", why="First.", value=None)
        save_answers(consultation, {"purpose": "spur"}, by=by, at=WHILE_OPEN, writer="phone", sequence=1, held=held)
        answers = {"purpose": "none", "why": "Second.", "value": "agree"}
        with pytest.raises(AnswersDiffer) as found:
            save_answers(consultation, answers, by=by, at=WHILE_OPEN, writer="desk", sequence=1, held=held)
        assert found.value.stored == {"purpose": "spur"}
        assert paper_of(by, consultation).given == {"purpose": "spur", "why": "Second.", "value": "agree"}, "the rest is kept"

    def test_what_a_page_left_as_it_was_stays_as_the_other_device_has_it(self):
        consultation, by = an_open_one(), a_person()
        held = self.marks(consultation, purpose=None, why=None)
        save_answers(consultation, {"purpose": "spur"}, by=by, at=WHILE_OPEN, writer="phone", sequence=1, held=held)
        save_answers(consultation, {"purpose": None, "why": "Desk."}, by=by, at=WHILE_OPEN, writer="desk", sequence=1, held=held)
        assert paper_of(by, consultation).given == {"purpose": "spur", "why": "Desk."}

    def test_a_page_is_never_at_odds_with_itself_and_two_that_agree_are_not_at_odds(self):
        consultation, by = an_open_one(), a_person()
        held = self.marks(consultation, purpose=None)
        for sequence, purpose in enumerate(("floor", "spur", "none"), start=1):
            save_answers(consultation, {"purpose": purpose}, by=by, at=WHILE_OPEN, writer="tab", sequence=sequence, held=held)
        save_answers(consultation, {"purpose": "none"}, by=by, at=WHILE_OPEN, writer="phone", sequence=1, held=held)
        assert paper_of(by, consultation).given == {"purpose": "none"}

    def test_without_script_the_page_shows_both_and_the_next_press_decides(self):
        consultation, member = an_open_one(), a_person()
        client, where = client_of(member), address("page", consultation.slug, 1)
        before = {
            "asked": "purpose value",
            **{f"held-{k}": v for k, v in self.marks(consultation, purpose=None, value=None).items()},
        }
        save_answers(consultation, {"purpose": "spur"}, by=member, at=WHILE_OPEN)
        page = client.post(where, {**before, "q-purpose": "floor", "go": "on"})
        text = text_of(page)
        assert "on another device or in another window" in text
        assert "Help to get better" in text.split("What is kept there", 1)[1].split("</dl>", 1)[0]
        assert 'value="floor" checked' in text
        now = self.marks(consultation, purpose="spur", value=None)
        assert f'name="held-purpose" value="{now["purpose"]}"' in text
        client.post(where, {"asked": "purpose value", "held-purpose": now["purpose"], "q-purpose": "floor", "go": "on"})
        assert paper_of(member, consultation).given == {"purpose": "floor"}

    def test_the_scripts_door_says_that_they_differ(self):
        consultation, member = an_open_one(), a_person()
        where = address("save", consultation.slug, 1)
        save_answers(consultation, {"purpose": "spur"}, by=member, at=WHILE_OPEN)
        told = {"asked": "purpose", "held-purpose": "none", "q-purpose": "floor", "writer": "tab", "sequence": "1"}
        answer = client_of(member).post(where, told)
        assert (answer.status_code, answer.json()) == (409, {"differ": ["purpose"]})

    def test_the_scripts_door_says_what_is_asked_by_now(self):
        consultation, member = a_routed_one(), a_person()
        client, where = client_of(member), address("save", consultation.slug, 4)
        assert client.post(where, {"asked": "more", "q-more": "yes"}).json()["asks"] == "more what"
        assert client.post(where, {"asked": "more what", "q-more": "no", "q-what": "Kept"}).json()["asks"] == "more"
        assert paper_of(member, consultation).given == {"more": "no", "what": "Kept"}


class TestWriting:
    def test_a_condition_is_put_together_from_lists(self):
        by = an_organiser()
        consultation = a_draft(by=by)
        place = Page.objects.get(key="routes")
        client, where = client_of(by), address("condition", consultation.slug, "pages", place.pk)
        page = text_of(client.get(where))
        assert '<option value="question:purpose">' in page
        assert '<option value="question:why">' not in page, "it comes later"
        assert "Guarantee a floor" in text_of(client.get(where, {"about": "question:purpose"}))
        refused = client.post(where, {"about": "question:purpose", "verb": "is"})
        assert "Tick at least one" in text_of(refused)
        client.post(where, {"about": "question:purpose", "verb": "is", "values": ["floor", "spur"]})
        client.post(where, {"about": "fact:nation", "verb": "not_answered"})
        place.refresh_from_db()
        assert place.when == {
            "all": [
                {"question": "purpose", "verb": "is", "values": ["floor", "spur"]},
                {"fact": "nation", "verb": "not_answered"},
            ]
        }
        page = text_of(client.get(where))
        assert "question 1 is “Guarantee a floor” or “Help to get better”" in page
        client.post(address("condition_joining", consultation.slug, "pages", place.pk), {"join": "any"})
        place.refresh_from_db()
        assert list(place.when) == ["any"]
        client.post(address("remove_condition", consultation.slug, "pages", place.pk, 1))
        client.post(address("remove_condition", consultation.slug, "pages", place.pk, 1))
        assert client.post(address("remove_condition", consultation.slug, "pages", place.pk, 1)).status_code == 404
        place.refresh_from_db()
        assert place.when is None

    def test_it_cannot_open_while_a_path_is_broken_and_says_where(self):
        by = an_organiser()
        consultation = a_draft(by=by)
        set_condition(
            Page.objects.get(key="routes"), Every((FLOOR, Clause("question", "purpose", "is", ("spur",)))), by=by, at=BEGIN
        )
        with pytest.raises(NotReadyForReview, match="Page 2, “The routes” can never be asked"):
            ask_for_review(consultation, by=by, at=OPENED)
        assert "can never be asked" in text_of(client_of(by).get(address("paths", consultation.slug)))

    def test_conditions_are_fixed_with_the_rest_and_stand_in_the_hashed_form(self):
        by = an_organiser()
        consultation = a_routed_one(by)
        page = Page.objects.get(key="wales")
        told = consultation.versions.get().canonical["pages"]
        assert [page.get("when") is not None for page in told] == [False, True, True, False]
        with pytest.raises(Refused):
            set_condition(page, None, by=by, at=WHILE_OPEN)
        for row in (page, Question.objects.get(key="what")):
            with pytest.raises(IntegrityError, match="published version does not change"), transaction.atomic():
                type(row).objects.filter(pk=row.pk).update(when=None)

    def test_everybody_reads_who_is_asked_what(self):
        consultation = a_routed_one()
        questions, paths = (text_of(Client().get(address(name, consultation.slug))) for name in ("questions", "paths"))
        assert "Asked only when question 1 is “Guarantee a floor”." in questions
        assert "Question 7 is asked only when question 6 is “Yes”." in questions
        assert "about" in questions.split("Answering takes", 1)[1][:20]
        assert "When nation is Wales" in paths
        assert "With its page" in paths
        drawing = paths[paths.index('<svg class="pathmap') : paths.index("</svg>", paths.index('<svg class="pathmap'))]
        assert drawing.count("<rect") == 5, "four pages, and the one question that only some are asked"
        assert ": What else?" in drawing
        assert "Anything else?" not in drawing

    def test_somebody_invented_walks_it_and_leaves_nothing_behind(self):
        by = an_organiser()
        consultation = a_routed_draft(by)
        client, where = client_of(by), address("walk", consultation.slug)
        assert "3 of 7 questions are asked, on 2 pages" in text_of(client.get(where))
        asked = "purpose value more"
        page = text_of(client.post(where, {"asked": asked, "fact-nation": "wales", "q-purpose": "floor", "q-more": "yes"}))
        assert "7 of 7 questions are asked, on 4 pages" in page
        assert "2 still need an answer" in page
        page = text_of(client.post(where, {"asked": "purpose route-order", "q-purpose": "floor", "move": "route-order:add:exam"}))
        assert "A written examination is now" in page
        assert not Draft.objects.exists()


def test_a_day_later_the_same_questionnaire_is_read_from_its_hashed_form(django_assert_num_queries):
    consultation, by = a_routed_one(), a_person(facts={"nation": "wales"})
    save_answers(consultation, START, by=by, at=WHILE_OPEN + DAY)
    with django_assert_num_queries(5):
        assert paper_of(by, consultation).path.keys >= {"welsh", "route-order"}


class TestArranging:
    def test_a_question_goes_over_the_edge_of_its_page_and_back(self):
        by = an_organiser()
        consultation = a_draft(by=by)
        version = consultation.versions.get()
        first, second = version.pages.all()
        client = client_of(by)

        def order():
            return [list(page.questions.values_list("key", "position")) for page in (first, second)]

        def press(key, way):
            spot = next(
                getattr(each, way) for page in built(version, written(version)) for each in page.questions if each.row.key == key
            )
            row = version.questions.get(key=key)
            answer = client.post(
                address("place_part", consultation.slug, "questions", row.pk), {"page": spot[0], "position": spot[1]}
            )
            assert answer["Location"].endswith(f"#question-{row.pk}")

        press("value", "down")
        assert order() == [[("purpose", 1)], [("value", 1), ("route-order", 2), ("why", 3)]]
        press("value", "down")
        press("route-order", "up")
        assert order() == [[("purpose", 1), ("route-order", 2)], [("value", 1), ("why", 2)]]
        rows = [each for page in built(version, written(version)) for each in page.questions]
        assert (rows[0].up, rows[-1].down) == (None, None)
        for told in ({"page": first.pk, "position": "x"}, {"page": "x", "position": "1"}, {"page": 0, "position": 1}):
            assert client.post(address("place_part", consultation.slug, "questions", rows[0].row.pk), told).status_code == 404

    def test_never_into_another_questionnaire(self):
        by = an_organiser()
        here, there = a_draft(by=by), a_draft(by=by, title="Another one")
        question = here.versions.get().questions.get(key="why")
        with pytest.raises(AnotherQuestionnaire):
            place_question(question, page=there.versions.get().pages.first(), position=1, by=by, at=BEGIN)

    def test_never_onto_a_page_that_was_taken_out_meanwhile(self):
        by = an_organiser()
        version = a_draft(by=by).versions.get()
        page, question = version.pages.last(), version.questions.get(key="purpose")
        remove_page(Page.objects.get(pk=page.pk), by=by, at=BEGIN)
        with pytest.raises(TakenOutMeanwhile, match="taken out meanwhile"):
            place_question(question, page=page, position=1, by=by, at=BEGIN)
        assert version.questions.get(key="purpose").page == version.pages.get()

    def test_a_copy_is_asked_by_a_key_of_its_own_right_after(self):
        by = an_organiser()
        consultation = a_routed_draft(by)
        version, client = consultation.versions.get(), client_of(by)
        question = version.questions.get(key="purpose")
        client.post(address("copy_part", consultation.slug, "questions", question.pk))
        assert list(question.page.questions.values_list("key", flat=True)) == ["purpose", "purpose-2", "value"]
        copy = version.questions.get(key="purpose-2")
        assert list(copy.choices.values_list("key", flat=True)) == ["floor", "spur", "none"]
        page = version.pages.get(key="end")
        client.post(address("copy_part", consultation.slug, "pages", page.pk))
        made = version.pages.get(key="end-2")
        assert made.position == page.position + 1
        assert list(made.questions.values_list("key", flat=True)) == ["more-2", "what-2"]
        assert made.questions.get(key="what-2").when == {"question": "more-2", "verb": "is", "values": ["yes"]}
        assert client.post(address("copy_part", consultation.slug, "options", 1)).status_code == 404

    def test_a_page_is_put_at_its_place(self):
        by = an_organiser()
        consultation = a_routed_draft(by)
        version = consultation.versions.get()
        last = version.pages.get(key="end")
        answer = client_of(by).post(address("place_part", consultation.slug, "pages", last.pk), {"position": "1"})
        assert answer["Location"].endswith(f"#page-{last.pk}")
        assert list(version.pages.values_list("key", "position")) == [("end", 1), ("purpose", 2), ("routes", 3), ("wales", 4)]
        page = text_of(client_of(by).get(address("edit", consultation.slug)))
        assert "Shown when nation is Wales." in page
