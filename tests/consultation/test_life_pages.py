"""The pages of a consultation's life: from a draft to members who answer, through the desk; what each refuses and tells."""

import re

import pytest
import time_machine
from django.test import Client

from accounts.models import RoleGrant
from consultation.actions.asked import TakenOffMeanwhile, answer_frequent_question
from consultation.actions.audience import change_audience
from consultation.actions.pausing import pause_consultation
from consultation.actions.questionnaire import add_question, change_question
from consultation.actions.scheduling import open_what_is_due
from consultation.actions.writing import change_details, write_consultation
from consultation.models import Consultation, Correction, FrequentQuestion, Invited, Page, Question, State
from consultation.readers.preflight import preflight
from consultation.readers.readiness import gaps_before_opening
from consultation.readers.reviewing import text_digest
from tests.consultation.factories import (
    BEGIN,
    DAY,
    OPENED,
    WHILE_OPEN,
    a_draft,
    a_later_one,
    a_person,
    an_open_one,
    an_organiser,
    approved,
)
from tests.consultation.pages import address as at
from tests.consultation.pages import client_of
from tests.consultation.test_routed import a_routed_draft
from tests.forum.factories import CategoryFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("while_it_is_open")]


def read(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def test_an_organiser_and_a_second_one_take_it_from_a_draft_to_its_hour():
    author, reader, category = an_organiser(), an_organiser(), CategoryFactory()
    a_person()
    draft = a_draft(by=author)
    mine, theirs, slug = client_of(author), client_of(reader), draft.slug
    assert at("review", slug) in read(mine, at("detail", slug))
    assert at("ask_review", slug) in read(mine, at("review", slug))
    mine.post(at("ask_review", slug))
    assert "It is yours" in read(mine, at("review", slug))
    page = read(theirs, at("review", slug))
    assert "Put the routes in order." in page
    empty = theirs.post(at("ask_changes", slug), {"note": ""}).content.decode()
    assert "What should change" in empty
    assert theirs.post(at("approve", slug), {"digest": "0" * 64}, follow=True).content.decode().count("has changed since") == 1
    digest = re.search(r'name="digest" value="(\w{64})"', page).group(1)
    theirs.post(at("approve", slug), {"digest": digest})
    assert at("schedule", slug) in read(mine, at("desk"))
    plan = {"opens_on": "2026-09-10", "opens_at": "09:30", "closes_on": "2026-10-01", "category": category.pk}
    assert "members need 28 days" in mine.post(at("schedule", slug), plan).content.decode()
    mine.post(at("schedule", slug), plan | {"closes_on": "2026-10-20"})
    announced = read(Client(), at("detail", slug))
    assert "It opens" in announced
    assert "10 September" in announced
    assert "Opening soon" in read(Client(), at("list"))
    consultation = Consultation.objects.get(pk=draft.pk)
    with time_machine.travel(consultation.opens_at + DAY / 24, tick=False):
        assert "opens shortly" in read(client_of(a_person()), at("detail", slug))
        assert open_what_is_due(at=consultation.opens_at + DAY / 24) == 1
        assert "Closes" in read(Client(), at("detail", slug))


def test_a_pause_is_told_to_everybody_and_to_who_is_answering():
    by, member = an_organiser(), a_person()
    consultation = an_open_one(by=by)
    slug, client = consultation.slug, client_of(by)
    assert "Error: " in client.post(at("pause", slug), {"note": ""}).content.decode()
    client.post(at("pause", slug), {"note": "A figure is wrong."})
    assert Consultation.objects.get().state_at(WHILE_OPEN) is State.PAUSED
    for reader in (Client(), client_of(member)):
        assert "A figure is wrong." in read(reader, at("detail", slug))
    answering = client_of(member)
    assert "What you write is kept" in read(answering, at("page", slug, 1))
    answering.post(at("page", slug, 1), {"purpose": "floor", "go": "on"})
    assert "nothing can be sent" in read(answering, at("check", slug))
    assert answering.post(at("check", slug)).status_code == 403
    assert "Carry on writing your answer" in read(answering, at("detail", slug))
    client.post(at("resume", slug), {"note": "It is right now."})
    assert "Went on" in read(Client(), at("run", slug))


@pytest.mark.parametrize(
    ("state", "name", "sent", "after"),
    [
        ("scheduled", "put_off", {"note": "Half-term."}, State.REVIEW),
        ("paused", "resume", {"note": "Right now."}, State.OPEN),
        ("analysing", "report", {"note": "All are read."}, State.REPORTING),
        ("followed-up", "archive", {"note": "All was done."}, State.ARCHIVED),
    ],
)
def test_each_step_has_a_page_and_a_place_on_the_desk(state, name, sent, after):
    by = an_organiser()
    consultation = a_later_one(state, by=by, at=WHILE_OPEN)
    client, url = client_of(by), at(name, consultation.slug)
    assert url in read(client, at("desk"))
    read(client, url)
    assert client_of(a_person()).get(url).status_code == 403
    assert "Error: " in client.post(url, {"note": " "}).content.decode()
    client.post(url, sent)
    assert Consultation.objects.get(pk=consultation.pk).state_at(WHILE_OPEN) is after


def test_who_may_answer_is_counted_before_it_is_saved():
    by = an_organiser()
    for nation in ("wales", "wales", "england"):
        a_person(facts={"nation": nation})
    draft = a_draft(by=by)
    client, slug = client_of(by), draft.slug
    assert "3 people may answer" in read(client, at("audience", slug))
    part = client.get(at("audience_count", slug), {"whom": "members", "nations": "wales"}, headers={"HX-Request": "true"})
    assert "2 people may answer" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "Nothing is saved" in read(client, at("audience_count", slug) + "?whom=members&nations=wales")
    client.post(at("audience", slug), {"whom": "members", "nations": ["wales"]})
    assert "Verified members in Wales" in read(client, at("detail", slug))
    assert "Error: " in client.post(at("audience", slug), {"whom": "members", "nations": ["mars"]}).content.decode()


def test_a_list_is_made_of_addresses_and_of_names():
    by, first, second = an_organiser(), a_person(name="Ada Listed"), a_person(name="Bea Searched")
    draft = a_draft(by=by)
    client, slug = client_of(by), draft.slug
    assert client.post(at("audience", slug), {"whom": "list"})["Location"] == at("invited", slug)
    told = client.post(at("invited", slug), {"addresses": f"{first.email}, stranger@example.org"}).content.decode()
    assert "stranger@example.org" in told
    assert "Ada Listed" in told
    assert "Bea Searched" in read(client, at("invited", slug) + "?q=Searched")
    client.post(at("invite", slug), {"handle": second.handle})
    assert Invited.objects.count() == 2
    client.post(at("uninvite", slug, Invited.objects.get(user=first).pk))
    assert Invited.objects.get().user == second


def test_frequent_questions_and_corrections_stand_on_the_page():
    by = an_organiser()
    consultation = an_open_one(by=by)
    client, slug = client_of(by), consultation.slug
    client.post(at("new_faq", slug), {"question": "Who reads it?", "answer": "The **committee**."})
    row = FrequentQuestion.objects.get()
    client.post(at("edit_faq", slug, row.pk), {"question": "Who reads it?", "answer": "The committee and nobody else."})
    client.post(at("new_correction", slug), {"text": "The fee is £420, not £240."})
    page = read(Client(), at("detail", slug))
    assert "The committee and nobody else." in page
    assert "The fee is £420" in page
    assert at("edit_faq", slug, row.pk) not in page
    assert client_of(a_person()).post(at("new_correction", slug), {"text": "No."}).status_code == 403
    client.post(at("remove_faq", slug, row.pk))
    assert "Who reads it?" not in read(Client(), at("detail", slug))
    assert Correction.objects.count() == 1


def test_a_second_click_and_a_window_left_open_lead_to_the_page_with_what_is_so_by_now():
    by, member = an_organiser(), a_person()
    consultation = an_open_one(by=by)
    client, slug = client_of(by), consultation.slug
    client.post(at("pause", slug), {"note": "A figure is wrong."})
    again = client.post(at("pause", slug), {"note": "A figure is wrong."}, follow=True)
    assert again.redirect_chain[-1][0] == at("detail", slug)
    assert "Only a consultation that is open can be paused." in again.content.decode()
    assert consultation.transitions.filter(to_state="paused").count() == 1
    assert client_of(member).post(at("pause", slug), {"note": "Mine."}).status_code == 403, "who may never is refused"
    client.post(at("resume", slug), {"note": "It is right now."})
    assert client.get(at("resume", slug), follow=True).redirect_chain[-1][0] == at("detail", slug)
    closes = Consultation.objects.get(pk=consultation.pk).closes_at
    later, sooner = (closes + 9 * DAY).date(), (closes + 3 * DAY).date()
    client.post(at("extend", slug), {"closes_on": later.isoformat(), "reason": "Half-term."})
    page = client.post(at("extend", slug), {"closes_on": sooner.isoformat(), "reason": "The holidays."}).content.decode()
    assert "it can be extended, never shortened" in page
    assert "The holidays." in page, "what was typed is kept"
    for _ in range(2):
        client.post(at("new_correction", slug), {"text": "The fee is £420."})
        client.post(at("new_faq", slug), {"question": "Who reads it?", "answer": "The committee."})
    assert (Correction.objects.count(), FrequentQuestion.objects.count()) == (1, 1)
    other = client.post(at("new_faq", slug), {"question": "who reads it?", "answer": "Nobody."}).content.decode()
    assert "answered on the page already" in other
    assert "Nobody." in other


def test_two_reviewers_at_once_approve_it_once_and_the_second_is_told():
    author, one, other = an_organiser(), an_organiser(), an_organiser()
    a_person()
    draft = a_draft(by=author)
    for _ in range(2):
        asked = client_of(author).post(at("ask_review", draft.slug), follow=True)
    assert "Its review is under way, or done." in asked.content.decode()
    assert draft.reviews.count() == 1
    draft.refresh_from_db()
    seen = {"digest": text_digest(draft)}
    assert client_of(one).post(at("approve", draft.slug), seen).status_code == 302
    second = client_of(other).post(at("approve", draft.slug), seen, follow=True)
    assert "It is approved already." in second.content.decode()
    assert Consultation.objects.get(pk=draft.pk).approved_by == one


def test_a_list_that_was_emptied_since_the_approval_keeps_it_from_being_scheduled_with_a_link_to_it():
    by = an_organiser()
    draft = approved(a_draft(by=by))
    RoleGrant.objects.filter(role="member").update(ends_at=WHILE_OPEN)
    page = read(client_of(by), at("schedule", draft.slug))
    assert f'href="{at("audience", draft.slug)}">Nobody could answer' in page
    assert "Schedule the opening" not in page
    alone = change_audience(a_draft(by=by, title="For those on a list"), only_invited=True, by=by, at=BEGIN)
    (gap,) = [gap for gap in gaps_before_opening(alone, at=BEGIN) if gap.section == "audience"]
    assert gap.url == at("invited", alone.slug), "the list itself, where it is empty"


def test_frequent_questions_stand_in_the_order_that_organisers_give_them():
    by = an_organiser()
    draft = a_draft(by=by)
    rows = [answer_frequent_question(draft, question=f"{n}?", answer="Yes.", by=by, at=BEGIN) for n in ("One", "Two", "Three")]
    client, order = client_of(by), lambda: list(draft.frequent_questions.values_list("question", flat=True))
    there = client.post(at("move_faq", draft.slug, rows[2].pk, "up"))
    assert there["Location"].endswith(f"#faq-{rows[2].pk}")
    assert order() == ["One?", "Three?", "Two?"]
    client.post(at("move_faq", draft.slug, rows[0].pk, "up"))
    assert order() == ["One?", "Three?", "Two?"]
    answer_frequent_question(draft, question="One!", answer="Yes.", by=by, at=BEGIN, instead_of=rows[0])
    assert order() == ["One!", "Three?", "Two?"], "other words keep their place"
    assert client.post(at("move_faq", draft.slug, rows[0].pk, "left")).status_code == 404
    assert client_of(a_person()).post(at("move_faq", draft.slug, rows[0].pk, "down")).status_code in {403, 404}
    rows[1].delete()
    assert client.post(at("move_faq", draft.slug, 10**9, "down")).status_code == 404
    FrequentQuestion.objects.filter(pk=rows[0].pk).delete()
    with pytest.raises(TakenOffMeanwhile):
        answer_frequent_question(draft, question="One!", answer="No.", by=by, at=BEGIN, instead_of=rows[0])


def test_frequent_questions_from_before_they_had_places_move_as_they_stand_on_the_page():
    by = an_organiser()
    draft = a_draft(by=by)
    for number in range(4):
        answer_frequent_question(draft, question=f"{number}?", answer="Yes.", by=by, at=BEGIN)
    first, *_ = draft.frequent_questions.all()
    FrequentQuestion.objects.update(position=0)
    FrequentQuestion.objects.filter(pk=first.pk).update(written_at=WHILE_OPEN)  # its row lies elsewhere on the disk now
    last = draft.frequent_questions.last()
    client_of(by).post(at("move_faq", draft.slug, last.pk, "up"))
    assert [row.question for row in draft.frequent_questions.all()] == ["0?", "1?", "3?", "2?"]


def test_the_list_before_it_opens_leads_to_where_each_line_is_mended():
    by = an_organiser()
    bare = write_consultation(title="Bare as it is", by=by, at=BEGIN)
    page = read(client_of(by), at("preflight", bare.slug))
    assert f"{at('edit', bare.slug)}#options" in page
    draft = a_draft(by=by)
    draft.documents.create(position=2, title="Click here", url="https://example.org/costs.pdf")
    question = Question.objects.get(version__consultation=draft, key="value")
    hard = "Notwithstanding organisational accreditation considerations, professional registration requires prioritisation."
    change_question(question, kind="agreement_scale", text=hard, by=by, at=BEGIN)
    failing = {line.rule: line for line in preflight(draft, at=BEGIN) if not line.holds}
    assert set(failing) == {"Documents", "Reading age", "R5", "Contact"}
    assert (failing["R5"].must, failing["R5"].url) == (True, at("audience", draft.slug))
    assert failing["Reading age"].url == f"{at('edit', draft.slug)}#question-{question.pk}"
    sentences = [line.sentence for line in preflight(draft, at=BEGIN) if line.rule == "Documents" and not line.holds]
    assert len(sentences) == 2
    a_person()
    change_details(draft, contact="The secretary, office@example.org", by=by, at=BEGIN)
    draft.documents.filter(position=2).delete()
    change_question(question, kind="agreement_scale", text="It is worth the cost.", by=by, at=BEGIN)
    draft.refresh_from_db()
    assert all(line.holds for line in preflight(draft, at=BEGIN))
    assert "Every line holds" in read(client_of(by), at("preflight", draft.slug))


def test_a_line_about_one_question_leads_to_it_and_what_the_public_will_read_is_said():
    by = an_organiser()
    draft = a_draft(by=by)
    page = Page.objects.get(version__consultation=draft, key="purpose")
    empty = add_question(page, kind="single_choice", text="Which of none?", by=by, at=BEGIN)
    draft.documents.all().delete()
    failing = {line.rule: line for line in preflight(draft, at=BEGIN) if not line.holds}
    assert failing["Questions"].url == f"{at('edit', draft.slug)}#question-{empty.pk}"
    assert f'id="question-{empty.pk}"' in read(client_of(by), at("edit", draft.slug))
    assert failing["G2"].must
    assert "rule G2 fails" in failing["G2"].sentence


def test_the_review_shows_whatever_is_decided_with_the_text():
    by = an_organiser()
    draft = a_routed_draft(by)
    change_details(draft, identity_mode="confidential", by=by, at=BEGIN)
    guest = a_person("Ifor Invited")
    Invited.objects.create(consultation=draft, user=guest, added_at=BEGIN, added_by=by)
    page = read(client_of(by), at("review", draft.slug))
    for words in (
        "Confidential: fixed at the opening",
        "Ifor Invited",
        "Shown when question 1 is",
        "60 hours",
        "nobody sees them before",
    ):
        assert words in page, words


def test_a_change_through_any_form_ends_an_approval():
    by = an_organiser()
    draft = approved(a_draft(by=by))
    page = Page.objects.filter(version__consultation=draft).first()
    add_question(page, kind="long_text", text="Anything else?", by=by, at=OPENED)
    assert Consultation.objects.get().state_at(OPENED) is State.DRAFT
    assert "ended when the text changed" in read(client_of(by), at("review", draft.slug))


def test_the_desk_is_for_organisers_and_costs_the_same_however_much_there_is():
    by = an_organiser()
    assert client_of(a_person()).get(at("desk")).status_code == 403
    client = client_of(by)
    assert "Nothing here yet" in read(client, at("desk"))
    pause_consultation(an_open_one(by=by), note="Wait.", by=by, at=WHILE_OPEN)
    assert "Let it go on" in read(client, at("desk"))
