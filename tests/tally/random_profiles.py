"""Random small profiles: ties, gaps, blank ballots, repeated ballots."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tally import Ballot, Profile

unhurried = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
"""For a machine that is shared: how long an example takes proves nothing here."""

NAMES = ("ash", "birch", "cedar", "dogwood", "elm")


@st.composite
def ballots(draw: st.DrawFn, candidates: tuple[str, ...]) -> Ballot:
    """Give everybody a level or none; equal levels are tied."""
    levels = {who: draw(st.one_of(st.none(), st.integers(0, len(candidates)))) for who in candidates}
    used = sorted({level for level in levels.values() if level is not None})
    groups = [[who for who in candidates if levels[who] == level] for level in used]
    return Ballot.of(groups, draw(st.integers(0, 3)))


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    candidates = NAMES[: draw(st.integers(1, len(NAMES)))]
    return Profile(candidates, tuple(draw(st.lists(ballots(candidates), max_size=8))))
