from itertools import pairwise

from hypothesis import given

from tally import Ballot, Profile, irv
from tally.elimination import Decided
from tally.rounds import LastRound, Round
from tests.tally import oracles
from tests.tally.random_profiles import profiles, unhurried


def election(candidates: str, **ballots: int) -> Profile:
    """Each keyword is a ballot, its letters from first to last: `ab=3` is a, then b, three times."""
    return Profile(tuple(candidates), tuple(Ballot.of(groups, count) for groups, count in ballots.items()))


@unhurried
@given(profiles())
def test_ranks_as_a_recount_of_every_single_ballot_does(said: Profile) -> None:
    assert [set(group) for group in irv.count(said).ranking] == oracles.irv(said)


@unhurried
@given(profiles())
def test_accounts_for_every_ballot_in_every_round(said: Profile) -> None:
    *rounds, last = irv.count(said).account
    assert isinstance(last, LastRound)
    for now, after in pairwise([*rounds, last]):
        assert isinstance(now, Round)
        assert sum(now.votes.values()) + now.exhausted == said.total
        assert sum(now.passed.values()) + now.newly_exhausted == sum(now.votes[who] for who in now.out)
        assert now.exhausted + now.newly_exhausted == after.exhausted
        assert set(after.votes) == set(now.votes) - set(now.out)
        assert {who: has - now.votes[who] for who, has in after.votes.items() if has > now.votes[who]} == now.passed
    assert sum(last.votes.values()) + last.exhausted == said.total


@unhurried
@given(profiles())
def test_elects_whoever_first_has_a_majority(said: Profile) -> None:
    result = irv.count(said)
    ahead = [each.majority for each in result.account if isinstance(each, Round) and each.majority]
    assert len(ahead) <= 1
    assert not ahead or result.winners == tuple(ahead)


def test_tells_who_goes_out_and_where_the_ballots_go() -> None:
    said = election("abcd", a=40, ba=30, cb=12, c=9, d=1)
    assert irv.count(said).sentences({"a": "Exam", "b": "Portfolio", "c": "Diploma", "d": "Appraisal"}) == (
        "Round 1: Exam 40, Portfolio 30, Diploma 21 and Appraisal 1; 92 ballots are in play, 0 exhausted. "
        "Appraisal has the fewest first places (1) and goes out; of its 1 ballot, 1 is exhausted.",
        "Round 2: Exam 40, Portfolio 30 and Diploma 21; 91 ballots are in play, 1 exhausted. "
        "Diploma has the fewest first places (21) and goes out; "
        "of its 21 ballots, 12 pass to Portfolio and 9 are exhausted.",
        "Round 3, the last: Exam 40 and Portfolio 42; 82 ballots are in play, 10 exhausted. Portfolio wins.",
        "The order: 1 Portfolio; 2 Exam; 3 Diploma; 4 Appraisal.",
    )


def test_goes_on_past_a_majority_to_place_the_others() -> None:
    result = irv.count(election("abc", a=9, b=3, cb=1))
    assert result.account[0].majority == "a"
    assert "a now has more than half of them; the count goes on" in result.sentences()[0]
    assert "of its 1 ballot, 1 passes to b." in result.sentences()[0]
    assert result.ranking == (("a",), ("b",), ("c",))


def test_sends_out_together_those_whose_order_could_change_nothing() -> None:
    result = irv.count(election("abcd", a=9, b=8, ca=2, db=2))
    assert result.account[0].decided is Decided.TOGETHER
    assert result.ranking == (("a",), ("b",), ("c", "d"))
    assert "c and d tie for the fewest first places (2 each), together fewer" in result.sentences()[0]
    assert "of their 4 ballots, 2 pass to a and 2 pass to b." in result.sentences()[0]
    assert not result.tie_broken


def test_ends_at_once_when_all_but_one_go_out_together() -> None:
    result = irv.count(election("abc", a=5, b=2, c=2))
    assert result.ranking == (("a",), ("b", "c"))
    assert len(result.account) == 1


def test_moves_no_ballot_when_nobody_put_them_first() -> None:
    told = irv.count(election("abc", a=5, b=4)).sentences()
    assert "c has the fewest first places (0) and goes out; no ballot changes hands." in told[0]


def test_breaks_a_tie_by_the_latest_earlier_round_that_tells_them_apart() -> None:
    result = irv.count(election("abcd", a=9, b=5, c=4, dc=1))
    assert result.account[1].fewest == ("b", "c")
    assert result.account[1].decided is Decided.EARLIER_ROUND
    assert result.account[1].out == ("c",)
    assert "b and c tie for the fewest first places (5 each); c goes out, having had the fewest" in result.sentences()[1]
    assert result.tie_broken


def test_draws_the_lot_when_no_round_tells_them_apart() -> None:
    said = election("abc", a=3, b=2, c=2)
    result = irv.count(said)
    assert result.account[0].decided is Decided.LOT
    assert result.tie_broken
    assert "the rounds before do not settle it" in result.sentences()[0]
    assert "SHA-256" in result.rule


def test_draws_the_same_lot_in_whatever_order_options_and_ballots_stand() -> None:
    there = irv.count(election("abc", a=3, b=2, c=2))
    back = irv.count(election("cba", c=2, b=2, a=3))
    assert there.ranking == back.ranking


def test_leaves_a_tie_for_the_first_place_as_it_is() -> None:
    result = irv.count(election("abc", a=4, b=4, c=1))
    assert result.winners == ("a", "b")
    assert not result.tie_broken
    assert result.sentences()[-2:] == (
        "Round 2, the last: a 4 and b 4; 8 ballots are in play, 1 exhausted. a and b are level and share the first place.",
        "The order: 1= a and b; 3 c.",
    )


def test_shares_the_first_place_among_all_when_nobody_said_anything() -> None:
    assert irv.count(election("abc")).ranking == (("a", "b", "c"),)


def test_looks_back_from_the_latest_round_and_not_from_the_first() -> None:
    result = irv.count(election("abcde", a=10, b=5, c=6, db=2, ec=1, ea=2))
    first, second, third, _ = result.account
    assert (first.votes["b"], first.votes["c"]) == (5, 6)
    assert (second.votes["b"], second.votes["c"]) == (7, 6)
    assert third.fewest == ("b", "c")
    assert third.decided is Decided.EARLIER_ROUND
    assert third.out == ("c",)
