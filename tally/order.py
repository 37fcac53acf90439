"""An order that grows duel by duel and never turns in a circle."""

from collections.abc import Iterable

from tally.duels import Duel


class Order:
    """Who stands above whom so far: closed under transitivity, and never in a circle."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs = set(pairs)

    def allows(self, duel: Duel) -> bool:
        return (duel.behind, duel.ahead) not in self.pairs

    def lock(self, duel: Duel) -> bool:
        """Add what the duel implies, unless the order forbids it; say whether it was added."""
        if not self.allows(duel):
            return False
        uppers = {duel.ahead} | {above for above, below in self.pairs if below == duel.ahead}
        lowers = {duel.behind} | {below for above, below in self.pairs if above == duel.behind}
        self.pairs |= {(upper, lower) for upper in uppers for lower in lowers}
        return True
