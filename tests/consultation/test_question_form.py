"""What an organiser says of a question of each type: kept as settings, told beside the field, drawn again as it was said."""

import pytest
from django.urls import reverse

from consultation.keys import kept_keys
from consultation.models import Question
from consultation.question_form import SETTINGS, QuestionForm
from consultation.questionnaire import Questionnaire, digest
from consultation.readers.questionnaires import written
from consultation.readers.readiness import gaps_before_opening
from questions.kinds import KINDS, kind_of
from tests.consultation.factories import BEGIN, a_draft, a_person, an_organiser
from tests.visibility.probes import signed_in

pytestmark = pytest.mark.django_db

SAID = {
    "single_choice": {"choices": "Yes\nNo", "other": "on"},
    "several_choices": {"choices": "Yes\nNo\nPerhaps", "at_least": "2", "at_most": "3", "none": "on", "other": "on"},
    "approval": {"choices": "Yes\nNo"},
    "agreement_scale": {},
    "statement": {},
    "consent": {"offers_options": "on"},
    "ranking": {"choices": "Yes\nNo"},
    "score": {"offers_options": "on"},
    "points": {"choices": "Yes\nNo", "total": "10"},
    "rating": {"to": "10", "low": "Not at all", "high": "Very"},
    "matrix": {"choices": "Cost\nTime", "scale": "Never\nOften\n Always "},
    "long_text": {"longest": "900"},
    "short_text": {"longest": "80", "text_form": "postcode"},
    "number": {"least": "0.50", "most": "100", "step": "0.5", "unit": "hours"},
    "date": {"earliest": "2026-01-01", "latest": "2026-12-31"},
    "file": {"most_files": "3"},
}
KEPT = {
    "single_choice": {"other": True},
    "several_choices": {"at_least": 2, "at_most": 3, "none": True, "other": True},
    "points": {"total": 10},
    "rating": {"to": 10, "low": "Not at all", "high": "Very"},
    "matrix": {"scale": [["never", "Never"], ["often", "Often"], ["always", "Always"]]},
    "short_text": {"form": "postcode"},
    "number": {"least": "0.5", "most": "100", "step": "0.5", "unit": "hours"},
    "date": {"earliest": "2026-01-01", "latest": "2026-12-31"},
    "file": {"at_most": 3},
}


def test_every_type_is_written_by_its_form_and_asked_as_it_was_said():
    by = an_organiser()
    a_person()
    consultation = a_draft(by=by)
    client, page = signed_in(by), consultation.versions.get().pages.first()
    new = reverse("consultation:new_question", args=[consultation.slug, page.pk])
    assert set(SAID) == set(KINDS)
    for kind, said in SAID.items():
        told = client.post(new, {"kind": kind, "text": f"About {kind}", **said})
        assert told.status_code == 302, told.content.decode()
    rows = {row.kind: row for row in Question.objects.filter(page=page, text__startswith="About ")}
    assert {kind: row.settings for kind, row in rows.items() if row.settings} == KEPT
    assert gaps_before_opening(consultation, at=BEGIN) == []
    for kind, row in rows.items():
        where = reverse("consultation:edit_question", args=[consultation.slug, row.pk])
        form = client.get(where).context["form"]
        again = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False, "")}
        assert client.post(where, again).status_code == 302
        row.refresh_from_db()
        assert row.settings == KEPT.get(kind, {}), "saved as it was drawn, nothing changes"
    questionnaire = written(consultation.versions.get())
    assert Questionnaire.of(questionnaire.as_dict()) == questionnaire
    assert digest(Questionnaire.of(questionnaire.as_dict()).as_dict()) == digest(questionnaire.as_dict())
    assert [kind_of(asked).faults(asked) for asked in questionnaire.questions if kind_of(asked).faults(asked)] == []
    preview = client.get(reverse("consultation:preview", args=[consultation.slug, 1])).content.decode()
    printed = client.get(reverse("consultation:questions", args=[consultation.slug])).content.decode()
    for kind in SAID:
        assert f"About {kind}" in preview
        assert f"About {kind}" in printed


def test_the_fields_of_the_form_are_the_settings_that_the_types_know():
    assert {kind: set(fields) for kind, fields in SETTINGS.items()} == {
        name: set(kind.settings) for name, kind in KINDS.items() if kind.settings
    }
    assert {field for fields in SETTINGS.values() for field in fields.values()} <= set(QuestionForm().fields)


@pytest.mark.parametrize(
    ("kind", "said", "field", "sentence"),
    [
        ("rating", {"low": "Easy"}, "high", "Say what the highest number means"),
        ("matrix", {}, "scale", "Write the steps of the scale, one a line"),
        ("matrix", {"scale": "Only one"}, "scale", "Write two to 7 steps, each on a line of up to 40 characters"),
        ("several_choices", {"at_least": "4", "at_most": "3"}, "at_most", "Write 4 or more: that many have to be chosen"),
        ("number", {"least": "5", "most": "5"}, "most", "Write more than 5, which is the least"),
        ("date", {"earliest": "2026-02-01", "latest": "2026-01-01"}, "latest", "Choose a day after the earliest"),
        ("short_text", {"longest": "900"}, "longest", "Write 200 or less"),
    ],
)
def test_what_does_not_fit_is_told_beside_its_field(kind, said, field, sentence):
    form = QuestionForm({"kind": kind, "text": "?", **said})
    assert form.errors[field] == [sentence]
    assert list(form.errors) == [field]


def test_what_another_type_would_have_is_passed_over():
    form = QuestionForm({"kind": "rating", "text": "?", "low": "a", "high": "b", "longest": "x", "total": "-1", "scale": "y"})
    assert form.is_valid()
    assert form.words["settings"] == {"low": "a", "high": "b"}


def test_the_digest_of_what_was_published_before_there_were_settings_stays():
    told = {
        "pages": [
            {
                "key": "p", "title": "P", "intro": "",
                "questions": [
                    {
                        "key": "q", "kind": "single_choice", "text": "?", "hint": "", "required": True, "longest": 0,
                        "choices": [["a", "A", "", ""], ["b", "B", "", ""]],
                    }
                ],
            }
        ],
        "options": [],
    }  # fmt: skip
    assert Questionnaire.of(told).as_dict() == told
    assert digest(told) == "6a0fe220ed51b751182e041bf82880558221fbcf1e2cb7481919918081b35b86"


class TestKeysOfChoices:
    """What members answered, and what conditions speak of, are keys: better words leave them alone."""

    BEFORE = (("floor", "Guarantee a floor"), ("spur", "Help to get beter"), ("none", "I would rather have none"))

    @pytest.mark.parametrize(
        ("labels", "keys"),
        [
            (["Guarantee a floor", "Help to get better", "I would rather have none"], ["floor", "spur", "none"]),
            (["Help to get better", "Guarantee a floor"], ["spur", "floor"]),
            (["I would rather have none", "Something else", "Guarantee a floor"], ["none", "something-else", "floor"]),
            (["None", "Guarantee a floor"], ["none-2", "floor"]),
            ([], []),
        ],
    )
    def test_stay_with_what_is_still_there_if_in_better_words(self, labels, keys):
        assert kept_keys(self.BEFORE, labels) == list(zip(keys, labels, strict=True))

    def test_are_told_apart_where_two_labels_are_alike(self):
        assert kept_keys([("yes", "Yes, at once")], ["Yes, at once!", "Yes, at once"]) == [
            ("yes-at-once", "Yes, at once!"),
            ("yes", "Yes, at once"),
        ]
