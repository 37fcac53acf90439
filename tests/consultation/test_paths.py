"""Conditions and paths: what is asked of whom, told in English, and what is found wrong before anybody walks them."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.paths.checks import MOST_TRIALS, can_be_asked, earlier_than, faults_in_paths, subjects_of
from consultation.paths.conditions import (
    DEEPEST,
    BadConditionError,
    Clause,
    Every,
    Known,
    Not,
    Some,
    as_json,
    clauses_of,
    condition_of,
    holds,
    joined,
    parts_of,
)
from consultation.paths.minutes import minutes_to_answer
from consultation.paths.subjects import fact_subject, in_words
from consultation.paths.walking import path_of
from consultation.questionnaire import Questionnaire, Sheet, digest
from questions.agreement_scale import STEPS
from questions.definitions import Choice, Definition

FACTS = {
    "nation": fact_subject("nation", "Nation", {"england": "England", "wales": "Wales"}),
    "list_size": fact_subject("list_size", "Practice list size", {"small": "under 5,000", "large": "5,000 and over"}),
}
AB = (Choice("a", "Apples"), Choice("b", "Pears"), Choice("c", "Plums"))


def one(key, **told):
    return Definition(key=key, kind="single_choice", text=f"Text of {key}", choices=AB, **told)


def order(key, **told):
    return Definition(key=key, kind="ranking", text=f"Text of {key}", choices=AB, **told)


def words(key, **told):
    return Definition(key=key, kind="long_text", text=f"Text of {key}", longest=100, **told)


def of(*pages):
    """Each page: (when, [(definition, when), …])."""
    return Questionnaire(
        tuple(
            Sheet(
                n, f"p{n}", f"Page title {n}", "", tuple(q for q, _ in asked), when, {q.key: c for q, c in asked if c is not None}
            )
            for n, (when, asked) in enumerate(pages, start=1)
        )
    )


def is_(key, *values, verb="is"):
    return Clause("question", key, verb, values)


def fact(key, *values, verb="is"):
    return Clause("fact", key, verb, values)


class TestHolding:
    @pytest.mark.parametrize(
        ("clause", "answer", "held"),
        [
            (is_("q", "a"), "a", True),
            (is_("q", "a", "b"), "b", True),
            (is_("q", "a"), "b", False),
            (is_("q", "a", verb="is_not"), "b", True),
            (is_("q", "a", verb="is_not"), "a", False),
            (is_("q", "a", verb="contains"), ["b", "a"], True),
            (is_("q", "a", verb="lacks"), ["b"], True),
            (is_("q", "a", verb="contains"), ["a", {"other": "Quinces"}], True),
            (is_("q", "other"), {"other": "Quinces"}, True),
            (is_("q", "a", verb="is_not"), {"other": "Quinces"}, True),
            (is_("q", "a", verb="first"), [["a", "b"], ["c"]], True),
            (is_("q", "c", verb="first"), [["a", "b"], ["c"]], False),
            (is_("q", "c", verb="first"), [], False),
            (is_("q", "c", verb="contains"), [["a", "b"], ["c"]], True),
            (is_("q", "3", verb="at_least"), "3.0", True),
            (is_("q", "3", verb="at_least"), 2, False),
            (is_("q", "3", verb="at_most"), "2.99", True),
            (is_("q", "3", verb="at_most"), "not a number", False),
            (is_("q", verb="answered"), [], True),
            (is_("q", verb="not_answered"), "a", False),
        ],
    )
    def test_each_verb_says_what_it_says(self, clause, answer, held):
        assert holds(clause, Known({"q": answer}, {})) is held

    @pytest.mark.parametrize("verb", ["is", "is_not", "contains", "lacks", "first"])
    def test_what_is_not_answered_makes_every_clause_about_it_fail(self, verb):
        assert not holds(is_("q", "a", verb=verb), Known({}, {}))
        assert not holds(fact("nation", "wales", verb=verb), Known({}, {"nation": ""}))

    def test_but_not_answered_and_what_is_turned_round_hold(self):
        nothing = Known({}, {})
        assert holds(is_("q", verb="not_answered"), nothing)
        assert holds(Not(fact("nation", "wales")), nothing)
        assert holds(None, nothing)
        assert holds(Every((Not(is_("q", "a")), Some((is_("q", "a"), is_("q", verb="not_answered"))))), nothing)


clauses = st.one_of(
    st.builds(
        Clause,
        st.sampled_from(["question", "fact"]),
        st.sampled_from(["q1", "q2", "nation", "list_size"]),
        st.sampled_from(["is", "is_not", "contains", "lacks", "first"]),
        st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(Clause, st.just("question"), st.sampled_from(["q1", "q2"]), st.sampled_from(["answered", "not_answered"])),
    st.builds(Clause, st.just("question"), st.just("q1"), st.just("at_least"), st.integers(-5, 5).map(lambda n: (str(n),))),
)
conditions = st.recursive(
    clauses,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Every(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Some(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=4,
)


def depth_of(told):
    parts = told.get("all") or told.get("any") or ([told["not"]] if "not" in told else [])
    return 1 + max((depth_of(part) for part in parts), default=0)


class TestJson:
    @given(conditions)
    @settings(max_examples=60)
    def test_a_condition_comes_back_from_its_json_as_it_was(self, condition):
        told = json.loads(json.dumps(as_json(condition)))
        if depth_of(told) <= DEEPEST:
            assert condition_of(told) == condition
        else:
            with pytest.raises(BadConditionError, match="deep"):
                condition_of(told)
        join, parts = parts_of(condition)
        assert joined(join, parts) == (condition if len(parts) > 1 or condition not in (Every(parts), Some(parts)) else parts[0])

    @pytest.mark.parametrize(
        ("told", "complaint"),
        [
            ([], "expected an object"),
            ({}, "expected all, any, not"),
            ({"all": []}, "all: expected a list of 1"),
            ({"any": [{"question": "q", "verb": "eats"}]}, r"any\[0\].verb: expected one of"),
            ({"not": {"question": "", "verb": "answered"}}, "not.question: expected a key"),
            ({"question": "q", "verb": "is"}, "do not fit “is”"),
            ({"question": "q", "verb": "answered", "values": ["a"]}, "do not fit"),
            ({"question": "q", "verb": "at_least", "values": ["many"]}, "do not fit"),
            ({"question": "q", "verb": "is", "values": "a"}, "values: expected a list"),
            ({"question": "q", "verb": "is", "values": ["a"], "more": 1}, "expected all, any, not"),
            ({"not": {"not": {"not": {"not": {"not": {"question": "q", "verb": "answered"}}}}}}, "nested more than"),
        ],
    )
    def test_what_is_none_is_refused_with_its_place(self, told, complaint):
        with pytest.raises(BadConditionError, match=complaint):
            condition_of(told)

    def test_a_questionnaire_without_conditions_has_the_digest_it_always_had(self):
        plain = of((None, [(one("q1"), None)]))
        assert plain.as_dict()["pages"][0].keys() == {"key", "title", "intro", "questions"}
        assert "when" not in plain.as_dict()["pages"][0]["questions"][0]

    def test_one_with_conditions_comes_back_from_its_json(self):
        asked = of((None, [(one("q1"), None), (words("q2"), is_("q1", "a"))]), (fact("nation", "wales"), [(one("q3"), None)]))
        told = json.loads(json.dumps(asked.as_dict()))
        assert Questionnaire.of(told) == asked
        assert digest(Questionnaire.of(told).as_dict()) == digest(asked.as_dict()) != digest(of((None, [])).as_dict())


class TestWords:
    def test_a_condition_reads_as_a_sentence(self):
        asked = of((None, [(one("q1"), None), (order("q2"), None), (words("q3"), None)]))
        subjects = subjects_of(asked, FACTS)
        for condition, told in (
            (Every((fact("nation", "wales"), is_("q1", "b"))), "nation is Wales and question 1 is “Pears”"),
            (Some((is_("q1", "a", "b", "c"), is_("q3", verb="answered"))),
             "question 1 is “Apples”, “Pears” or “Plums” or question 3 is answered"),
            (Every((fact("nation", verb="not_answered"), Some((is_("q2", "a", verb="first"), is_("q2", "b", verb="lacks"))))),
             "nation is not stated and (question 2 puts first “Apples” or question 2 does not include “Pears”)"),
            (Not(is_("q1", "a", "b", verb="is_not")), "not (question 1 is neither “Apples” nor “Pears”)"),
            (is_("gone", "a"), "question “gone”, which is not there, is “a”"),
        ):  # fmt: skip
            assert in_words(condition, subjects) == told


class TestWalking:
    routed = of(
        (None, [(one("q1"), None), (words("q2"), is_("q1", "a"))]),
        (is_("q2", verb="answered"), [(one("q3"), None)]),
        (fact("nation", "wales"), [(one("q4"), None)]),
        (None, [(one("q5"), None)]),
    )

    def test_an_answer_off_the_path_decides_nothing(self):
        assert path_of(self.routed, {"q1": "a", "q2": "because"}, {}).keys == {"q1", "q2", "q3", "q5"}
        assert path_of(self.routed, {"q1": "b", "q2": "because"}, {}).keys == {"q1", "q5"}, "q2 is kept, but not asked any more"
        assert path_of(self.routed, {"q1": "a", "q2": "x" * 101}, {}).keys == {"q1", "q2", "q5"}, "it cannot be taken as it is"

    def test_pages_keep_their_numbers_and_lead_past_what_is_not_asked(self):
        path = path_of(self.routed, {}, {"nation": "england"})
        assert [sheet.number for sheet in path.sheets] == [1, 4]
        assert (path.after(1), path.before(4), path.after(4), path.before(1)) == (4, 1, None, None)
        assert (path.place(4), path.length, path.nearest(2), path.nearest(4), path.sheet(3)) == (2, 2, 4, 4, None)
        assert path_of(of((fact("nation", "wales"), [(one("q1"), None)])), {}, {}).nearest(1) is None

    answers = st.fixed_dictionaries(
        {},
        optional={
            "q1": st.sampled_from(["a", "b", "nonsense"]),
            "q2": st.text(max_size=120),
            "q3": st.sampled_from("abc"),
            "q4": st.sampled_from("abc"),
            "gone": st.just("a"),
        },
    )

    @given(answers, st.sampled_from(["", "wales", "england"]))
    @settings(max_examples=60)
    def test_is_the_same_again_and_whatever_lies_off_it(self, answers, nation):
        path = path_of(self.routed, answers, {"nation": nation})
        on_it = {key: value for key, value in answers.items() if key in path.keys}
        restored = json.loads(json.dumps(on_it))
        assert path_of(self.routed, restored, {"nation": nation}) == path
        assert path_of(Questionnaire.of(self.routed.as_dict()), answers, {"nation": nation}) == path

    @given(st.lists(conditions, min_size=3, max_size=3), st.sampled_from(["a", "b", "c", None]), st.sampled_from(["", "a", "b"]))
    @settings(max_examples=40)
    def test_what_somebody_is_asked_was_never_called_unreachable(self, whens, answer, nation):
        def only_earlier(condition):
            known = {"fact": FACTS, "question": ["q1"]}  # anything else is a fault that is told before
            return condition if all(c.key in known[c.about] for c in clauses_of(condition)) else None

        facts = {name: fact_subject(name, name, {"a": "A", "b": "B"}) for name in FACTS}
        first, *others = whens
        asked = of(
            (None, [(one("q1"), None)]),
            (only_earlier(first), [(one("q5"), only_earlier(others[0])), (words("q6"), only_earlier(others[1]))]),
        )
        path = path_of(asked, {"q1": answer}, {"nation": nation})
        for sheet in path.sheets:
            for each in sheet.questions:
                if not any(
                    c.verb in {"contains", "lacks", "first", "at_least"} for when in asked.conditions for c in clauses_of(when)
                ):
                    assert can_be_asked(asked, facts, asked.sheets[sheet.number - 1], each)


class TestChecks:
    def sentences(self, *pages):
        return [fault.sentence for fault in faults_in_paths(of(*pages), FACTS)]

    def test_nothing_is_found_where_everything_can_be_asked(self):
        assert not faults_in_paths(TestWalking.routed, FACTS)
        assert self.sentences() == []

    def test_a_condition_on_a_later_answer_names_both(self):
        (told,) = self.sentences((None, [(one("q1"), is_("q2", "a")), (one("q2"), None)]))
        assert told.startswith("“Text of q1” on page 1: its condition asks about question 2, which comes later.")
        (told,) = self.sentences((is_("q1", "a"), [(one("q1"), None)]))
        assert told.startswith("Page 1, “Page title 1”: its condition asks about question 1, which comes later.")

    def test_a_condition_on_what_is_not_there_is_found(self):
        start = (None, [(one("q1"), None)])
        for condition, complaint in (
            (is_("gone", "a"), "asks about a question that is not there (“gone”)"),
            (fact("shoe_size", "9"), "asks about a fact that is not there"),
            (is_("q1", "z"), "names an answer that question 1 does not have any more (“z”)"),
            (fact("nation", "narnia"), "names an answer that nation does not have"),
            (is_("q1", "a", verb="first"), "asks of question 1 what its type of question cannot tell"),
            (is_("q1", "2", verb="at_least"), "cannot tell"),
        ):
            (told,) = self.sentences(start, (condition, [(one("q9"), None)]))
            assert complaint in told

    @pytest.mark.parametrize(
        "condition",
        [
            Every((is_("q1", "a"), is_("q1", "b"))),
            Every((fact("nation", "wales"), fact("nation", "wales", verb="is_not"))),
            is_("q1", verb="not_answered"),
            Every((is_("q2", verb="answered"), is_("q1", "b"))),
            Every((is_("q3", "a", verb="first"), is_("q3", "a", verb="lacks"))),
            Not(Some((fact("nation", "wales"), Not(fact("nation", "wales"))))),
        ],
    )
    def test_what_can_never_be_asked_is_named(self, condition):
        told = self.sentences(
            (None, [(one("q1", required=True), None), (words("q2"), is_("q1", "a")), (order("q3"), None)]),
            (condition, [(one("q9"), None)]),
        )
        assert told == ["Page 2, “Page title 2” can never be asked: its condition never holds. Change it."]

    @pytest.mark.parametrize(
        "condition",
        [
            Every((is_("q3", "a", verb="first"), is_("q3", "b", verb="first"))),
            Every((is_("q3", "a", verb="first"), is_("q3", "b", verb="contains"), is_("q3", "c", verb="lacks"))),
            Every((is_("q3", verb="answered"), is_("q3", "a", "b", "c", verb="lacks"))),
            Every((is_("q1", "a", verb="is_not"), is_("q1", "b", verb="is_not"))),
            is_("q2", verb="not_answered"),
        ],
    )
    def test_what_can_be_asked_is_left_alone(self, condition):
        start = (None, [(one("q1", required=True), None), (words("q2", required=True), is_("q1", "a")), (order("q3"), None)])
        assert not self.sentences(start, (condition, [(one("q9"), None)]))

    def test_a_page_whose_condition_and_whose_questions_exclude_each_other_is_found(self):
        told = self.sentences((None, [(one("q1"), None)]), (is_("q1", "a"), [(one("q2"), is_("q1", "b"))]))
        assert told == ["“Text of q2” on page 2 can never be asked: its condition never holds. Change it."]

    def test_somebody_who_is_asked_nothing_is_found(self):
        (told,) = self.sentences((fact("nation", "wales"), [(one("q1"), None)]))
        assert told == "Somebody whose nation is not stated is asked nothing at all: ask at least one question of everybody."
        (told,) = self.sentences((None, [(one("q1"), None), (one("q2"), is_("q1", "a"))]), (None, []))[:1] or [""]
        assert told == ""

    def test_numbers_are_tried_on_either_side_of_each_bound(self):
        number = Definition("n", "rating", "How many?", required=True)
        scale = replace(one("s"), kind="agreement_scale", choices=STEPS)

        def reachable(*parts):
            asked = of((None, [(number, None), (scale, None)]), (Every(parts), [(one("q9"), None)]))
            return can_be_asked(asked, FACTS, asked.sheets[1])

        low, high = is_("n", "2", verb="at_least"), is_("n", "3", verb="at_most")
        assert reachable(low, high)
        assert reachable(Not(low))
        assert reachable(Not(is_("n", "2", verb="at_most")), Not(is_("n", "3", verb="at_least")))
        assert not reachable(is_("n", "4", verb="at_least"), high)
        assert reachable(is_("s", "agree"), low)

    def test_what_is_too_tangled_is_said_to_be_so_and_not_called_wrong(self):
        many = [(one(f"q{n}"), None) for n in range(12)]
        never = Every((*(is_(f"q{n}", "a", "b") for n in range(12)), is_("q0", "c")))
        assert MOST_TRIALS < 4**12
        (told,) = self.sentences((None, many), (never, [(one("last"), None)]))
        assert "hangs on too much to be checked" in told

    def test_a_condition_may_name_as_many_choices_as_a_question_has(self):
        keys = tuple("abcdefghijkl")
        many = replace(one("q1"), kind="several_choices", choices=tuple(replace(one("q1").choices[0], key=key) for key in keys))
        ordered = replace(many, kind="ranking")
        some = is_("q1", *keys[:9], verb="contains")
        every = Every(tuple(is_("q1", key, verb="contains") for key in keys))
        never = Every((is_("q1", *keys, verb="lacks"), is_("q1", "c", verb="contains")))
        for asked in (many, ordered):
            assert self.sentences((None, [(asked, None)]), (some, [(one("last"), None)])) == []
            assert self.sentences((None, [(asked, None)]), (every, [(one("last"), None)])) == []
            (told,) = self.sentences((None, [(asked, None)]), (never, [(one("last"), None)]))
            assert "can never be asked" in told

    def test_earlier_is_what_stands_before_the_page_or_the_question(self):
        asked = TestWalking.routed
        assert [each.key for each in earlier_than(asked, "p2", page=True)] == ["q1", "q2"]
        assert [each.key for each in earlier_than(asked, "q2", page=False)] == ["q1"]
        assert [each.key for each in earlier_than(asked, "no-such", page=False)] == ["q1", "q2", "q3", "q4", "q5"]


def test_the_time_it_takes_grows_with_what_is_read_and_with_what_is_written():
    short = of((None, [(one("q1"), None)]))
    assert minutes_to_answer(Questionnaire(())) == minutes_to_answer(short) == 1
    long = of((None, [(replace(one(f"q{n}"), hint="word " * 40), None) for n in range(10)] + [(words("w"), None)]))
    assert minutes_to_answer(long) == 6
