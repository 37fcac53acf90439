from hypothesis import given

from tally import Ballot, Profile, copeland
from tests.tally import oracles
from tests.tally.random_profiles import profiles, unhurried


@unhurried
@given(profiles())
def test_gives_wins_minus_losses(said: Profile) -> None:
    votes = oracles.preferring(said)
    result = copeland.count(said)
    for who in said.candidates:
        others = [other for other in said.candidates if other != who]
        wins = sum(votes[who, other] > votes[other, who] for other in others)
        losses = sum(votes[who, other] < votes[other, who] for other in others)
        assert result.scores[who] == wins - losses
    assert sum(result.scores.values()) == 0


def test_tells_the_duels_and_then_the_balance() -> None:
    said = Profile(("a", "b", "c"), (Ballot.of([["a"], ["b"]], 3), Ballot.of([["b"], ["a"]], 3)))
    assert copeland.count(said).sentences() == (
        "a and b draw at 3 each.",
        "a beats c by 6 to 0.",
        "b beats c by 6 to 0.",
        "Wins minus losses: a 1, b 1 and c −2.",
        "The order: 1= a and b; 3 c.",
    )
