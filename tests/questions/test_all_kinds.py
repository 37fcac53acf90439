"""What holds for every type of question, tried with answers of any content."""

import json
from uuid import UUID

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.checking import check
from questions.definitions import Definition, InvalidAnswerError
from questions.kinds import KINDS, kind_of
from questions.paper import on_paper
from questions.rating import number_of
from tests.questions import asked as some
from tests.questions.asked import NEW, form_of

unhurried = settings(deadline=None, max_examples=25)
keys = st.sampled_from("abcde")
words = st.text(max_size=30)
file = st.builds(
    lambda number, name, size: {"id": str(UUID(int=number)), "name": name, "kind": "pdf", "size": size, "sha256": "0" * 64},
    st.integers(0, 9),
    words,
    st.integers(0, 10**7),
)
stance = st.fixed_dictionaries({"stance": st.sampled_from(["consent", "live", "object", ""])}, optional={"because": words})
PLAUSIBLE = {
    "several_choices": st.fixed_dictionaries(
        {}, optional={"chosen": st.lists(keys, max_size=4), "other": words, "ticked": st.booleans(), "none": st.booleans()}
    )
    | st.lists(keys | st.fixed_dictionaries({"other": words}), max_size=4),
    "single_choice": keys | st.fixed_dictionaries({}, optional={"chosen": keys | st.just(":other"), "other": words}),
    "approval": st.lists(keys, unique=True),
    "statement": st.sampled_from(["agree", "disagree", "pass"]),
    "agreement_scale": st.sampled_from(["agree", "neither"]),
    "consent": st.dictionaries(st.sampled_from(["a", "b", "c", "proposal"]), stance, max_size=3),
    "score": st.dictionaries(keys, st.integers(0, 6) | st.sampled_from(["", "3", "x", "٣"]), max_size=5),
    "points": st.dictionaries(keys, st.integers(0, 10) | st.sampled_from(["", "5"]), max_size=5),
    "rating": st.integers(-1, 12) | st.sampled_from(["", "3", "11", "three"]),
    "matrix": st.dictionaries(st.sampled_from("abc"), st.sampled_from(["never", "often", "nope"]), max_size=3),
    "short_text": words | st.sampled_from(["zz993vz", "ZZ99 3VZ", "me@example.org"]),
    "number": st.decimals(-200, 200, places=3).map(str)
    | st.sampled_from(["1,200", "12.50", "-0", "007", "1e5", "NaN", "−3", "٣", "½", "1,2"]),
    "date": st.dates().map(str)
    | st.fixed_dictionaries(
        {}, optional={part: st.sampled_from(["", "1", "29", "Feb", "2027", "x"]) for part in ("day", "month", "year")}
    ),
    "file": st.lists(file, max_size=3),
}
anything = st.recursive(
    st.none() | st.text(max_size=10) | st.booleans() | st.integers() | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["a", "chosen", "other", "none", "stance", "because", "day", "id", "proposal"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


def cleaned(asked: Definition, typed):
    """The canonical answer, None where there is none or where it is refused, always with a sentence."""
    try:
        return kind_of(asked).clean(asked, typed)
    except InvalidAnswerError as problem:
        return told_what_to_do(str(problem))


def told_what_to_do(sentence: str) -> None:
    assert sentence
    assert not sentence.endswith(".")


@pytest.mark.parametrize("asked", NEW, ids=lambda asked: f"{asked.kind}-{asked.key}")
@unhurried
@given(data=st.data())
def test_an_answer_of_any_content_is_refused_or_has_one_spelling(asked, data):
    typed = data.draw(PLAUSIBLE[asked.kind] | anything)
    kind = kind_of(asked)
    answer = cleaned(asked, typed)
    try:
        kind.control(asked, typed)
    except InvalidAnswerError:
        assert answer is None, "what can be sent can be shown"
    if answer is None:
        return
    spelt = json.dumps(answer, sort_keys=True)
    assert kind.clean(asked, json.loads(spelt)) == answer
    assert json.dumps(kind.clean(asked, json.loads(spelt)), sort_keys=True) == spelt
    assert all(isinstance(line, str) and line for line in kind.words(asked, answer))


@pytest.mark.parametrize(
    "asked", [asked for asked in NEW if not kind_of(asked).stores_files], ids=lambda asked: f"{asked.kind}-{asked.key}"
)
@unhurried
@given(data=st.data())
def test_what_was_kept_is_shown_and_sent_again_as_the_same(asked, data):
    typed = data.draw(PLAUSIBLE[asked.kind])
    kind = kind_of(asked)
    answer = cleaned(asked, typed)
    if answer is not None:
        assert kind.clean(asked, kind.read(asked, form_of(asked, answer))) == answer
    try:
        form = form_of(asked, typed)
    except InvalidAnswerError:
        return
    draft = kind.read(asked, form)
    kept = None if draft is None else json.loads(json.dumps(draft))
    assert kind.read(asked, form_of(asked, kept)) == draft, "a draft is shown as it was typed"


@pytest.mark.parametrize("asked", [*NEW], ids=lambda asked: f"{asked.kind}-{asked.key}")
@unhurried
@given(data=st.data())
def test_counts_add_up_and_can_be_told(asked, data):  # noqa: C901 - a line for each type
    answers = [
        answer
        for typed in data.draw(st.lists(PLAUSIBLE[asked.kind], max_size=12))
        if (answer := cleaned(asked, typed)) is not None
    ]
    kind = kind_of(asked)
    counts = json.loads(json.dumps(kind.count(asked, answers)))
    n = counts["n"]
    assert n == len(answers)
    match asked.kind:
        case "single_choice" | "statement" | "agreement_scale":
            assert sum(row[3] for row in counts["choices"]) + counts.get("other", 0) == n
        case "several_choices" | "approval":
            parts = sum(len([part for part in answer if isinstance(part, str)]) for answer in answers)
            assert sum(row[3] for row in counts["choices"]) == parts
            assert counts["none"] == answers.count([])
        case "points":
            assert sum(row[3] for row in counts["choices"]) == 10 * n
        case "score":
            assert sum(row[3] for row in counts["choices"]) == sum(sum(answer.values()) for answer in answers)
        case "rating":
            assert sum(part for _, part in counts["steps"]) == n
        case "matrix":
            assert sum(sum(parts) for *_, parts in counts["rows"]) == sum(map(len, answers))
        case "consent":
            assert sum(sum(parts) for _, _, _, parts, _ in counts["choices"]) == sum(map(len, answers))
        case "number":
            assert sum(part for _, _, part in counts["bands"]) in {0, n}
        case "date":
            assert sum(part for _, part in counts["years"]) == n
        case "file":
            assert counts["files"] == sum(map(len, answers))
    told = kind.told(asked, counts)
    assert told.sentence or told.note or told.table
    assert all(0 <= bar.part <= bar.whole or not n for bar in told.bars)
    assert told.table is None or all(len(row.cells) == len(told.table.heads) - 1 for row in told.table.rows)


@pytest.mark.parametrize("asked", NEW, ids=lambda asked: f"{asked.kind}-{asked.key}")
def test_every_type_can_be_asked_drawn_and_printed(asked):
    kind = kind_of(asked)
    assert kind.faults(asked) == []
    assert kind.label
    assert kind.use.endswith(".")
    values = kind.control(asked, None) | {"instruction": kind.instruction(asked)}
    drawn = render_to_string(kind.template, {"asked": asked, "values": values, "error": "Mend this", "alone": False})
    assert asked.text in drawn
    assert "Mend this" in drawn
    assert f'id="{asked.anchor}"' in drawn
    assert asked.text in render_to_string("questions/_printed.html", {"asked": asked})
    assert kind.clean(asked, None) is None


def test_there_are_sixteen_types():
    assert len(KINDS) == 16


@pytest.mark.parametrize(
    ("asked", "typed", "sentence"),
    [
        (some.SEVERAL, ["a"], "Choose at least 2: you chose 1"),
        (some.SEVERAL, ["a", "b", "c", "d"], "Choose 3 at most: you chose 4"),
        (some.SEVERAL, {"chosen": ["a"], "none": True}, "Either choose some, or say none of these: you did both"),
        (some.SEVERAL, {"chosen": ["a"], "ticked": True}, "Say which other"),
        (some.SEVERAL, {"other": "x" * 201}, "Shorten your other answer by 1 character"),
        (some.OTHER, {"chosen": ":other"}, "Say which other"),
        (some.OTHER, {"chosen": "a", "other": "mine"}, "You chose an answer and wrote another: take one of them away"),
        (some.POINTS, {"a": "4"}, "You have 6 points left: share them out"),
        (some.POINTS, {"a": "6", "b": "5"}, "You shared out 1 point too many: take some away"),
        (some.POINTS, {"a": "ten"}, "Write a whole number for “Route a”, not “ten”"),
        (some.SCORE, {"a": 6}, "Scores run from 0 to 5"),
        (some.RATING, "11", "Choose a number from 1 to 10"),
        (some.CONSENT, {"a": {"stance": "object"}}, "Say why you object to “Route a”"),
        (some.CONSENT, {"a": {"because": "no"}}, "You gave a reason: say where you stand about “Route a” too"),
        (some.PROPOSAL, {"proposal": {"stance": "object", "because": " "}}, "Say why you object"),
        (some.POSTCODE, "SW1A 1CC", "Write a whole postcode, like ZZ99 3VZ"),
        (some.EMAIL, "me@", "Write a whole e-mail address, like name@example.org"),
        (some.NUMBER, "-1", "Write 0 or more"),
        (some.NUMBER, "100.5", "Write 100 or less"),
        (some.NUMBER, "0.3", "Write it in steps of 0.5"),
        (some.NUMBER, "many", "Write a number in figures, like 12 or 3.5"),
        (some.DAY, {"day": "3"}, "Add the month and the year"),
        (some.DAY, {"day": "29", "month": "2", "year": "2027"}, "Write a day that is in the calendar, like 27 11 2026"),
        (some.DAY, {"day": "1", "month": "2", "year": "27"}, "Write the year with four figures"),
        (some.DAY, "2025-12-31", "Write 1 January 2026 or a later day"),
        (some.DAY, "2028-01-01", "Write 31 December 2027 or an earlier day"),
    ],
)
def test_what_cannot_be_taken_says_what_to_do(asked, typed, sentence):
    with pytest.raises(InvalidAnswerError) as refused:
        check(asked, typed)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("asked", "typed", "answer", "lines"),
    [
        (some.SEVERAL, {"chosen": ["c", "a"]}, ["a", "c"], ["Route a", "Route c"]),
        (some.SEVERAL, {"chosen": ["b"], "other": " a  b "}, ["b", {"other": "a b"}], ["Route b", "Other: a b"]),
        (some.SEVERAL, {"none": True}, [], ["None of these"]),
        (some.APPROVAL, {"chosen": [], "none": True}, [], ["I could support none of these"]),
        (some.OTHER, {"chosen": "", "other": "mine"}, {"other": "mine"}, ["Other: mine"]),
        (some.POINTS, {"a": "4", "b": "6", "c": "0"}, {"a": 4, "b": 6}, ["Route a: 4", "Route b: 6"]),
        (some.SCORE, {"a": "0"}, {"a": 0}, ["Route a: 0", *(f"Route {key}: no view" for key in "bcde")]),
        (some.RATING, "7", 7, ["7 out of 10"]),
        (some.MATRIX, {"b": "often"}, {"b": "often"}, ["Route a: not answered", "Route b: Often", "Route c: not answered"]),
        (
            some.PROPOSAL,
            {"proposal": {"stance": "object", "because": "Too dear"}},
            {"proposal": {"stance": "object", "because": "Too dear"}},
            ["Object, because: Too dear"],
        ),
        (some.POSTCODE, "zz993vz", "ZZ99 3VZ", ["ZZ99 3VZ"]),
        (some.NUMBER, "12.50", "12.5", ["12.5 hours"]),
        (some.ANY_NUMBER, "1,200", "1200", ["1,200"]),
        (some.ANY_NUMBER, "−0.0", "0", ["0"]),
        (some.DAY, {"day": "9", "month": "Mar", "year": "2026"}, "2026-03-09", ["9 March 2026"]),
    ],
)
def test_answers_have_one_spelling_and_words(asked, typed, answer, lines):
    assert check(asked, typed) == answer
    assert kind_of(asked).words(asked, answer) == lines


def test_a_required_question_wants_every_row_and_every_stance():
    matrix = Definition("rows", "matrix", "?", required=True, choices=some.ROUTES[:3], settings={"scale": some.SCALE})
    with pytest.raises(InvalidAnswerError, match="“Route b” and 1 more are not answered"):
        check(matrix, {"a": "often"})
    consent = Definition("stand", "consent", "?", required=True, choices=some.ROUTES[:2])
    with pytest.raises(InvalidAnswerError, match="Say where you stand about “Route b”"):
        check(consent, {"a": {"stance": "live"}})


@pytest.mark.parametrize(
    ("kind", "changes", "fault"),
    [
        ("several_choices", {"settings": {"at_least": 6}, "choices": some.ROUTES}, "Nobody can choose at least 6 of 5"),
        ("several_choices", {"settings": {"at_least": 3, "at_most": 2}, "choices": some.ROUTES}, "at least 3 and at most 2"),
        ("several_choices", {"settings": {"at_least": True}, "choices": some.ROUTES}, "“at_least” cannot be read"),
        ("rating", {"settings": {"to": 7, "low": "a", "high": "b"}}, "“to” cannot be read"),
        ("rating", {}, "both ends"),
        ("matrix", {"choices": some.ROUTES}, "two steps at least"),
        ("matrix", {"choices": some.ROUTES, "settings": {"scale": [["a", "A"], ["a", "B"]]}}, "“scale” cannot be read"),
        ("points", {"choices": some.ROUTES, "settings": {"total": 1}}, "“total” cannot be read"),
        ("number", {"settings": {"least": "5", "most": "5"}}, "less than its most"),
        ("number", {"settings": {"step": "0"}}, "“step” cannot be read"),
        ("date", {"settings": {"earliest": "2026-02-30"}}, "“earliest” cannot be read"),
        ("date", {"settings": {"earliest": "2026-03-01", "latest": "2026-02-01"}}, "before its latest"),
        ("short_text", {"longest": 201}, "between 1 and 200"),
        ("approval", {"choices": some.ROUTES, "settings": {"other": True}}, "does not know the setting “other”"),
        ("statement", {"choices": some.ROUTES}, "agree, disagree and pass"),
    ],
)
def test_what_cannot_be_asked_is_told(kind, changes, fault):
    asked = Definition("x", kind, "?", **changes)
    assert fault in " ".join(kind_of(asked).faults(asked))


def test_numbers_of_a_few_are_kept_by_nobody():
    kind = KINDS["number"]
    assert kind.count(some.ANY_NUMBER, ["1"] * 9) == {"n": 9, "quartiles": [], "bands": []}
    assert kind.count(some.ANY_NUMBER, [str(number) for number in range(1, 11)])["quartiles"] == ["3", "5", "7"]


def test_findings_in_words():
    def told(asked, *answers):
        return kind_of(asked).told(asked, kind_of(asked).count(asked, answers)).sentence

    assert told(some.RATING, 1, 4, 4, 10) == "On average 4.8 out of 10, from 4 answers; the middle answer is 4."
    assert told(some.POINTS, {"a": 10}, {"a": 4, "b": 6}) == "“Route a” got most, 7.0 of 10 points on average, from 2 answers."
    assert told(some.APPROVAL, ["a", "b"], ["b"], []) == "“Route b” was approved of most, by 2 of 3 (66.7%)."
    assert told(some.SCORE, {"a": 5}, {"b": 5}) == "“Route a” and “Route b” have the most points, from 2 answers."
    assert told(some.PROPOSAL, {"proposal": {"stance": "live"}}) == "Of 1 answer, 0 consent, 1 can live with it and 0 object."
    assert told(some.CONSENT, {"a": {"stance": "object", "because": "x"}, "b": {"stance": "live"}}) == (
        "“Route b” and “Route c” met the fewest objections: 0 objections, from 1 answer."
    )
    assert told(some.STATEMENT, "agree", "pass") == "Of 2 answers, 1 agree, 0 disagree and 1 pass."
    assert told(some.STATEMENT) == "Nobody answered this question."
    assert told(some.DAY, "2026-05-01", "2027-05-01") == "2 answers, from 2026 to 2027."


def test_paper_says_what_to_do_and_has_room_for_it():
    assert on_paper(some.SEVERAL).instruction == "Choose 2 to 3."
    assert [line.label for line in on_paper(some.SEVERAL).lines][-2:] == ["Other: ____________", "None of these"]
    assert on_paper(some.RATING).lines[0].steps == tuple(str(step) for step in range(1, 11))
    assert number_of(True) is None


@pytest.mark.parametrize(
    ("kind", "said", "instruction"),
    [
        ("several_choices", {}, "Choose as many as you like."),
        ("several_choices", {"at_least": 2}, "Choose at least 2."),
        ("several_choices", {"at_most": 3}, "Choose up to 3."),
        ("several_choices", {"at_least": 2, "at_most": 2}, "Choose exactly 2."),
        ("number", {}, "A number."),
        ("number", {"unit": "hours"}, "A number, in hours."),
        ("number", {"least": "1", "step": "1"}, "A whole number, 1 or more."),
        ("number", {"most": "1.5", "unit": "miles"}, "A number, 1.5 miles or less."),
        ("date", {}, "For example, 27 11 2026."),
        ("date", {"earliest": "2026-01-02"}, "2 January 2026 or later."),
        ("date", {"latest": "2026-01-02"}, "2 January 2026 or earlier."),
        ("file", {}, "One file."),
        ("matrix", {}, "Choose one in each row; leave out what you have no view on."),
    ],
)
def test_what_to_do_is_said_before_it_is_done(kind, said, instruction):
    assert (
        kind_of(Definition("x", kind, "?", settings=said)).instruction(Definition("x", kind, "?", settings=said)) == instruction
    )


def test_what_no_form_of_ours_sends_is_refused():
    file = {"id": str(UUID(int=1)), "name": "a", "kind": "pdf", "size": 1, "sha256": "0"}
    for asked, typed in (
        (some.FILES, [file, file]),
        (some.FILES, [file | {"id": "x"}]),
        (some.FILES, [file | {"size": True}]),
        (some.FILES, [file | {"id": str(UUID(int=number))} for number in range(3)]),
        (some.SHORT, 3),
        (some.POINTS, {"a": 1.5}),
        (some.POINTS, {"nobody": 1}),
        (some.ANY_NUMBER, 3),
        (some.DAY, "x"),
        (some.AGREE, {"other": "mine"}),
        (some.SEVERAL, [{"other": "a"}, {"other": "b"}]),
        (some.CONSENT, {"a": "live"}),
    ):
        with pytest.raises(InvalidAnswerError):
            kind_of(asked).clean(asked, typed)
    assert check(some.ANY_NUMBER, " ") is None
    assert check(some.DAY, {"day": ""}) is None
    assert check(some.FILES, [file]) == [file]
    assert KINDS["file"].words(some.FILES, [file | {"size": 1_240_000}]) == ["a, 1.2 MB"]
    assert KINDS["file"].read(some.FILES, {"q-files": "x"}) is None
