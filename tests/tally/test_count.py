import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally import METHODS, Ballot, Profile, UnknownMethod, count
from tests.tally.random_profiles import NAMES, profiles, unhurried


def renamed(said: Profile, names: dict[str, str]) -> Profile:
    ballots = (Ballot.of([[names[who] for who in group] for group in each.groups], each.count) for each in said.ballots)
    return Profile(tuple(names[who] for who in said.candidates), tuple(ballots))


def test_counts_by_every_method_unless_told_which() -> None:
    said = Profile(("a", "b"), (Ballot.of([["a"]]),))
    assert list(count(said)) == list(METHODS)
    assert list(count(said, methods=["schulze", "irv"])) == ["schulze", "irv"]


def test_refuses_a_method_it_does_not_know() -> None:
    with pytest.raises(UnknownMethod, match="astrology"):
        count(Profile(("a",), ()), methods=["irv", "astrology"])


@unhurried
@given(profiles())
def test_ranks_everybody_once_and_gives_everybody_a_score(said: Profile) -> None:
    for method, result in count(said).items():
        assert result.method == method
        assert sorted(who for group in result.ranking for who in group) == sorted(said.candidates)
        assert set(result.scores) == set(said.candidates)


@unhurried
@given(profiles(), st.permutations(NAMES))
def test_follows_the_candidates_when_they_are_renamed(said: Profile, shuffled: list[str]) -> None:
    names = dict(zip(NAMES, shuffled, strict=True))
    for method, result in count(said).items():
        again = count(renamed(said, names), [method])[method]
        if not result.tie_broken:
            assert [set(group) for group in again.ranking] == [{names[who] for who in group} for group in result.ranking]
            assert again.scores == {names[who]: score for who, score in result.scores.items()}
        assert again.tie_broken == result.tie_broken or method in {"irv", "ranked_pairs"}


@unhurried
@given(profiles())
def test_leaves_tied_any_two_who_can_change_places_unnoticed(said: Profile) -> None:
    first, *others = said.candidates
    for other in others:
        swap = {who: who for who in said.candidates} | {first: other, other: first}
        if set(renamed(said, swap).ballots) == set(said.ballots):
            for result in count(said).values():
                groups = [group for group in result.ranking if first in group or other in group]
                assert len(groups) == 1 or result.tie_broken


@unhurried
@given(profiles())
def test_gives_what_json_can_hold_without_loss(said: Profile) -> None:
    for result in count(said).values():
        plain = result.as_dict()
        assert json.loads(json.dumps(plain)) == plain
        assert plain["winners"] == list(result.winners)
        assert [step["kind"] for step in plain["account"]] == [type(step).__name__ for step in result.account]


def test_writes_fractions_exactly() -> None:
    said = Profile(("a", "b", "c"), (Ballot.of([["a", "b"]]), Ballot.of([["a"]])))
    assert count(said, ["plurality"])["plurality"].as_dict()["scores"] == {"a": "3/2", "b": "1/2", "c": 0}
