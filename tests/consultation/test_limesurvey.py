"""A survey with every type of question that LimeSurvey has, in a file of the shape in which it writes one: what exists here
comes over and is asked, the rest is named."""

import pytest

from consultation.actions.bringing import write_from
from consultation.exchange.limesurvey import read_lss
from consultation.models import Question
from consultation.readers.questionnaires import written
from questions.kinds import KINDS, kind_of
from tests.consultation.factories import BEGIN, an_organiser
from tests.consultation.pages import address, client_of, text_of

COMES: dict[str, str] = {
    "5": "rating",
    "A": "matrix",
    "C": "matrix",
    "D": "date",
    "E": "matrix",
    "F": "matrix",
    "G": "single_choice",
    "H": "matrix",
    "L": "single_choice",
    "M": "several_choices",
    "N": "number",
    "O": "single_choice",
    "P": "several_choices",
    "R": "ranking",
    "S": "short_text",
    "T": "long_text",
    "U": "long_text",
    "Y": "single_choice",
    "!": "single_choice",
    "|": "file",
}
NAMED: dict[str, str] = {
    "1": "a dual-scale array",
    "B": "a ten-point array",
    "I": "a language switch",
    "K": "several numbers",
    "Q": "several short texts",
    "X": "a text display",
    ":": "an array of numbers",
    ";": "an array of texts",
    "*": "an equation",
    "W": "type 'W'",
}
"""`W` went out of use years ago, and old files have it still."""
CODES = "15ABCDEFGHIKLMNOPQRSTUXY!:;|*"
"""All that LimeSurvey 3 to 6 have."""


