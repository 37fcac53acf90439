"""One spelling for one set of answers."""

import json
import unicodedata
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.proof.spelling import canonical_response, spelt

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS
ANSWERS = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(WORDS.map(lambda text: unicodedata.normalize("NFC", text)), inner, max_size=4)
    ),
    max_leaves=12,
)


def test_is_the_bytes_that_the_docs_show():
    told = canonical_response(
        consultation="routes", version="ab" * 32, revision=2, answers={"why": "E\u0301té “à\u0300”\n", "order": [["b"], ["a"]]}
    )
    expected = (
        '{"answers":{"order":[["b"],["a"]],"why":"Été “à\u0300”\\n"},'
        f'"consultation":"routes","format":"plenary response 1","revision":2,"version":"{"ab" * 32}"}}'
    )
    assert told == expected.encode()


@given(ANSWERS)
def test_is_json_that_says_the_same_in_nfc(value):
    told = spelt(value)
    assert unicodedata.is_normalized("NFC", told)
    assert spelt(json.loads(told)) == told, "what the database gives back is spelt the same"


@given(
    st.dictionaries(WORDS.map(lambda text: unicodedata.normalize("NFC", text)), PLAIN, max_size=6),
    st.randoms(use_true_random=False),
)
def test_does_not_hang_on_the_order_of_the_answers(answers, draw: Random):
    other = list(answers.items())
    draw.shuffle(other)
    assert spelt(dict(other)) == spelt(answers)


def test_a_number_has_one_spelling():
    assert [spelt(value) for value in (1, 1.0, -0.0, 0.1, 1e-7, 1e22, True)] == [
        *("1", "1", "0", "0.1", "0.0000001", "10000000000000000000000", "true"),
    ]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), b"bytes", {1, 2}, {"\u00e9": 1, "e\u0301": 2}], ids=str)
def test_what_has_no_spelling_is_refused(value):
    with pytest.raises(ValueError, match=r"spelling|number"):
        spelt(value)
