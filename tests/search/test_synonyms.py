import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.language import tokens
from search.synonyms import MOST_TERMS, Part, also_looked_for, parts_of, positive_words, vocabulary


@given(
    st.text(max_size=120)
    | st.lists(st.sampled_from(["PM", "or", "-qof", "primary", "care", "network", '"pcn"', "x"])).map(" ".join)
)
def test_no_word_is_lost(text):
    """Every token but `or` is in a part, each as often as it was typed."""
    typed = sorted(token for token in tokens(text) if token.lower() != "or")
    kept = sorted(word for parts in parts_of(text) for part in parts for word in tokens(part.words))
    assert kept == typed
    assert len([part for parts in parts_of(text) for part in parts if part.others]) <= MOST_TERMS


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("pcn money", ["primary care network"]),
        ("primary care network money", ["PCN"]),
        ("Practice manager, pay", ["PM"]),
        ("sar", ["DSAR", "subject access request"]),
        ("PCNs and exams", ["primary care network", "examination"]),
        ("fit notes", ["sick note"]),
        ("DES", ["enhanced service"]),
        ('"pcn" money', []),
        ("-pcn money", []),
        ("primary care", []),
    ],
)
def test_looks_for_the_other_names_both_ways_unless_taken_at_its_word(text, others):
    assert also_looked_for(text) == others


def test_alternatives_stay_apart():
    assert parts_of("icb pay or locum") == [
        [Part("icb", ("integrated care board",)), Part("pay")],
        [Part("locum", ("sessional",))],
    ]


def test_excluded_words_are_not_among_those_that_must_be_there():
    assert positive_words('a "b c" -d or e') == ["a", "b", "c", "e"]


def test_no_term_stands_in_two_groups():
    for term, others in vocabulary().items():
        assert others
        for other in others:
            assert " ".join(term) in [name.lower() for name in vocabulary()[tuple(other.lower().split())]], term
