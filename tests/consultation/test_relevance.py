"""LimeSurvey's equations: what is translated says the very same for any answers; what is not is refused."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.exchange.relevance import Asked, CannotTranslateError, translated
from consultation.paths.conditions import Clause, Every, Known, Not, Some, clauses_of, holds

ASKED = {
    "Q1": Asked("q1", "single_choice", {"A1": "a1", "A2": "a2", "-oth-": "other"}),
    "Q2": Asked("q2", "several_choices", {"SQ1": "sq1", "SQ2": "sq2"}),
    "Q3": Asked("q3", "number", {}),
    "Q4": Asked("q4", "long_text", {}),
    "45": Asked("q1", "single_choice", {"A1": "a1"}),
    "R": Asked("r", "ranking", {"A1": "a1"}),
}
answers = st.fixed_dictionaries(
    {
        "Q1": st.sampled_from(["", "A1", "A2"]),
        "Q2_SQ1": st.sampled_from(["", "Y"]),
        "Q2_SQ2": st.sampled_from(["", "Y"]),
        "Q3": st.sampled_from(["", "4", "5", "6.5"]),
        "Q4": st.sampled_from(["", "Words"]),
    }
)
"""As LimeSurvey keeps them: what is not answered is the empty text."""

OPS = {"==": "==", "!=": "!=", "eq": "==", "ne": "!="}
COMPARED = {**OPS, ">=": ">=", "<=": "<=", ">": ">", "<": "<", "ge": ">=", "lt": "<"}
equality = st.tuples(
    st.sampled_from([("Q1", "A1"), ("Q1", "A2"), ("Q1", ""), ("Q2_SQ1", "Y"), ("Q2_SQ2", ""), ("Q4", ""), ("Q3", "")]),
    st.sampled_from(sorted(OPS)),
    st.booleans(),
).map(lambda told: ("compare", told[0][0], told[1], f'"{told[0][1]}"', told[2]))
bound = st.tuples(st.sampled_from(sorted(COMPARED)), st.sampled_from(["4", "5", "6.5"])).map(
    lambda told: ("compare", "Q3", told[0], told[1], False)
)
empty = st.sampled_from(["Q1", "Q2_SQ1", "Q3", "Q4"]).map(lambda name: ("empty", name))
equations = st.recursive(
    equality | bound | empty,
    lambda inner: (
        st.tuples(st.sampled_from(["and", "or", "&&", "||"]), inner, inner).map(lambda told: ("join", *told))
        | inner.map(lambda told: ("not", told))
    ),
    max_leaves=4,
)


def spelt(told):
    match told:
        case ("compare", name, op, value, turned):
            return f"{value} {op} {name}.NAOK" if turned else f"{name}.NAOK {op} {value}"
        case ("empty", name):
            return f"is_empty({name}.NAOK)"
        case ("not", inner):
            return f"!({spelt(inner)})"
        case ("join", op, one, other):
            return f"({spelt(one)} {op} ({spelt(other)}))"


def true(told, given):
    """As LimeSurvey finds it."""
    match told:
        case ("compare", name, op, value, _):
            said, wanted, op = given[name], value.strip('"'), COMPARED[op]
            if op in {"==", "!="}:
                same = said == wanted if not said or not wanted or name != "Q3" else float(said) == float(wanted)
                return same == (op == "==")
            return (
                bool(said)
                and {
                    ">=": float(said) >= float(wanted),
                    "<=": float(said) <= float(wanted),
                    ">": float(said) > float(wanted),
                    "<": float(said) < float(wanted),
                }[op]
            )
        case ("empty", name):
            return not given[name]
        case ("not", inner):
            return not true(inner, given)
        case ("join", op, one, other):
            results = true(one, given), true(other, given)
            return all(results) if op in {"and", "&&"} else any(results)


def known(given):
    ticked = [key for key in ("sq1", "sq2") if given[f"Q2_{key.upper()}"]]
    told = {"q1": given["Q1"].lower(), "q2": ticked, "q3": given["Q3"], "q4": given["Q4"]}
    return Known({key: value for key, value in told.items() if value}, {})


@settings(deadline=None, max_examples=300)
@given(equations, answers)
def test_what_is_translated_holds_exactly_where_it_held_there(told, given):
    try:
        condition = translated(spelt(told), ASKED)
    except CannotTranslateError:
        return  # nested deeper than conditions are here
    assert holds(condition, known(given)) == true(told, given), spelt(told)


@settings(deadline=None, max_examples=300)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["Q1", "==", '"A1"', "(", ")", "!", "and", "is_empty", "5", " "])).map(" ".join)
)
def test_anything_else_is_refused_and_breaks_nothing(equation):
    with suppress(CannotTranslateError):
        assert {clause.key for clause in clauses_of(translated(equation, ASKED))} <= {asked.key for asked in ASKED.values()}


def test_it_reads_as_one_would_have_written_it():
    assert translated('Q1.NAOK == "A2"', ASKED) == Clause("question", "q1", "is", ("a2",))
    assert translated('((12X3X45.NAOK == "A1"))', ASKED) == Clause("question", "q1", "is", ("a1",))
    assert translated('Q1 == "-oth-"', ASKED) == Clause("question", "q1", "is", ("other",))
    assert translated('R_1.NAOK == "A1"', ASKED) == Clause("question", "r", "first", ("a1",))
    assert translated("!is_empty(Q4.NAOK)", ASKED) == Clause("question", "q4", "answered")
    both = (Clause("question", "q1", "is", ("a1",)), Clause("question", "q2", "contains", ("sq1",)))
    assert translated("Q1 == 'A1' && Q2_SQ1 == 'Y'", ASKED) == Every(both)
    assert translated("Q1 == 'A1' or (Q2_SQ1 == 'Y' or Q3 >= 5)", ASKED) == Some(
        (*both, Clause("question", "q3", "at_least", ("5",)))
    )
    assert translated("Q2_SQ1 != 'Y'", ASKED) == Not(both[1])


@pytest.mark.parametrize(
    "equation",
    [
        *(
            "count(Q1) > 1",
            "Q1 == Q3",
            "Q9 == 'A1'",
            "Q1 == 'A9'",
            "Q4 == 'Words'",
            "Q2 == 'Y'",
            "Q1 > 'A1'",
            "Q1 == 'A1' Q3 == 5",
        ),
        *(
            "Q1 ==",
            "(Q1 == 'A1'",
            "Q1 + 1 == 2",
            "regexMatch('/a/', Q4)",
            "Q1",
            "Q3 >= 'many'",
            "(" * 50,
            "!" * 50 + "Q1",
            "x" * 2_001,
        ),
    ],
)
def test_what_cannot_be_said_here_is_refused(equation):
    with pytest.raises(CannotTranslateError):
        translated(equation, ASKED)
