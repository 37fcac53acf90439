"""What a new version says otherwise than the one before: nothing is overlooked, and what is more than wording is told."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.carrying import fits, has_the_same_shape
from consultation.changes import asks_the_same, changes_between
from consultation.paths.conditions import Clause
from consultation.questionnaire import Questionnaire, Sheet
from questions.definitions import Choice, Definition, InvalidAnswerError, Passage
from questions.kinds import kind_of
from tests.questions.asked import NEW, RATING, SEVERAL

FLOOR = Clause("question", "a", "is", ("x",))
WORDS = st.sampled_from(["", "How hard is it?", "How hard is it, really?", "What should it do?"])
CHOICES = st.lists(st.sampled_from("xyz"), unique=True, max_size=3).flatmap(
    lambda keys: st.tuples(*(st.builds(Choice, st.just(key), st.sampled_from(["Floor", "Spur", "A floor"])) for key in keys))
)
WHEN = st.none() | st.just(FLOOR) | st.just(Clause("question", "b", "answered"))


@st.composite
def questions(draw, key):
    kind = draw(st.sampled_from(["single_choice", "several_choices", "long_text", "rating", "ranking"]))
    takes = kind_of(Definition(key, kind, "")).takes_choices
    rules = {"rating": st.fixed_dictionaries({"low": WORDS, "high": WORDS, "to": st.sampled_from([5, 10])})}
    return Definition(
        key=key,
        kind=kind,
        text=draw(WORDS),
        hint=draw(WORDS),
        required=draw(st.booleans()),
        choices=draw(CHOICES) if takes else (),
        longest=draw(st.sampled_from([100, 200])) if kind == "long_text" else 0,
        settings=draw(rules.get(kind, st.just({}))),
        passage=draw(st.none() | st.builds(Passage, st.just("Paragraph 1"), st.just("/texts/1/#p1"), WORDS)),
    )


@st.composite
def questionnaires(draw):
    """Up to three pages of up to six questions, each with or without a condition."""
    keys = draw(st.lists(st.sampled_from("abcdef"), unique=True))
    pages = draw(st.lists(st.sampled_from("pqr"), unique=True, min_size=1, max_size=3))
    on = {key: draw(st.sampled_from(pages)) for key in keys}
    return Questionnaire(
        tuple(
            Sheet(
                number=number,
                key=page,
                title=draw(WORDS),
                intro=draw(WORDS),
                questions=tuple(draw(questions(key)) for key in keys if on[key] == page),
                when=draw(WHEN),
                whens={key: when for key in keys if on[key] == page and (when := draw(WHEN)) is not None},
            )
            for number, page in enumerate(pages, start=1)
        )
    )


def one(*asked, **page):
    return Questionnaire((Sheet(1, "p", "A page", "", asked, **page),))


ASKED = Definition("a", "single_choice", "What shuold it do?", choices=(Choice("x", "Floor"), Choice("y", "Spur")))


@settings(max_examples=30, deadline=None)
@given(questionnaires(), questionnaires())
def test_no_change_is_overlooked_and_none_is_made_up(before, after):
    changes = changes_between(before, after)
    assert bool(changes) == (before.as_dict() != after.as_dict())
    for change in changes.questions:
        assert change.fate == "changed" or (change.key in before.numbers) == (change.fate == "removed")
    for line in (line for change in changes for line in change.lines if not line.beyond):
        assert any(piece.kind != "same" for piece in line.pieces), "what is told as changed shows how"


@settings(max_examples=12, deadline=None)
@given(questionnaires(), questionnaires())
def test_the_way_back_takes_out_what_was_added_and_adds_what_was_taken_out(before, after):
    there, back = changes_between(before, after), changes_between(after, before)
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(each.key, turned[each.fate]) for each in there.questions} == {(each.key, each.fate) for each in back.questions}
    assert bool(there.beyond_wording) == bool(back.beyond_wording)


@settings(max_examples=30, deadline=None)
@given(questionnaires(), questionnaires())
def test_whatever_is_wording_alone_leaves_every_answer_an_answer(before, after):
    if changes_between(before, after).beyond_wording:
        return
    now = {asked.key: asked for asked in after.questions}
    assert [asked.key for asked in before.questions] == [asked.key for asked in after.questions]
    for asked in before.questions:
        assert has_the_same_shape(asked, now[asked.key])
        assert asked.required == now[asked.key].required


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        (replace(ASKED, kind="several_choices"), "is of another type"),
        (replace(ASKED, choices=(*ASKED.choices, Choice("z", "None"))), "has a new choice, “None”"),
        (replace(ASKED, choices=ASKED.choices[:1]), "lost the choice “Spur”"),
        (replace(ASKED, choices=ASKED.choices[::-1]), "has its choices in another order"),
        (replace(ASKED, required=True), "has to be answered now"),
        (replace(ASKED, settings={"other": True}), "has another rule: also “other”"),
        (replace(ASKED, passage=Passage("Paragraph 1", "/texts/1/", "Be fair.")), "is about other words of a document"),
    ],
)
def test_what_is_more_than_wording_says_why(after, sentence):
    (told,) = changes_between(one(ASKED), one(after)).beyond_wording
    assert sentence in told
    assert told.startswith("Question 1, “What shuold it do?”, ")


def test_a_slip_of_the_pen_is_shown_word_by_word_and_is_wording():
    better = replace(ASKED, text="What should it do?", choices=(Choice("x", "A floor"), Choice("y", "Spur")))
    changes = changes_between(one(ASKED), one(better))
    assert changes.beyond_wording == []
    (change,) = changes.questions
    assert [line.what for line in change.lines] == ["Question", "Choice"]
    assert [(piece.kind, piece.text) for piece in change.lines[0].pieces][1:3] == [("gone", "shuold"), ("new", "should")]


def test_a_condition_and_a_place_are_more_than_wording():
    other = Definition("b", "long_text", "Why?", longest=100)
    asked_of_some = changes_between(one(ASKED, other), one(ASKED, other, whens={"b": FLOOR}))
    assert ["asked of others" in told for told in asked_of_some.beyond_wording] == [True]
    assert asked_of_some.questions[0].lines[0].pieces[-1].text == "question 1 is “Floor”"
    assert "stands elsewhere" in changes_between(one(ASKED, other), one(other, ASKED)).beyond_wording[0]
    assert not asks_the_same(one(ASKED, other), one(ASKED, other, when=FLOOR), "b")
    assert asks_the_same(one(ASKED, other), one(other, ASKED), "b")


def test_an_answer_stays_where_nothing_of_it_is_lost():
    fewer = replace(SEVERAL, choices=SEVERAL.choices[1:])
    assert fits({"chosen": ["b", "c"]}, asked_before=SEVERAL, asked_now=fewer)
    assert not fits({"chosen": ["a", "c"]}, asked_before=SEVERAL, asked_now=fewer)
    assert not fits("a", asked_before=ASKED, asked_now=replace(ASKED, kind="ranking"))
    text = Definition("t", "long_text", "Why?", longest=10)
    assert fits("far too long for it", asked_before=replace(text, longest=100), asked_now=text), "its writer shortens it"
    assert fits("nine", asked_before=RATING, asked_now=replace(RATING, settings={**RATING.settings, "low": "Light"}))


@pytest.mark.parametrize("asked", NEW, ids=lambda asked: asked.key)
def test_a_question_of_any_type_is_the_same_as_itself_and_another_under_another_text(asked):
    assert not changes_between(one(asked), one(asked))
    changes = changes_between(one(asked), one(replace(asked, text="Otherwise?")))
    assert changes and not changes.beyond_wording
    with pytest.raises(InvalidAnswerError):
        kind_of(asked).clean(asked, {"no": {"such": "answer"}})
