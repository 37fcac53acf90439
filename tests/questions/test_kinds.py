"""What each type of question takes, keeps and counts."""

import json
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.agreement_scale import STEPS
from questions.checking import check
from questions.definitions import Choice, Definition, InvalidAnswerError
from questions.kinds import KINDS, kind_of
from questions.order import from_places, moved

ROUTES = tuple(Choice(key, f"Route {key}", key.upper()) for key in "abcde")
ONE = Definition("one", "single_choice", "Which?", required=True, choices=ROUTES)
AGREE = Definition("agree", "agreement_scale", "It would help.", choices=STEPS)
ORDER = Definition("order", "ranking", "In which order?", required=True, choices=ROUTES)
TEXT = Definition("why", "long_text", "Why?", longest=20)
ALL = (ONE, AGREE, ORDER, TEXT)

groups_of_routes = st.permutations([choice.key for choice in ROUTES]).flatmap(
    lambda keys: st.lists(st.integers(0, 5), min_size=5, max_size=5).map(
        lambda places: from_places({key: str(place) if place else "" for key, place in zip(keys, places, strict=True)})
    )
)
anything = st.recursive(
    st.none() | st.text(max_size=30) | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["groups", "abstain", "x"]), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize("asked", ALL, ids=lambda asked: asked.kind)
@given(typed=anything)
def test_an_answer_of_any_content_is_refused_or_has_one_spelling(asked, typed):
    try:
        answer = kind_of(asked).clean(asked, typed)
    except InvalidAnswerError:
        return
    assert kind_of(asked).clean(asked, json.loads(json.dumps(answer))) == answer


@given(text=st.text(max_size=60))
def test_a_text_typed_on_any_machine_has_the_same_spelling(text):
    wide = Definition("why", "long_text", "Why?", longest=5000)
    kind = KINDS["long_text"]
    unix = kind.clean(wide, kind.read(wide, {"q-why": text}))
    windows = kind.clean(wide, kind.read(wide, {"q-why": text.replace("\r", "").replace("\n", "\r\n")}))
    assert kind.clean(wide, kind.read(wide, {"q-why": text.replace("\r", "")})) == windows
    assert unix is None or (unix == unix.strip() and "\0" not in unix)


def test_a_text_over_the_limit_is_told_by_how_much():
    with pytest.raises(InvalidAnswerError, match=r"Shorten your answer by 1 character$"):
        check(TEXT, "x" * 21)
    assert check(TEXT, " " + "x" * 20 + "\n") == "x" * 20


def test_an_optional_question_may_be_left_alone_and_a_required_one_says_what_to_do():
    assert check(AGREE, None) is None
    assert check(TEXT, "  ") is None
    for asked in (ONE, ORDER):
        with pytest.raises(InvalidAnswerError, match=kind_of(asked).missing):
            check(asked, None)


@given(groups=groups_of_routes)
def test_a_ranking_by_numbers_reads_the_same_as_its_canonical_form(groups):
    kind = KINDS["ranking"]
    answer = kind.clean(ORDER, groups) if groups else None
    if answer is None:
        return
    shown = kind.control(ORDER, answer)["numbers"]
    posted = {f"q-order:{each.choice.key}": str(each.place * 3) if each.place else "" for each in shown}
    assert kind.clean(ORDER, kind.read(ORDER, posted)) == answer, "gaps between numbers mean nothing"


def test_leaving_all_out_on_purpose_is_an_answer_and_doing_both_is_told():
    kind = KINDS["ranking"]
    assert check(ORDER, kind.read(ORDER, {"q-order::abstain": "on"})) == []
    assert kind.words(ORDER, []) == ["I would rather not rank them"]
    with pytest.raises(InvalidAnswerError, match="you did both"):
        check(ORDER, kind.read(ORDER, {"q-order::abstain": "on", "q-order:a": "1"}))


