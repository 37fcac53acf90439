from hypothesis import given

from tally import Ballot, Profile, minimax
from tests.tally import oracles
from tests.tally.random_profiles import profiles, unhurried


@unhurried
@given(profiles())
def test_ranks_by_the_most_votes_that_beat_a_candidate(said: Profile) -> None:
    votes = oracles.preferring(said)
    worst = {
        who: max((votes[pair] for pair in votes if pair[1] == who and votes[pair] > votes[pair[::-1]]), default=0)
        for who in said.candidates
    }
    result = minimax.count(said)
    assert result.scores == worst
    assert [worst[who] for group in result.ranking for who in group] == sorted(worst.values())
    assert all(len({worst[who] for who in group}) == 1 for group in result.ranking)


def test_tells_everybodys_worst_defeat() -> None:
    said = Profile(("a", "b", "c"), (Ballot.of([["a"], ["b"]], 3), Ballot.of([["b"], ["a"]], 1)))
    assert minimax.count(said).sentences()[3:] == (
        "a is never beaten.",
        "b loses at worst to a, with 3 votes.",
        "c loses at worst to a and b, with 4 votes.",
        "The order: 1 a; 2 b; 3 c.",
    )
