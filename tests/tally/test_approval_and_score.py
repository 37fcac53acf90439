from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally import InvalidBallot, NegativeCount, UnknownCandidate, count_approvals, count_scores
from tests.tally import oracles
from tests.tally.random_profiles import NAMES, unhurried

sets = st.lists(st.frozensets(st.sampled_from(NAMES)), max_size=12)
scored = st.lists(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 5)), max_size=12)


@unhurried
@given(sets)
def test_approvals_are_who_is_named_however_many_beside(cast) -> None:
    result = count_approvals(NAMES, Counter(cast))
    expected = oracles.approvals(NAMES, cast)
    assert result.scores == expected
    assert [who for group in result.ranking for who in group] == sorted(NAMES, key=lambda who: (-expected[who], NAMES.index(who)))
    assert all(len({expected[who] for who in group}) == 1 for group in result.ranking)


@unhurried
@given(scored)
def test_points_are_added_up_and_what_is_not_scored_adds_nothing(cast) -> None:
    result = count_scores(NAMES, [(ballot, 1) for ballot in cast], most=5)
    expected = oracles.points(NAMES, cast)
    assert result.scores == expected
    assert set(result.winners) == {who for who in NAMES if expected[who] == max(expected.values())}


def test_both_tell_their_account() -> None:
    approved = count_approvals(("a", "b"), {frozenset("ab"): 2, frozenset("b"): 1, frozenset(): 3})
    assert approved.sentences() == ("Approvals: a 2 and b 3. 5 ballots prefer none to another.", "The order: 1 b; 2 a.")
    points = count_scores(("a", "b"), [({"a": 5}, 2), ({"a": 3, "b": 3}, 1)], most=5)
    assert points.sentences() == ("Points: a 13 and b 3. 1 ballot prefers none to another.", "The order: 1 a; 2 b.")
    assert points.as_dict()["winners"] == ["a"]


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(UnknownCandidate):
        count_approvals(("a",), {frozenset("b"): 1})
    with pytest.raises(UnknownCandidate):
        count_scores(("a",), [({"b": 1}, 1)], most=5)
    with pytest.raises(InvalidBallot, match="from 0 to 5"):
        count_scores(("a",), [({"a": 6}, 1)], most=5)
    for refused in (lambda: count_approvals(("a",), {frozenset(): -1}), lambda: count_scores(("a",), [({}, -1)], most=5)):
        with pytest.raises(NegativeCount):
            refused()
    for nobody in (lambda: count_approvals((), {}), lambda: count_scores((), [], most=5)):
        with pytest.raises(InvalidBallot, match="no candidate"):
            nobody()
