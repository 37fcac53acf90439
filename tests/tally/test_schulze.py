from itertools import pairwise, permutations

from hypothesis import given

from tally import Ballot, Profile, schulze
from tests.tally import oracles
from tests.tally.random_profiles import profiles, unhurried


@unhurried
@given(profiles())
def test_finds_the_strongest_of_all_chains(said: Profile) -> None:
    for pair, chain in schulze.strongest_chains(said).items():
        assert chain.strength == oracles.strongest_chain(said, *pair)
        links = list(pairwise(chain.route))
        assert chain.strength == min((said.pairwise[link] for link in links), default=0)
        assert all(said.pairwise[link] > said.pairwise[link[::-1]] for link in links)
        assert not chain.route or (chain.route[0], chain.route[-1]) == pair


@unhurried
@given(profiles())
def test_puts_first_exactly_those_whom_nobody_stands_above(said: Profile) -> None:
    strength = {pair: oracles.strongest_chain(said, *pair) for pair in permutations(said.candidates, 2)}
    unbeaten = tuple(
        who
        for who in said.candidates
        if all(strength[who, other] >= strength[other, who] for other in said.candidates if other != who)
    )
    assert schulze.count(said).winners == unbeaten


@unhurried
@given(profiles())
def test_never_ranks_anybody_above_one_who_stands_above_them(said: Profile) -> None:
    result = schulze.count(said)
    place = {who: number for number, group in enumerate(result.ranking) for who in group}
    for one, other in permutations(said.candidates, 2):
        if oracles.strongest_chain(said, one, other) > oracles.strongest_chain(said, other, one):
            assert place[one] < place[other]


@unhurried
@given(profiles())
def test_elects_alone_whoever_beats_all_others(said: Profile) -> None:
    for who in said.candidates:
        others = [other for other in said.candidates if other != who]
        if all(said.pairwise[who, other] > said.pairwise[other, who] for other in others):
            assert schulze.count(said).winners == (who,)


def test_tells_each_duel_and_each_chain() -> None:
    circle = Profile(
        ("a", "b", "c", "d"),
        (Ballot.of([["a"], ["b"]], 5), Ballot.of([["b"], ["c"]], 4), Ballot.of([["c"], ["a"]], 3)),
    )
    told = schulze.count(circle).sentences()
    assert told[0] == "a beats b by 8 to 4."
    assert told[1] == "c beats a by 7 to 5."
    assert told[2] == "a beats d by 8 to 0; 4 ballots without a preference."
    assert told[6] == "a stands above b: strongest chain a → b (8), strongest back b → c → a (7)."
    assert told[8] == "a stands above d: strongest chain a → d (8), strongest back none."
    assert told[-1] == "The order: 1 a; 2 b; 3 c; 4 d."


def test_leaves_two_level_whom_nothing_separates() -> None:
    even = Profile(("a", "b"), (Ballot.of([["a"]], 2), Ballot.of([["b"]], 2)))
    assert schulze.count(even).sentences() == (
        "a and b draw at 2 each.",
        "a is level with b: strongest chain none, strongest back none.",
        "The order: 1= a and b.",
    )


def test_finds_a_chain_whose_middle_is_found_late() -> None:
    said = Profile(tuple("abcd"), (Ballot.of("acd", 2), Ballot.of("bac", 1), Ballot.of("dba", 2)))
    chain = schulze.strongest_chains(said)["c", "a"]
    assert chain.route == ("c", "d", "b", "a")
    assert chain.strength == oracles.strongest_chain(said, "c", "a") == 3
