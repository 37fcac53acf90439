from fractions import Fraction

from hypothesis import given

from tally import Ballot, Profile, plurality
from tests.tally import oracles
from tests.tally.random_profiles import profiles, unhurried


@unhurried
@given(profiles())
def test_gives_each_ballot_once_in_equal_shares(said: Profile) -> None:
    votes = dict.fromkeys(said.candidates, Fraction())
    for paper in oracles.papers(said):
        for who in (first := oracles.highest(paper, set(said.candidates))):
            votes[who] += Fraction(1, len(first))
    result = plurality.count(said)
    assert result.scores == votes
    assert sum(result.scores.values()) + result.account[0].blank == said.total


def test_tells_shared_and_blank_ballots() -> None:
    said = Profile(("a", "b"), (Ballot.of([["a"]], 1200), Ballot.of([], 1)))
    assert plurality.count(said).sentences({"a": "Exam", "b": "Portfolio"}) == (
        "First places: Exam 1,200 and Portfolio 0. 1 ballot prefers none to another.",
        "The order: 1 Exam; 2 Portfolio.",
    )
    shared = Profile(("a", "b", "c"), (Ballot.of([["a", "b"]], 3),))
    assert plurality.count(shared).sentences() == (
        "First places: a 1½, b 1½ and c 0. 3 ballots put several first.",
        "The order: 1= a and b; 3 c.",
    )
