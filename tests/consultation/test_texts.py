"""Documents put to members: a published version never changes, and each question stands beside its paragraph."""

import pytest
import time_machine
from django.db import Error, transaction
from django.test import Client

from common.verdicts import Refused
from consultation.actions import texts
from consultation.actions.answering import save_answers
from consultation.actions.texts import NotPublished, TooManyQuestions, ask_about_text, begin_text, publish_text, write_text
from consultation.models import Consultation, Question, Text, TextVersion
from consultation.permissions import can_read_text
from consultation.questionnaire import Questionnaire, digest
from consultation.readers.exchange import written_of
from consultation.readers.questionnaires import questionnaire_of, written
from tests.consultation.factories import BEGIN, FULL, OPENED, WHILE_OPEN, a_draft, a_person, a_response, an_organiser, opened
from tests.consultation.pages import address, client_of
from tests.forum.factories import CategoryFactory

pytestmark = pytest.mark.django_db
SOURCE = "# Aims\n\nManagers *act* fairly.\n\nThey keep learning.\n\n# Conduct\n\nThey tell the truth.\n"


def a_text(by, *, source=SOURCE, published=True):
    version = begin_text(title="Code of conduct", source=source, by=by, at=BEGIN)
    return publish_text(version, by=by, at=BEGIN) if published else version


class TestADocument:
    def test_is_read_by_organisers_alone_until_it_is_published(self):
        organiser, member = an_organiser(), a_person()
        version = a_text(organiser, published=False)
        for reader, sees in ((organiser, True), (member, False)):
            assert bool(can_read_text(reader, version)) is sees
            assert TextVersion.objects.visible_to(reader).filter(pk=version.pk).exists() is sees
        assert Client().get(version.get_absolute_url()).status_code == 404
        publish_text(version, by=organiser, at=BEGIN)
        page = Client().get(version.get_absolute_url()).content.decode()
        assert 'id="p3"' in page
        assert "<em>act</em>" in page
        assert "<h2>Aims</h2>" in page, "its title is the only first heading"

    def test_once_published_is_held_by_the_database(self):
        version = a_text(an_organiser())
        for change in (lambda: TextVersion.objects.update(source="Another"), lambda: TextVersion.objects.all().delete()):
            with pytest.raises(Error, match="does not change"), transaction.atomic():
                change()
        told = {"title": "Code of conduct", "parts": [[part["number"], part["words"]] for part in version.parts]}
        assert version.digest == digest(told)

    def test_gets_a_next_version_where_the_last_is_published(self):
        organiser = an_organiser()
        version = a_text(organiser)
        second = write_text(version.text, title=version.title, source=SOURCE + "\nMore.", by=organiser, at=BEGIN)
        again = write_text(version.text, title=version.title, source=SOURCE + "\nMore still.", by=organiser, at=BEGIN)
        assert (second.number, again.pk, again.source.endswith("still.")) == (2, second.pk, True)
        page = client_of(organiser).get(address("text_changes", version.text.slug, 2)).content.decode()
        assert "<ins>" in page
        assert client_of(organiser).get(address("text_changes", version.text.slug, 1)).status_code == 404
        assert Client().get(address("text_changes", version.text.slug, 2)).status_code == 404

    def test_is_written_and_published_by_organisers_alone(self):
        member, organiser = a_person(), an_organiser()
        version = a_text(organiser)
        with pytest.raises(Refused):
            begin_text(title="Mine", source="One.", by=member, at=BEGIN)
        with pytest.raises(Refused):
            write_text(version.text, title="Mine", source="One.", by=member, at=BEGIN)
        with pytest.raises(Refused):
            publish_text(version, by=organiser, at=BEGIN)

    def test_with_a_title_that_is_taken_has_another_address(self):
        organiser = an_organiser()
        assert [a_text(organiser).text.slug for _ in range(2)] == ["code-of-conduct", "code-of-conduct-2"]