@given(groups=groups_of_routes, step=st.sampled_from(["add", "up", "down", "out"]), key=st.sampled_from("abcde"))
def test_a_press_of_a_button_loses_nobody_but_who_is_left_out(groups, step, key):
    after = moved(groups, step, key)
    before_keys, after_keys = sorted(chain(*groups)), sorted(chain(*after))
    expected = set(before_keys) | ({key} if step == "add" else set())
    if step == "out":
        expected -= {key}
    assert after_keys == sorted(expected)
    assert all(after)


@given(groups=groups_of_routes, key=st.sampled_from("abcde"))
def test_up_undoes_down_where_nobody_is_level(groups, key):
    single = [[each] for group in groups for each in group]
    if [key] in single and single[-1] != [key]:
        assert moved(moved(single, "down", key), "up", key) == single


def test_up_takes_one_out_of_a_tie():
    assert moved([["a", "b"], ["c"]], "up", "b") == [["b"], ["a"], ["c"]]
    assert moved([["a", "b"], ["c"]], "down", "a") == [["b"], ["a"], ["c"]]
    assert moved([["a"], ["b", "c"]], "up", "a") == [["a"], ["b", "c"]]
    assert moved([["a"], ["b", "c"]], "down", "a") == [["b", "c"], ["a"]]


@given(answers=st.lists(st.sampled_from("abcde"), max_size=40))
def test_counts_of_choices_add_up_to_the_answers(answers):
    counted = kind_of(ONE).count(ONE, answers)
    assert counted["n"] == len(answers) == sum(row[3] for row in counted["choices"])
    assert [row[0] for row in counted["choices"]] == list("abcde")


@given(ballots=st.lists(groups_of_routes, max_size=25))
def test_a_ranking_is_counted_by_four_methods_and_abstentions_apart(ballots):
    kind = KINDS["ranking"]
    answers = [kind.clean(ORDER, groups) if groups else [] for groups in ballots]
    counted = json.loads(json.dumps(kind.count(ORDER, answers)))
    ranked = [groups for groups in answers if groups]
    assert (counted["n"], counted["ranked"], counted["abstained"]) == (len(answers), len(ranked), len(answers) - len(ranked))
    assert sum(times for _, times in counted["ballots"]) == len(ranked)
    assert set(counted["results"]) == ({"plurality", "borda", "irv", "schulze"} if ranked else set())
    for result in counted["results"].values():
        assert sorted(chain(*result["ranking"])) == list("abcde")
        assert result["sentences"][-1].startswith("The order:")
        assert not any(" a " in sentence for sentence in result["sentences"] if "Route" not in sentence)


def test_words_say_places_ties_and_who_is_left_out():
    kind = KINDS["ranking"]
    assert kind.words(ORDER, [["b"], ["a", "c"]]) == ["1. Route b", "2. Route a and Route c", "Left out: Route d, Route e"]
    assert KINDS["long_text"].words(TEXT, "a\nb") == ["a", "b"]
    assert KINDS["agreement_scale"].words(AGREE, "agree") == ["Agree"]


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        (Definition("x", "single_choice", "?", choices=ROUTES[:1]), "at least two choices"),
        (Definition("x", "single_choice", "?", choices=(ROUTES[0], ROUTES[0])), "same key"),
        (Definition("x", "single_choice", "?", choices=(Choice("a", "Yes"), Choice("b", "yes"))), "read the same"),
        (Definition("x", "agreement_scale", "?", choices=STEPS[:4]), "five steps"),
        (Definition("x", "ranking", "?"), "at least two things"),
        (Definition("x", "ranking", "?", choices=(ROUTES[0], ROUTES[0])), "same key"),
        (Definition("x", "ranking", "?", choices=tuple(Choice(str(n), str(n)) for n in range(13))), "more than 12"),
        (Definition("x", "long_text", "?", longest=0), "limit"),
    ],
)
def test_what_cannot_be_asked_is_told(asked, fault):
    assert fault in " ".join(kind_of(asked).faults(asked))


def test_what_can_be_asked_has_no_faults():
    assert [kind_of(asked).faults(asked) for asked in ALL] == [[], [], [], []]