def table(name: str, rows: list[dict[str, object]]) -> str:
    """With the names of its fields first, as they stand there."""
    fields = sorted({field for row in rows for field in row})
    told = "".join(f"<fieldname>{field}</fieldname>" for field in fields)
    body = "".join("<row>" + "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in row.items()) + "</row>" for row in rows)
    return f"\n <{name}>\n  <fields>\n{told}</fields>\n  <rows>\n{body}\n  </rows>\n </{name}>"


def lss(*, newer: bool, codes: str = CODES, **others: list[dict[str, object]]) -> bytes:
    """`newer`: words stand in tables of their own, as from LimeSurvey 4 on."""
    asked, parts, answers, words = (
        list[dict[str, object]](),
        list[dict[str, object]](),
        list[dict[str, object]](),
        list[dict[str, object]](),
    )
    answer_words = list[dict[str, object]]()

    def said(qid: int, text: str) -> dict[str, object]:
        told = {"question": text, "help": "", "language": "en"}
        words.append({"id": qid, "qid": qid} | told)
        return {} if newer else told

    for number, code in enumerate(codes, start=1):
        row = {
            "qid": number,
            "parent_qid": 0,
            "sid": 123456,
            "gid": 1,
            "type": code,
            "title": f"Q{number}",
            "preg": "",
            "other": "N",
        }
        row |= {"mandatory": "N", "encrypted": "N", "question_order": number, "scale_id": 0, "same_default": 0, "relevance": "1"}
        asked.append(row | said(number, f"<p>Of type {code}?</p>"))
        if code in "ABCEFHKMPQ1:;":
            for part in (1, 2):
                qid = 1000 + 10 * number + part
                sub = {"qid": qid, "parent_qid": number, "sid": 123456, "gid": 1, "type": "T", "title": f"SQ00{part}"}
                parts.append(sub | {"question_order": part, "relevance": "1"} | said(qid, f"Part {part}"))
        if code in "FHLOR!1":
            for place in (1, 2, 3):
                aid = 100 * number + place
                told = {"answer": f"Answer {place}", "language": "en"}
                answer_words.append({"id": aid, "aid": aid} | told)
                row = {"aid": aid, "qid": number, "code": f"AO0{place}", "sortorder": place, "assessment_value": 0, "scale_id": 0}
                answers.append(row | ({} if newer else told))
    group = {"gid": 1, "sid": 123456, "group_order": 1, "randomization_group": "", "grelevance": ""}
    group_words = {"group_name": "Everything", "description": "", "language": "en"}
    tables = {
        "answers": answers, "groups": [group | ({} if newer else group_words)], "questions": asked, "subquestions": parts,
        "surveys": [{"sid": 123456, "gsid": 1, "admin": "An office", "active": "N", "anonymized": "N", "format": "G"}],
        "surveys_languagesettings": [
            {
                "surveyls_survey_id": 123456, "surveyls_language": "en", "surveyls_title": "All types",
                "surveyls_description": "", "surveyls_welcometext": "<p>Welcome.</p>", "surveyls_endtext": "",
            }
        ],
        **others,
    }  # fmt: skip
    if newer:
        tables |= {"group_l10ns": [{"id": 1, "gid": 1} | group_words], "question_l10ns": words, "answer_l10ns": answer_words}
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<document>\n <LimeSurveyDocType>Survey</LimeSurveyDocType>'
    version = f"\n <DBVersion>{'625' if newer else '359'}</DBVersion>\n <languages>\n  <language>en</language>\n </languages>"
    themes = "\n <themes><theme><sid>123456</sid><template_name>fruity</template_name><config><options><x>on</x></options></config></theme></themes>"
    return (head + version + "".join(table(name, rows) for name, rows in tables.items()) + themes + "\n</document>\n").encode()


def test_every_type_is_either_asked_here_or_named():
    assert set(CODES) | {"W"} == set(COMES) | set(NAMED)
    assert not set(COMES) & set(NAMED)
    assert set(COMES.values()) <= set(KINDS)


@pytest.mark.parametrize("newer", [False, True])
def test_a_survey_of_every_type_becomes_what_it_can_and_says_the_rest(newer):
    found = read_lss(lss(newer=newer, codes=CODES + "W"))
    (page,) = found.pages
    assert page.title == "Everything"
    kinds = {asked.text: asked.kind for asked in page.questions}
    assert kinds == {f"Of type {code}?": kind for code, kind in COMES.items()}
    for code, name in NAMED.items():
        assert f"“Of type {code}?” was left out: this site has no question like {name}." in found.left_out
    assert {asked.text: len(asked.choices) for asked in page.questions if asked.choices} == {
        **{f"Of type {code}?": 2 for code in "ACEFGHMPY"}, **{f"Of type {code}?": 3 for code in "LOR!"},
    }  # fmt: skip
    assert found.details["background"] == "Welcome."


@pytest.mark.django_db
def test_what_came_over_is_whole_and_can_be_looked_at():
    by = an_organiser()
    draft = write_from(read_lss(lss(newer=True)), title="All types", by=by, at=BEGIN)
    assert Question.objects.filter(version__consultation=draft).count() == len(COMES)
    for asked in written(draft.versions.get()).questions:
        assert kind_of(asked).faults(asked) == [], asked.text
    client = client_of(by)
    for page in (address("edit", draft.slug), address("preview", draft.slug, 1), address("paths", draft.slug)):
        assert "Of type" in text_of(client.get(page)) or page.endswith("paths/")


def test_what_a_file_has_besides_its_questions_is_named_and_a_scale_that_does_not_fit_is_too():
    steps = [{"aid": n, "qid": 1, "code": f"A{n}", "answer": f"Step {n}", "sortorder": n, "language": "en"} for n in range(1, 10)]
    told = read_lss(
        lss(
            newer=False,
            codes="FH",
            answers=[*steps, {"aid": 20, "qid": 2, "code": "A1", "answer": "W" * 50, "sortorder": 1, "language": "en"}],
            conditions=[
                {"cid": 1, "qid": 2, "cqid": 1, "cfieldname": "123456X1X1", "method": "==", "value": "A1", "scenario": 1}
            ],
            assessments=[{"id": 1}],
            defaultvalues=[{"qid": 1, "defaultvalue": "A1"}],
        )
    ).left_out
    assert "“Of type F?” was left out: its scale has more than 7 steps." in told
    assert "“Of type H?”: its step “WWWWWWWWWWWWWWWWWWWW…” was cut after 40 characters, of 50." in told
    assert "The condition on “Of type H?” was left out: it is of the old kind. Write it anew." in told
    assert any(sentence.startswith("Assessments were left out") for sentence in told)
    assert any(sentence.startswith("Answers that were filled in beforehand") for sentence in told)