class TestAskingAboutIt:
    def test_makes_a_page_of_each_section_and_a_question_of_each_paragraph(self):
        organiser = an_organiser()
        draft, version = a_draft(by=organiser), a_text(organiser)
        made = ask_about_text(draft, version, questions=True, by=organiser, at=BEGIN)
        assert [page.title for page in made] == ["Aims", "Conduct"]
        asked = Question.objects.filter(page__in=made).order_by("page__position", "position")
        assert [row.passage["words"] for row in asked] == [
            "Managers *act* fairly.",
            "They keep learning.",
            "They tell the truth.",
        ]
        assert not any(row.required for row in asked)
        assert draft.documents.get(url=version.get_absolute_url()).note == "A page here, 3 paragraphs."
        ask_about_text(draft, version, questions=True, by=organiser, at=BEGIN)
        assert Question.objects.filter(version__consultation=draft, passage__isnull=False).count() == 6

    def test_only_links_it_where_nothing_is_to_be_asked(self):
        organiser = an_organiser()
        draft = a_draft(by=organiser)
        before = Question.objects.count()
        assert ask_about_text(draft, a_text(organiser), questions=False, by=organiser, at=BEGIN) == []
        assert Question.objects.count() == before

    def test_is_refused_before_it_is_published_and_where_it_is_too_long(self, monkeypatch):
        organiser = an_organiser()
        draft = a_draft(by=organiser)
        with pytest.raises(NotPublished):
            ask_about_text(draft, a_text(organiser, published=False), questions=True, by=organiser, at=BEGIN)
        monkeypatch.setattr(texts, "MOST_QUESTIONS", 3)
        with pytest.raises(TooManyQuestions, match="3 paragraphs"):
            ask_about_text(draft, a_text(organiser), questions=True, by=organiser, at=BEGIN)

    def test_cuts_a_long_section_into_pages_that_say_what_they_hold(self):
        organiser = an_organiser()
        version = a_text(organiser, source="\n\n".join(f"Paragraph {n}." for n in range(1, 11)))
        made = ask_about_text(a_draft(by=organiser), version, questions=True, by=organiser, at=BEGIN)
        assert [page.title for page in made] == ["Code of conduct: 1–8", "Code of conduct: 9–10"]

    def test_the_paragraph_stands_by_its_question_and_is_hashed_with_it(self):
        organiser, member = an_organiser(), a_person()
        draft = a_draft(by=organiser, at=BEGIN)
        made = ask_about_text(draft, a_text(organiser), questions=True, by=organiser, at=BEGIN)
        consultation = opened(draft, category=CategoryFactory(), by=organiser, at=OPENED)
        version = consultation.versions.get()
        assert Questionnaire.of(version.canonical) == written(version)
        assert digest(version.canonical) == version.digest
        first = version.canonical["pages"][made[0].position - 1]["questions"][0]
        assert first["passage"]["url"].endswith("/texts/code-of-conduct/1/#p1")
        with time_machine.travel(WHILE_OPEN, tick=False):
            page = client_of(member).get(address("page", consultation.slug, made[0].position)).content.decode()
            paper = client_of(member).get(address("questions", consultation.slug)).content.decode()
            save_answers(consultation, FULL, by=member, at=WHILE_OPEN)
            check = client_of(member).get(address("check", consultation.slug)).content.decode()
        assert "Paragraph 1 of “Code of conduct”, version 1" in check
        for html in (page, paper):
            assert "Managers <em>act</em> fairly." in html
            assert "Paragraph 1 of “Code of conduct”, version 1" in html
        a_response(consultation, by=member)

    def test_goes_with_the_file_of_the_consultation_and_back(self):
        organiser = an_organiser()
        draft = a_draft(by=organiser)
        ask_about_text(draft, a_text(organiser), questions=True, by=organiser, at=BEGIN)
        pages = written_of(draft).pages
        assert pages[-1].questions[0].passage.words == "They tell the truth."

    def test_a_questionnaire_without_passages_keeps_the_digest_it_had(self):
        version = a_draft(by=an_organiser()).versions.get()
        assert "passage" not in str(questionnaire_of(version).as_dict())


def test_an_organiser_writes_publishes_and_asks_from_the_desk():
    organiser = an_organiser()
    client, draft = client_of(organiser), a_draft(by=organiser)
    assert address("texts") in client.get(address("desk")).content.decode()
    empty = client.post(address("new_text"), {"title": "Code", "source": "# Only a heading"}).content.decode()
    assert "Write one paragraph at least" in empty
    long = client.post(address("new_text"), {"title": "Code", "source": "\n\n".join(["One."] * 151)}).content.decode()
    assert "150 paragraphs at most: it has 151" in long
    made = client.post(address("new_text"), {"title": "Code of conduct", "source": SOURCE})
    version = Text.objects.get().versions.get()
    assert made["Location"] == version.get_absolute_url()
    client.post(address("edit_text", "code-of-conduct"), {"title": "Code of conduct", "source": SOURCE + "\nMore."})
    client.post(address("publish_text", "code-of-conduct", 1))
    assert "Code of conduct" in client.get(address("texts")).content.decode()
    assert address("ask_about_text", draft.slug) in client.get(address("edit", draft.slug)).content.decode()
    version.refresh_from_db()
    answer = client.post(address("ask_about_text", draft.slug), {"version": version.pk, "questions": "on"})
    assert "#page-" in answer["Location"]
    line = "“Code of conduct, version 1” says what it is."
    assert line in client.get(address("preflight", draft.slug)).content.decode()


def test_the_template_of_a_draft_document_asks_about_each_paragraph_of_one():
    organiser = an_organiser()
    client, where = client_of(organiser), address("template", "draft-document")
    assert address("texts") in client.get(where).content.decode()
    client.post(where, {"title": "What do we expect of each other?"})
    assert [page.key for page in Consultation.objects.get().versions.get().pages.all()] == ["whole", "last"]
    version = a_text(organiser)
    client.post(where, {"title": "What do we promise each other?", "version": version.pk})
    made = Consultation.objects.latest("pk").versions.get()
    assert [page.key for page in made.pages.all()] == ["whole", "aims", "conduct", "last"]
    assert made.questions.filter(passage__isnull=False).count() == 3
