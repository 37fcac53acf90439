import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally import Ballot, CandidateTwice, InvalidBallot, NegativeCount, Profile, UnknownCandidate
from tests.tally import oracles
from tests.tally.random_profiles import profiles, unhurried

ABC = ("a", "b", "c")


def profile(*ballots: tuple[list[list[str]], int]) -> Profile:
    return Profile(ABC, tuple(Ballot.of(groups, count) for groups, count in ballots))


def test_refuses_a_candidate_who_does_not_stand() -> None:
    with pytest.raises(UnknownCandidate, match="zebra"):
        profile(([["a"], ["zebra"]], 1))


@pytest.mark.parametrize("groups", [[["a"], ["a"]], [["a", "a"]], [["a", "b"], ["b"]]])
def test_refuses_a_candidate_named_twice_on_a_ballot(groups: list[list[str]]) -> None:
    with pytest.raises(CandidateTwice):
        Ballot.of(groups)


def test_refuses_a_candidate_who_stands_twice() -> None:
    with pytest.raises(CandidateTwice, match="a"):
        Profile(("a", "b", "a"), ())


def test_refuses_to_count_where_nobody_stands() -> None:
    with pytest.raises(InvalidBallot, match="no candidate"):
        Profile((), ())


def test_refuses_a_negative_count() -> None:
    with pytest.raises(NegativeCount, match="-1"):
        Ballot.of([["a"]], -1)


def test_reads_a_skipped_place_as_nothing() -> None:
    assert Ballot.of([["a"], [], ["b"]]) == Ballot.of([["a"], ["b"]])


def test_merges_ballots_that_say_the_same() -> None:
    said = profile(([["a"], ["b", "c"]], 2), ([["a"]], 3), ([["b"]], 0), ([["a", "b", "c"]], 1), ([], 4))
    assert said.ballots == (Ballot.of([], 5), Ballot.of([["a"]], 5))
    assert said.total == 10


def test_is_equal_in_whatever_order_the_ballots_came() -> None:
    there = profile(([["a"]], 1), ([["b"]], 1))
    back = profile(([["b"]], 1), ([["a"]], 1))
    assert there == back
    assert there.digest == back.digest


def test_has_another_digest_when_one_ballot_is_another() -> None:
    assert profile(([["a"]], 1)).digest != profile(([["a"]], 2)).digest


def test_has_the_digest_that_the_documentation_tells_how_to_make() -> None:
    written = json.dumps([["a", "b", "c"], [[[["a"], ["b"]], 2]]])
    assert profile(([["a"], ["b"], ["c"]], 2)).digest == hashlib.sha256(written.encode()).hexdigest()


@unhurried
@given(profiles())
def test_counts_in_each_pair_exactly_those_who_strictly_prefer(said: Profile) -> None:
    assert said.pairwise == oracles.preferring(said)
    for one, other in said.pairwise:
        assert said.pairwise[one, other] + said.pairwise[other, one] <= said.total


@unhurried
@given(profiles(), st.randoms(use_true_random=False))
def test_does_not_see_who_cast_which_ballot(said: Profile, chance: object) -> None:
    one_by_one = [Ballot(ballot.groups) for ballot in said.ballots for _ in range(ballot.count)]
    chance.shuffle(one_by_one)  # type: ignore[attr-defined]
    assert Profile(said.candidates, tuple(one_by_one)) == said
