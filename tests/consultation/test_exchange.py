"""Text of consultations in and out: our own files, templates, pages of an earlier one, LimeSurvey's structure."""

import json
from copy import deepcopy

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from consultation.actions.asked import answer_frequent_question
from consultation.actions.audience import change_audience
from consultation.actions.bringing import bring_over, write_from
from consultation.actions.writing import change_details
from consultation.exchange.limesurvey import read_lss
from consultation.exchange.reading import read, read_json
from consultation.exchange.shape import LARGEST, BadFileError
from consultation.exchange.writing import told
from consultation.models import Consultation
from consultation.paths.conditions import as_json
from consultation.proof.rules import rulings
from consultation.readers.exchange import KIND_NAMES, SCHEMA, starters, written_of
from consultation.readers.fairness import run_of
from consultation.readers.preflight import preflight
from consultation.readers.questionnaires import written
from consultation.readers.readiness import gaps_before_opening
from tests.consultation.factories import BEGIN, OPENED, a_draft, a_person, an_open_one, an_organiser, opened
from tests.consultation.pages import address, client_of, text_of
from tests.consultation.test_routed import a_routed_draft
from tests.forum.factories import CategoryFactory

SMALL = {
    "format": "plenary-consultation",
    "version": 1,
    "title": "A small one",
    "pages": [
        {
            "key": "p",
            "title": "Page",
            "questions": [
                {"key": "q", "kind": "single_choice", "text": "Which?", "choices": [{"label": "This"}, {"label": "That"}]}
            ],
        }
    ],
}


