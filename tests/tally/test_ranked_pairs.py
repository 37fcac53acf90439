from hypothesis import given

from tally import Ballot, Profile, lots, minimax, ranked_pairs, schulze
from tally.ranked_pairs import Lock
from tests.tally import oracles
from tests.tally.random_profiles import profiles, unhurried


def locked(said: Profile) -> set[tuple[str, str]]:
    account = ranked_pairs.count(said).account
    return {(step.winner, step.loser) for step in account if isinstance(step, Lock) and step.locked}


@unhurried
@given(profiles())
def test_locks_what_a_plain_search_for_circles_allows(said: Profile) -> None:
    lot = lots.drawn(said, said.candidates)
    assert locked(said) == oracles.locked_pairs(said, lot)


@unhurried
@given(profiles())
def test_needs_no_lot_where_it_says_that_none_was_drawn(said: Profile) -> None:
    if not ranked_pairs.count(said).tie_broken:
        assert locked(said) == oracles.locked_pairs(said, said.candidates)
        assert locked(said) == oracles.locked_pairs(said, said.candidates[::-1])


@unhurried
@given(profiles())
def test_never_ranks_anybody_above_one_to_whom_a_locked_duel_leads(said: Profile) -> None:
    result = ranked_pairs.count(said)
    place = {who: number for number, group in enumerate(result.ranking) for who in group}
    assert all(place[winner] < place[loser] for winner, loser in locked(said))


def test_passes_over_the_weakest_duel_of_a_circle() -> None:
    circle = Profile(
        ("a", "b", "c"),
        (Ballot.of([["a"], ["b"]], 5), Ballot.of([["b"], ["c"]], 4), Ballot.of([["c"], ["a"]], 3)),
    )
    assert ranked_pairs.count(circle).sentences()[3:] == (
        "b over c (9 to 3) is locked in.",
        "a over b (8 to 4) is locked in.",
        "c over a (7 to 5) is passed over, for it would close a circle.",
        "The order: 1 a; 2 b; 3 c.",
    )


def test_draws_the_lot_in_a_circle_of_equals() -> None:
    circle = Profile(("a", "b", "c"), tuple(Ballot.of(groups) for groups in ("abc", "bca", "cab")))
    result = ranked_pairs.count(circle)
    assert result.tie_broken
    assert len(result.winners) == 1
    assert ", its turn drawn by lot, is locked in." in result.sentences()[3]
    assert ", its turn drawn by lot, is passed over" in result.sentences()[5]


def test_needs_no_lot_among_equals_that_agree() -> None:
    said = Profile(("a", "b", "c"), (Ballot.of("abc", 4),))
    result = ranked_pairs.count(said)
    assert not result.tie_broken
    assert result.ranking == (("a",), ("b",), ("c",))


def test_goes_by_winning_votes_and_not_by_margins() -> None:
    """The votes of the winner are 9, 7 and 6, the margins 2, 1 and 3: another duel is the weakest."""
    said = Profile(("a", "b", "c"), (Ballot.of("a", 3), Ballot.of("b", 7), Ballot.of(["c", "a"], 6)))
    assert ranked_pairs.count(said).ranking == (("a",), ("b",), ("c",))
    assert schulze.count(said).ranking == (("a",), ("b",), ("c",))
    assert minimax.count(said).ranking == (("a",), ("c",), ("b",))


def test_says_that_a_turn_was_drawn_only_where_it_could_matter() -> None:
    locks = [step for step in ranked_pairs.count(Profile(("a", "b"), (Ballot.of("a"),))).account if isinstance(step, Lock)]
    assert [(lock.locked, lock.by_lot) for lock in locks] == [(True, False)]
