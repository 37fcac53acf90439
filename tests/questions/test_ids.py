"""Questions stand beside each other on one page: no two controls may share an id or a name, whatever keys an organiser's file has."""

import re
from collections import Counter

import pytest
from django.template.loader import render_to_string

from questions.agreement_scale import STEPS
from questions.definitions import Choice, Definition
from questions.kinds import KINDS, kind_of
from questions.statement import STANCES

AWKWARD = ("exam", "hint", "error", "limit", "abstain", "other", "words", "none", "step", "up", "exam-up", "clear")
CHOICES = tuple(Choice(key, f"The one called {key}") for key in AWKWARD)
SETTINGS = {
    "single_choice": {"other": True},
    "several_choices": {"other": True, "none": True},
    "rating": {"low": "Easy", "high": "Hard"},
    "points": {"total": 10},
    "matrix": {"scale": [["exam", "Exam"], ["limit", "Limit"]]},
    "number": {"unit": "hours"},
}


def question(key, kind):
    choices = {"agreement_scale": STEPS, "statement": STANCES}.get(
        kind, CHOICES if KINDS[kind].takes_choices or kind == "matrix" else ()
    )
    return Definition(key, kind, "Which?", hint="Think.", choices=choices, longest=30, settings=SETTINGS.get(kind, {}))


def drawn(asked):
    kind = kind_of(asked)
    shown = {
        "asked": asked,
        "values": kind.control(asked, None) | {"instruction": "Choose."},
        "error": "Mend this",
        "alone": False,
    }
    return render_to_string(kind.template, shown)


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_never_shares_an_id_with_one_whose_key_begins_alike(kind):
    keys = ["which", *(f"which-{each}" for each in AWKWARD), *(f"which-{step}-exam" for step in ("up", "down", "out", "add"))]
    page = "".join(drawn(question(key, kind)) for key in keys)
    ids = Counter(re.findall(r' id="([^"]+)"', page))
    assert [each for each, times in ids.items() if times > 1] == []
    assert set(re.findall(r' for="([^"]+)"', page)) <= set(ids)
    described = {each for names in re.findall(r' aria-(?:describedby|labelledby)="([^"]+)"', page) for each in names.split()}
    assert described <= set(ids)


@pytest.mark.parametrize("kind", ["single_choice", "agreement_scale", "statement", "rating", "matrix", "consent"])
def test_whatever_is_answered_by_radio_buttons_alone_can_be_cleared(kind):
    page = drawn(question("which", kind))
    rows = AWKWARD if kind == "consent" else ("",)
    assert re.findall(r'name="move" value="([^"]+)"', page) == [f"which:clear:{row}" for row in rows]


def test_clearing_a_row_leaves_the_others():
    asked, given = question("which", "consent"), {"exam": {"stance": "live"}, "hint": {"stance": "consent"}}
    assert kind_of(asked).cleared(asked, given, "exam") == {"hint": {"stance": "consent"}}
    assert kind_of(asked).cleared(asked, {"exam": {"stance": "live"}}, "exam") is None
    assert kind_of(asked).cleared(asked, given, "") is None
    assert kind_of(asked).cleared(asked, None, "exam") is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_of_one_question_never_has_the_name_of_another(kind):
    first = set(re.findall(r' name="(q-[^"]+)"', drawn(question("which", kind))))
    for each in AWKWARD:
        assert not first & set(re.findall(r' name="(q-[^"]+)"', drawn(question(f"which-{each}", "short_text"))))
