"""A lot that anybody can draw again, and nobody could foresee before the last ballot was in."""

import hashlib
from collections.abc import Iterable

from tally.ballots import Profile

RULE = (
    "the lot: whoever comes first when options are sorted by the SHA-256 of the digest of all ballots, "
    "a line break and the option's identifier"
)


def drawn(profile: Profile, among: Iterable[str]) -> tuple[str, ...]:
    """Put candidates in the order of the lot; the same ballots, in whatever order, give the same one."""

    def lot(who: str) -> str:
        return hashlib.sha256(f"{profile.digest}\n{who}".encode()).hexdigest()

    return tuple(sorted(among, key=lot))
