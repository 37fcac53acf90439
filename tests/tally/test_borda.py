from hypothesis import given

from tally import Ballot, Profile, borda
from tests.tally import oracles
from tests.tally.random_profiles import profiles, unhurried


@unhurried
@given(profiles())
def test_gives_the_average_of_the_places_that_a_ballot_leaves_open(said: Profile) -> None:
    result = borda.count(said)
    assert result.scores == oracles.borda(said)
    options = len(said.candidates)
    assert sum(result.scores.values()) == said.total * options * (options + 1) // 2


def test_tells_the_points_and_what_was_shared_or_blank() -> None:
    said = Profile(("a", "b", "c"), (Ballot.of([["a", "b"]]), Ballot.of([["c"], ["a"]], 2), Ballot.of([], 2)))
    assert borda.count(said).sentences() == (
        "Points: a 10½, b 8½ and c 11. 1 ballot puts several first. 2 ballots prefer none to another.",
        "The order: 1 c; 2 a; 3 b.",
    )