class TestReading:
    def test_a_file_comes_back_as_it_was(self):
        for starter in starters().values():
            assert read_json(json.dumps(told(starter.written)).encode(), kinds=KIND_NAMES) == starter.written

    @pytest.mark.parametrize(
        ("place", "value", "complaint"),
        [
            (("format",), "other", "format: expected"),
            (("version",), 2, "version: expected 1"),
            (("title",), " ", "title: expected a text of 1 to 150"),
            (("days",), 7, "days: expected a whole number from 28 to 365"),
            (("extra",), 1, "file: “extra” is not known here"),
            (("pages",), {}, "pages: expected a list"),
            (("pages", 0), [], r"pages\[0\]: expected an object"),
            (("pages", 0, "key"), "no spaces", r"pages\[0\].key: expected 1 to 50 letters"),
            (("pages", 0, "when"), {"question": "q"}, r"pages\[0\].when.verb: expected one of"),
            (("pages", 0, "questions", 0, "kind"), "hologram", r"pages\[0\].questions\[0\].kind: expected one of"),
            (("pages", 0, "questions", 0, "required"), "yes", "required: expected true or false"),
            (("pages", 0, "questions", 0, "settings"), [], "settings: expected an object"),
            (("pages", 0, "questions", 0, "choices", 1, "label"), 3, r"choices\[1\].label: expected a text"),
            (("options",), [{"key": "a", "summary": "s"}], r"options\[0\].name: it is missing"),
            (("discarded",), [{"name": "x"}], r"discarded\[0\].reason: expected a text of 1"),
            (("documents",), [{"title": "x", "url": "javascript:alert(1)"}], r"documents\[0\].url: expected https"),
        ],
    )
    def test_what_is_wrong_is_told_with_its_place(self, place, value, complaint):
        file = deepcopy(SMALL)
        *way, last = place
        inner = file
        for step in way:
            inner = inner[step]
        inner[last] = value
        with pytest.raises(BadFileError, match=complaint):
            read(file, kinds=KIND_NAMES)

    def test_twins_are_refused(self):
        twins = deepcopy(SMALL)
        twins["pages"] *= 2
        with pytest.raises(BadFileError, match="pages: two of them have the page key “p”"):
            read(twins, kinds=KIND_NAMES)

    @pytest.mark.parametrize("data", [b"\xff\xfe", b"{", b"[" * 100_000, b" " * (LARGEST + 1)])
    def test_what_is_no_json_or_too_large_is_refused(self, data):
        with pytest.raises(BadFileError):
            read_json(data, kinds=KIND_NAMES)

    def test_the_published_schema_says_the_same(self):
        schema = json.loads(SCHEMA.read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        check = jsonschema.Draft202012Validator(schema)
        for starter in starters().values():
            check.validate(told(starter.written))
        assert set(schema["$defs"]["question"]["properties"]["kind"]["enum"]) == KIND_NAMES
        for wrong in ({**SMALL, "extra": 1}, {**SMALL, "version": 2}, {**SMALL, "days": 7}):
            assert not check.is_valid(wrong)
        assert check.is_valid(SMALL)


@pytest.mark.django_db
class TestBringing:
    @pytest.mark.parametrize("key", ["accreditation-routes", "single-proposal", "priorities", "draft-document"])
    def test_a_template_is_ready_but_for_what_only_its_writer_can_say_and_then_no_rule_fails(self, key):
        by = an_organiser()
        a_person()
        consultation = write_from(starters()[key].written, title="What shall we do?", by=by, at=BEGIN)
        asked = {gap.url.partition("#")[2] for gap in gaps_before_opening(consultation, at=BEGIN)}
        assert asked <= {"id_background", "id_effects", "id_asked_by", "documents", "discarded"}
        left = [line.url for line in preflight(consultation, at=BEGIN) if line.rule == "Template" and not line.must]
        assert len(left) == {"accreditation-routes": 4, "priorities": 1}.get(key, 0), "what it says to its organiser"
        change_details(consultation, background="Why.", effects="None known.", asked_by="The board", by=by, at=BEGIN)
        change_details(consultation, no_documents_reason="It is short.", none_discarded_reason="It is new.", by=by, at=BEGIN)
        consultation.refresh_from_db()
        assert gaps_before_opening(consultation, at=BEGIN) == []
        opened(consultation, category=CategoryFactory(), by=by, at=OPENED)
        consultation.refresh_from_db()
        ruled = {each.key: each for each in rulings(run_of(consultation))}
        assert [each.key for each in ruled.values() if each.verdict == "fails"] == []
        assert "for a reason that is told: It is short." in ruled["G2"].proof
        page = Client().get(consultation.get_absolute_url()).content.decode()
        assert "It is short." in page
        assert "It is new." in page
        assert (consultation.single_option_reason in page) is True

    def test_the_template_about_a_list_asks_about_the_list_of_its_organiser_in_every_question(self):
        client, where = client_of(an_organiser()), address("template", "priorities")
        examples = client.get(where).context["form"]["choices"].value()
        assert examples.splitlines()[0] == "Training and development"
        for wrong, why in (
            ("One alone", "two to 12, one a line: there is one"),
            ("\n".join(map(str, range(13))), "there are 13"),
            ("Pay\nHours\npay", "“pay” stands there more than once"),
            ("Pay\n" + 201 * "x", "200 characters at most"),
        ):
            page = text_of(client.post(where, {"title": "What comes first?", "choices": wrong}))
            assert why in page
            assert "Error: " in page
        client.post(where, {"title": "What comes first?", "choices": " Pay \r\n\r\nHours\r\n"})
        own = Consultation.objects.get()
        offering = {asked.key: asked for asked in own.versions.get().questions.all() if asked.choices.exists()}
        assert set(offering) == {"matters", "first", "points"}
        for asked in offering.values():
            assert list(asked.choices.values_list("label", flat=True)) == ["Pay", "Hours"]
            assert not asked.hint
        client.post(where, {"title": "What comes first of these?", "choices": examples})
        kept = Consultation.objects.latest("pk")
        assert [line.rule for line in preflight(kept, at=BEGIN) if line.rule == "Template"] == ["Template"], "still examples"

    def test_what_is_exported_comes_back_with_every_condition(self):
        by = an_organiser()
        first = a_routed_draft(by)
        change_details(first, contact="The secretary", identity_mode="confidential", by=by, at=BEGIN)
        a_person(facts={"grade": "fellow"})
        change_audience(first, grades=["fellow"], nations=["wales"], list_sizes=["5-10k"], public=True, by=by, at=BEGIN)
        answer_frequent_question(first, question="May deputies answer?", answer="They **may**.", by=by, at=BEGIN)
        first.refresh_from_db()
        file = told(written_of(first))
        jsonschema.validate(file, json.loads(SCHEMA.read_text()))
        second = write_from(read(file, kinds=KIND_NAMES), title="Once more", by=by, at=BEGIN)
        assert written(second.versions.get()) == written(first.versions.get())
        assert told(written_of(second)) == file | {"title": "Once more"}
        assert {"contact", "identity_mode", "audience", "faq"} <= set(file)
        assert (second.identity_mode, second.for_nations, second.for_public) == ("confidential", ["wales"], True)

    def test_what_a_file_asks_for_that_cannot_be_is_told(self):
        for wrong, complaint in (
            ({"identity_mode": "secret"}, "identity_mode: expected one of"),
            ({"identity_mode": "detached", "audience": {"public": True}}, "audience: a detached consultation asks members alone"),
            ({"audience": {"nations": [""]}}, r"audience.nations\[0\]: expected a text"),
            ({"faq": [{"question": "Why?"}]}, r"faq\[0\].answer: expected a text"),
        ):
            with pytest.raises(BadFileError, match=complaint):
                read(SMALL | wrong, kinds=KIND_NAMES)

    def test_pages_brought_over_keep_their_conditions_under_new_keys(self):
        by = an_organiser()
        source, target = a_routed_draft(by), a_draft(by=by, title="The second time")
        target.options.all().delete()
        brought = bring_over(target, written_of(source), keys={"purpose", "routes", "end"}, by=by, at=BEGIN)
        made = brought.pages
        assert brought.left_out == []
        assert [page.key for page in made] == ["what-it-is-for", "the-routes", "end"]
        assert made[1].when == {"question": "what-should-it-do-above-all", "verb": "is", "values": ["floor"]}
        assert made[2].questions.get(key="what").when["question"] == "more"
        assert target.options.count() == 3, "a question offers them, and there were none"

    def test_a_condition_on_a_page_that_stays_behind_never_hangs_on_a_question_of_the_same_key(self):
        by = an_organiser()
        source, target = a_routed_draft(by), a_draft(by=by, title="The second time")
        assert "purpose" in {asked.key for asked in written(target.versions.get()).questions}
        brought = bring_over(target, written_of(source), keys={"routes"}, by=by, at=BEGIN)
        assert brought.pages[0].when is None
        (told,) = brought.left_out
        assert told.startswith("The page “The routes”: its condition hangs on a question that did not come along")

    def test_single_questions_come_under_the_condition_of_the_page_they_stood_on(self):
        by = an_organiser()
        source, target = a_routed_draft(by), a_draft(by=by, title="The second time")
        written_there = written_of(source)
        (hanging,) = [page for page in written_there.pages if page.key == "routes"]
        assert hanging.when is not None
        onto = target.versions.get().pages.first()
        keys = {"purpose", hanging.questions[0].key}
        made = bring_over(target, written_there, keys=(), questions=keys, onto=onto, by=by, at=BEGIN)
        first, second = made.questions
        assert (made.pages, made.left_out, first.page, second.page) == ([], [], onto, onto)
        assert second.when == as_json(hanging.when) | {"question": first.key}
        alone = bring_over(target, written_there, keys=(), questions={second.key}, onto=onto, by=by, at=BEGIN)
        assert not alone.questions, "a key of this draft is no key of the source"
        alone = bring_over(target, written_there, keys=(), questions={hanging.questions[0].key}, onto=onto, by=by, at=BEGIN)
        assert alone.questions[0].when is None
        assert "hangs on a question that did not come along" in alone.left_out[0]

    def test_a_condition_that_is_too_deep_with_that_of_its_page_is_left_out_and_said(self):
        by = an_organiser()
        clause = {"question": "q", "verb": "answered"}
        deep = {"not": {"not": {"not": {"not": clause}}}}
        asked = SMALL["pages"][0]["questions"][0] | {"key": "r", "when": clause}
        page = SMALL["pages"][0] | {"key": "z", "when": deep, "questions": [asked]}
        source = read(SMALL | {"pages": [*SMALL["pages"], page]}, kinds=KIND_NAMES)
        target = a_draft(by=by)
        made = bring_over(target, source, keys={"p"}, questions={"r"}, onto=target.versions.get().pages.first(), by=by, at=BEGIN)
        assert made.left_out == ["“Which?”: its condition has more parts than one can have here. Set it anew."]
        assert written(target.versions.get()), "it can be read"


@pytest.mark.django_db
class TestPages:
    def test_from_the_list_to_a_draft_out_of_a_template(self):
        by = an_organiser()
        client = client_of(by)
        assert address("templates") in text_of(client.get(address("new")))
        page = text_of(client.get(address("templates")))
        assert page.count('class="topic"') == 4
        where = address("template", "accreditation-routes")
        assert "Enter" in text_of(client.post(where, {"title": ""})) or "required" in text_of(client.post(where, {"title": ""}))
        answer = client.post(where, {"title": "Which route should we build?"})
        consultation = Consultation.objects.get()
        assert answer["Location"] == address("edit", consultation.slug)
        page = text_of(client.get(answer["Location"]))
        assert "Shown when question 1 is “I would rather have none”." in page
        assert client.get(address("template", "no-such")).status_code == 404

    def test_a_file_is_read_and_a_bad_one_is_told_beside_the_field(self):
        client = client_of(an_organiser())
        good = SimpleUploadedFile("small.json", json.dumps(SMALL).encode())
        assert client.post(address("import"), {"file": good}).status_code == 302
        assert Consultation.objects.get().title == "A small one"
        bad = SimpleUploadedFile("bad.json", json.dumps({**SMALL, "days": 1}).encode())
        assert "days: expected a whole number" in text_of(client.post(address("import"), {"file": bad}))
        lss = SimpleUploadedFile("survey.lss", LSS)
        page = text_of(client.post(address("import"), {"file": lss}, follow=True))
        assert "no question like a text display" in page

    def test_pages_are_chosen_and_brought(self):
        by = an_organiser()
        source, target = an_open_one(by=by), a_draft(by=by, title="The second time")
        client, where = client_of(by), address("bring", target.slug)
        assert f"consultation:{source.slug}" in text_of(client.get(where))
        shown = text_of(client.get(where, {"source": f"consultation:{source.slug}"}))
        assert "Put the routes in order." in shown
        assert "Tick at least one page or question" in text_of(client.post(where, {"source": f"consultation:{source.slug}"}))
        answer = client.post(where, {"source": f"consultation:{source.slug}", "page": ["routes"]})
        assert "#page-" in answer["Location"]
        assert target.versions.get().pages.count() == 3
        first = target.versions.get().pages.first()
        single = {"source": f"consultation:{source.slug}", "question": ["why"], "onto": str(first.pk)}
        answer = client.post(where, single)
        brought = first.questions.last()
        assert answer["Location"].endswith(f"#question-{brought.pk}")
        assert (brought.text, target.versions.get().pages.count()) == ("Why that order?", 3)
        client.post(where, single | {"onto": "0", "question": ["value", "why"]})
        assert [page.title for page in target.versions.get().pages.all()][3:] == ["What it is for", "The routes"]

    def test_everybody_may_take_the_text_of_what_was_opened_and_nobody_else_may_begin_one(self):
        consultation = an_open_one()
        answer = Client().get(address("export", consultation.slug))
        assert read_json(answer.content, kinds=KIND_NAMES).details["title"] == consultation.title
        assert Client().get(address("schema")).json()["$schema"].startswith("https://json-schema.org/")
        member = client_of(a_person())
        for name in ("templates", "import"):
            assert member.get(address(name)).status_code == 403


def _table(name, *rows):
    body = "".join("<row>" + "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in row.items()) + "</row>" for row in rows)
    return f"<{name}><rows>{body}</rows></{name}>"


def _asked(qid, letter, title, text, **more):
    return {
        "qid": qid,
        "gid": 1,
        "type": letter,
        "title": title,
        "question": text,
        "language": "en",
        "question_order": qid,
        **more,
    }


def _sub(qid, parent, title, text):
    return {"qid": qid, "parent_qid": parent, "title": title, "question": text, "language": "en", "question_order": qid}


def _lss(*tables):
    return (
        '<?xml version="1.0" encoding="UTF-8"?><document><LimeSurveyDocType>Survey</LimeSurveyDocType>'
        + "".join(tables)
        + "</document>"
    ).encode()


SETTINGS = _table(
    "surveys_languagesettings",
    {"surveyls_language": "en", "surveyls_title": "What members <b>think</b>", "surveyls_description": "<p>In short.</p>"},
    {"surveyls_language": "cy", "surveyls_title": "Beth"},
)
LSS = _lss(
    SETTINGS,
    _table(
        "groups",
        {"gid": 1, "group_name": "First &amp; only", "language": "en"},
        {"gid": 1, "group_name": "Cyntaf", "language": "cy"},
    ),
    _table(
        "questions",
        _asked(1, "L", "Q1", "<p>Which <em>route</em>?</p>", mandatory="Y", help="One.", other="Y"),
        _asked(2, "M", "Q2", "Which of these?", relevance="Q1.NAOK == 'A1'"),
        _asked(3, "F", "Q3", "How far?"),
        _asked(4, "T", "Q4", "Why?", relevance="count(Q2_SQ1, Q2_SQ2) > 1"),
        _asked(5, "X", "Q5", "Some words"),
        _asked(6, "5", "Q6", "How hard?"),
        _asked(7, "Y", "Q7", "Yes?"),
    ),
    _table("subquestions", _sub(21, 2, "SQ1", "Apples"), _sub(22, 2, "SQ2", "Pears"), _sub(31, 3, "R1", "Cost")),
    _table(
        "answers",
        {"qid": 1, "code": "A1", "answer": "Portfolio", "sortorder": 2, "language": "en"},
        {"qid": 1, "code": "A2", "answer": "Exam", "sortorder": 1, "language": "en"},
        {"qid": 3, "code": "S1", "answer": "Low", "sortorder": 1, "language": "en"},
        {"qid": 3, "code": "S2", "answer": "High", "sortorder": 2, "language": "en"},
    ),
)


class TestLimeSurvey:
    def test_what_exists_here_comes_over_and_the_rest_is_named(self):
        found = read_lss(LSS)
        assert found.details == {"title": "What members think", "lede": "In short."}
        (page,) = found.pages
        assert page.title == "First & only"
        assert [asked.kind for asked in page.questions] == [
            "single_choice", "several_choices", "matrix", "long_text", "rating", "single_choice"
        ]  # fmt: skip
        first, second, third = page.questions[:3]
        assert (first.text, first.hint, first.required, first.settings) == ("Which route?", "One.", True, {"other": True})
        assert first.choices == (("a2", "Exam"), ("a1", "Portfolio"))
        assert second.choices == (("sq1", "Apples"), ("sq2", "Pears"))
        assert third.settings == {"scale": [["s1", "Low"], ["s2", "High"]]}
        assert as_json(second.when) == {"question": "q1", "verb": "is", "values": ["a1"]}
        assert found.left_out == (
            "The condition on “Why?” was left out: write it anew.",
            "“Some words” was left out: this site has no question like a text display.",
            "“How hard?” became a rating from 1 to 5: say what 1 and 5 mean.",
            "Only the language “en” was read; left out: cy.",
        )

    def test_codes_that_are_one_key_here_are_told_with_their_question(self):
        answers = [{"qid": 1, "code": code, "answer": code, "language": "en"} for code in ("a1", "A1")]
        data = _lss(
            SETTINGS,
            _table("groups", {"gid": 1}),
            _table("questions", _asked(1, "L", "Q1", "Which?")),
            _table("answers", *answers),
        )
        with pytest.raises(BadFileError, match="“Which\\?”: the codes “a1”, “A1” cannot be told apart"):
            read_lss(data)
        blank = [row | {"code": ""} for row in answers]
        emptied = _lss(
            SETTINGS,
            _table("groups", {"gid": 1}),
            _table("questions", _asked(1, "L", "Q1", "Which?")),
            _table("answers", *blank),
        )
        with pytest.raises(BadFileError, match="the codes “”, “” cannot be told apart"):
            read_lss(emptied)

    def test_names_that_are_one_key_here_get_a_number_and_what_was_dropped_or_cut_is_said(self):
        data = _lss(
            SETTINGS,
            _table("groups", {"gid": 1, "group_name": "Begin", "language": "en"}),
            _table(
                "questions",
                _asked(1, "T", "Q1", "Why?"),
                _asked(2, "T", "q1", "W" * 301),
                _asked(3, "P", "Q3", "Which, and why?"),
                {**_asked(4, "T", "Q4", "Pam?"), "language": "cy"},
            ),
            _table("subquestions", _sub(31, 3, "R1", "Cost")),
            _table("quota", {"id": 1}),
            _table("question_attributes", {"qid": 1, "attribute": "maximum_chars", "value": "40"}),
        )
        found = read_lss(data)
        assert [asked.key for asked in found.pages[0].questions] == ["q1", "q1-2", "q3"]
        told = " ".join(found.left_out)
        assert "its question was cut after 300 characters, of 301" in told
        assert "“Which, and why?” lost its box for a comment" in told
        assert "left out: cy" in told and "Quotas were left out" in told and "maximum_chars" in told

    def test_newer_files_that_keep_words_in_tables_of_their_own_are_read_too(self):
        data = _lss(
            SETTINGS,
            _table("groups", {"gid": 1}),
            _table(
                "group_l10ns",
                {"gid": 1, "group_name": "Begin", "language": "en"},
                {"gid": 1, "group_name": "D", "language": "cy"},
            ),
            _table("questions", {"qid": 1, "gid": 1, "type": "T", "title": "Q1"}),
            _table("question_l10ns", {"qid": 1, "question": "Why?", "help": "Say.", "language": "en"}),
        )
        (page,) = read_lss(data).pages
        assert (page.title, page.questions[0].text, page.questions[0].hint) == ("Begin", "Why?", "Say.")

    @pytest.mark.parametrize(
        ("data", "complaint"),
        [
            (b'<!DOCTYPE d [<!ENTITY a "aaaa">]><d>&a;</d>', "declares a document type"),
            (b"<d><e>", "no XML"),
            (b"<d/>", "no tables"),
            (_lss(_table("groups", {"gid": 1})), "the survey has no title"),
            (_lss(SETTINGS), "no question groups"),
            (b"<a>" * 30 + b"</a>" * 30, "nested too deep"),
            (b" " * (LARGEST + 1), "larger than"),
        ],
    )
    def test_what_is_none_or_dangerous_is_refused(self, data, complaint):
        with pytest.raises(BadFileError, match=complaint):
            read_lss(data)
