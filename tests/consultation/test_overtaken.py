"""Two organisers, or two windows, at one form that is no part of a draft: whoever saves second is told what stands there now, keeps
what they typed, and decides."""

from html import unescape

import pytest
import time_machine

from consultation.actions.conditions import set_condition
from consultation.actions.organisations import let_send
from consultation.actions.texts import begin_text, publish_text
from consultation.models import Colleague, Consultation, TextVersion
from consultation.overtaken_form import OvertakenForm
from consultation.paths.conditions import condition_of
from tests.accounts.factories import GroupFactory
from tests.consultation.factories import (
    BEGIN,
    THE_COMMITTEE,
    WHILE_OPEN,
    a_draft,
    a_person,
    a_published_one,
    an_organisation,
    an_organiser,
    one_for_others,
)
from tests.consultation.pages import address, client_of, text_of

pytestmark = pytest.mark.django_db
CHANGED = "Somebody, or you in another window, changed this since you opened it."


def drawn(page):
    """What a browser sends of the form as it stands on the page."""
    form = page.context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, False, [])}


@pytest.fixture(params=["before", "in the same moment"])
def another_saves_first(request, monkeypatch):
    """Sends mine and theirs, drawn alike, theirs first: long before, or after mine was looked at; returns what I am told."""

    def send(where, *, mine, theirs, people=None):
        by, other = map(client_of, people or [an_organiser(), an_organiser()])
        before = drawn(by.get(where))
        assert before["seen"]
        looked_at = OvertakenForm.clean

        def they_save():
            monkeypatch.setattr(OvertakenForm, "clean", looked_at)
            assert other.post(where, before | theirs).status_code == 302

        def looked_at_and_then_they_save(form):
            told = looked_at(form)
            they_save()
            return told

        if request.param == "before":
            they_save()
        else:
            monkeypatch.setattr(OvertakenForm, "clean", looked_at_and_then_they_save)
        told = by.post(where, before | mine)
        assert told.status_code == 200
        assert CHANGED in unescape(text_of(told))
        return told, lambda: by.post(where, drawn(told))

    return send


def test_who_may_answer(another_saves_first):
    draft, group = a_draft(), GroupFactory(name="Accreditation panel")
    where = address("audience", draft.slug)
    theirs = {"nations": ["wales", "scotland"], "group": str(group.pk), "public": "on"}
    told, save_again = another_saves_first(where, mine={"nations": ["england"]}, theirs=theirs)
    words = unescape(text_of(told))
    assert "In a nation: “Wales, Scotland”" in words
    assert "Who belong to a group: “Accreditation panel”" in words
    assert "The public as well, each with one answer by a confirmed address: “yes”" in words
    draft.refresh_from_db()
    assert (draft.for_nations, draft.for_public) == (["wales", "scotland"], True)
    assert save_again().status_code == 302
    draft.refresh_from_db()
    assert (draft.for_nations, draft.for_group, draft.for_public) == (["england"], None, False)


def test_a_document(another_saves_first):
    version = begin_text(title="Code of conduct", source="Managers act fairly.", by=an_organiser(), at=BEGIN)
    where = address("edit_text", version.text.slug)
    told, save_again = another_saves_first(where, mine={"source": "In my words."}, theirs={"source": "In their words."})
    assert "In their words." in text_of(told)
    assert "In my words." in text_of(told)
    assert TextVersion.objects.get().source == "In their words."
    assert save_again().status_code == 302
    assert TextVersion.objects.get().source == "In my words."


def test_the_next_version_of_a_document(another_saves_first):
    by = an_organiser()
    version = publish_text(begin_text(title="Code of conduct", source="Managers act fairly.", by=by, at=BEGIN), by=by, at=BEGIN)
    where = address("edit_text", version.text.slug)
    told, save_again = another_saves_first(where, mine={"source": "In my words."}, theirs={"source": "In their words."})
    assert "In their words." in text_of(told)
    assert TextVersion.objects.get(number=2).source == "In their words."
    assert save_again().status_code == 302
    assert TextVersion.objects.get(number=2).source == "In my words."


def test_what_was_decided(another_saves_first):
    outcome = a_published_one()
    where = address("outcome", outcome.slug)
    key = outcome.options.first().key
    theirs = {f"fate-{key}": "ruled-out", f"because-{key}": "Too dear."}
    told, save_again = another_saves_first(where, mine={"outcome": "In my words."}, theirs=theirs)
    words = unescape(text_of(told))
    assert "“Too dear.”" in words
    assert "“Ruled out”" in words
    assert outcome.options.get(key=key).because == "Too dear."
    assert save_again().status_code == 302
    assert Consultation.objects.get(pk=outcome.pk).outcome == "In my words."
    assert outcome.options.get(key=key).because == ""


@pytest.fixture
def while_it_is_open():
    with time_machine.travel(WHILE_OPEN, tick=False):
        yield


@pytest.mark.usefixtures("while_it_is_open")
def test_what_an_organisation_says_of_itself(another_saves_first):
    consultation, colleagues = one_for_others(), [a_person(), a_person()]
    first = an_organisation(consultation, by=colleagues[0], colleagues=colleagues[1:])
    let_send(first, Colleague.objects.get(user=colleagues[1]), by=colleagues[0], at=WHILE_OPEN)
    an_organisation(consultation, by=a_person(), name="Quay Surgery")
    where = address("organisation_statement", consultation.slug, first.party.pk)
    theirs = {"agreed": "In their words.", "sort": "practice"}
    told, save_again = another_saves_first(where, mine={"name": "Quay Surgery"}, theirs=theirs, people=colleagues)
    words = unescape(text_of(told))
    assert "What it is: “A practice”" in words
    first.party.refresh_from_db()
    assert (first.party.agreed, first.party.name) == ("In their words.", THE_COMMITTEE.name)
    named = save_again()
    assert "is_another" in text_of(named), "it asks what it asks of whoever is alone"
    sent = client_of(colleagues[0]).post(where, drawn(named) | {"is_another": "on"})
    assert sent.status_code == 302
    first.party.refresh_from_db()
    assert first.party.name == "Quay Surgery"


def test_counting_who_may_answer_asks_nothing_about_it():
    draft = a_draft()
    page = client_of(an_organiser()).get(address("audience_count", draft.slug), {"whom": "list", "seen": "another"})
    assert "a list" in text_of(page)


def test_a_part_of_a_condition_is_not_taken_out_for_another():
    by = an_organiser()
    draft = a_draft(by=by)
    place = draft.versions.get().pages.last()
    parts = [{"fact": "nation", "verb": "is", "values": [nation]} for nation in ("wales", "scotland", "england")]
    set_condition(place, condition_of({"any": parts}), by=by, at=BEGIN)
    mine, where = client_of(by), address("condition", draft.slug, "pages", place.pk)
    seen = mine.get(where).context["seen"]
    first, second = (address("remove_condition", draft.slug, "pages", place.pk, number) for number in (1, 2))
    client_of(an_organiser()).post(first, {"seen": seen})
    for late, sent in ((second, {}), (address("condition_joining", draft.slug, "pages", place.pk), {"join": "all"})):
        told = mine.post(late, {"seen": seen, **sent}, follow=True)
        assert CHANGED in text_of(told)
        place.refresh_from_db()
        assert place.when == {"any": parts[1:]}
    mine.post(second, {"seen": told.context["seen"]})
    place.refresh_from_db()
    assert place.when == parts[1]
