"""Counts of real elections against what others found; see README.md of the shared data for its conventions."""

import pytest

from tally import Ballot, Profile, count, irv

Elections = dict[str, tuple[Profile, dict[str, list[list[str]]]]]

EXPECTED = {
    "plurality": "plurality",
    "borda": "borda",
    "schulze": "schulze_winning",
    "copeland": "copeland",
    "minimax": "minimax_winning",
    "ranked_pairs": "ranked_pairs_winning",
}


@pytest.mark.parametrize("method", EXPECTED)
def test_ranks_as_expected(method: str, debian_elections: Elections) -> None:
    assert len(debian_elections) == 6
    for said, expected in debian_elections.values():
        ranking = count(said, [method])[method].ranking
        assert [set(group) for group in ranking] == [set(group) for group in expected[EXPECTED[method]]]


def test_instant_run_off_elects_as_expected_where_ties_on_ballots_are_struck_out(debian_elections: Elections) -> None:
    """The collection's software passes over places with several names; the rest of the method is the same."""
    for said, expected in debian_elections.values():
        single = (Ballot(tuple(g for g in each.groups if len(g) == 1), each.count) for each in said.ballots)
        assert list(irv.count(Profile(said.candidates, tuple(single))).winners) == expected["irv"][0]


def test_instant_run_off_elects_as_expected_but_where_shares_decide(debian_elections: Elections) -> None:
    """Shared equally, tied first places change one of the six: 153 7/12 to 152 7/12 in its first round."""
    other = {key for key, (said, expected) in debian_elections.items() if irv.count(said).winners != tuple(expected["irv"][0])}
    assert other == {"D03"}


def test_burlington_ends_as_the_record_says(burlington: Profile) -> None:
    results = count(burlington)
    last = results["irv"].account[-1]
    assert sorted(last.votes.values()) == [4060, 4313]
    assert last.votes[results["irv"].winners[0]] == 4313
    assert last.exhausted == 607
    assert burlington.total == 8980
    assert max(results["plurality"].scores.values()) == 2951


def test_burlington_passed_over_whoever_beat_everybody_head_to_head(burlington: Profile) -> None:
    results = count(burlington)
    [beats_all] = results["schulze"].winners
    [elected] = results["irv"].winners
    [most_first_places] = results["plurality"].winners
    assert len({beats_all, elected, most_first_places}) == 3
    assert burlington.pairwise[beats_all, elected] == 4064
    assert burlington.pairwise[elected, beats_all] == 3476
    assert burlington.pairwise[beats_all, most_first_places] == 4597
    assert burlington.pairwise[most_first_places, beats_all] == 3664
