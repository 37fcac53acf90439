from fractions import Fraction

import pytest

from tally import number
from tally.account import plain
from tally.words import ballots, listed


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0"),
        (4313, "4,313"),
        (-3, "−3"),
        (Fraction(83, 2), "41½"),
        (Fraction(7, 5), "1 2/5"),
        (Fraction(2, 5), "2/5"),
        (Fraction(1, 3), "⅓"),
        (Fraction(-1, 2), "−½"),
    ],
)
def test_number_is_exact_and_readable(value: Fraction | int, told: str) -> None:
    assert number(value) == told


def test_ballots_agree_with_their_number() -> None:
    assert [ballots(0), ballots(1), ballots(Fraction(1, 2)), ballots(12)] == [
        "0 ballots",
        "1 ballot",
        "½ ballot",
        "12 ballots",
    ]


def test_lists_are_joined_as_in_a_sentence() -> None:
    assert [listed("a"), listed("ab"), listed("abc")] == ["a", "a and b", "a, b and c"]


def test_nothing_inexact_gets_into_an_account() -> None:
    with pytest.raises(TypeError, match=r"0\.5"):
        plain(0.5)
