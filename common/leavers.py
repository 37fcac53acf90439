"""Somebody whose account is erased, as the rooms are told of them (settings.ACCOUNT_ERASED)."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

NOBODY: Final = "a former member"
"""What stands where their name stood in somebody else's words."""
_SHORTEST: Final = 4
"""A name of fewer letters is looked for as it is written only."""


@dataclass(frozen=True)
class Leaver:
    """`accounts`: ids of the account and of imported ones that proved to be theirs, the account first. `proven` addresses are
    theirs for certain; `named` ones were given as theirs. Lower case."""

    accounts: tuple[int, ...]
    proven: tuple[str, ...]
    named: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def account(self) -> int:
        return self.accounts[0]

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.proven, *self.named)))

    @property
    def words(self) -> tuple[str, ...]:
        """What says who they are, wherever it stands: longest first."""
        return tuple(sorted({*self.addresses, *self.handles, *self.names}, key=lambda word: (-len(word), word)))

    def without(self, text: str) -> str:
        """The text, with `NOBODY` where it says who they are."""
        return self._pattern.sub(NOBODY, text)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        told = [re.escape(word) if len(word) >= _SHORTEST else f"(?-i:{re.escape(word)})" for word in self.words]
        return re.compile(rf"(?<![\w@.-])@?(?:{'|'.join(told)})(?![\w@]|-\w)", re.IGNORECASE)
