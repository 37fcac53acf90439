"""Accounts for the authors of an archive: nobody can sign in to one until its owner claims it."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from accounts.actions.authorship import authors_found
from accounts.actions.people import create_claimable_accounts
from accounts.models import User

_KEY_MAX: Final = 200
_GONE: Final = "Somebody who left"


class People:
    """Finds or makes the account of each author of one forum. Every statement is for all names asked at once."""

    def __init__(self, host: str, at: datetime) -> None:
        self._host = host
        self._at = at
        self._known: dict[str, int] = {}

    def accounts(self, names: Iterable[str]) -> dict[str, int]:
        """The account's id for each name. Names differ only in case: one account."""
        keys = {name: claim_key(self._host, name) for name in names}
        asked = set(keys.values()) - self._known.keys()
        if asked:
            self._known |= dict(User.objects.filter(claim_key__in=asked).values_list("claim_key", "pk"))
            self._known |= authors_found(asked)
        missing = {key: _shown(name) for name, key in keys.items() if key not in self._known}
        if missing:
            self._known |= create_claimable_accounts(missing, at=self._at)
        return {name: self._known[key] for name, key in keys.items()}

    def forget(self) -> None:
        """After a topic was rolled back: its new accounts went with it."""
        self._known.clear()


def _shown(name: str) -> str:
    shown = " ".join(name.split())[:60]
    return _GONE if not shown or shown.startswith("#") else shown


def claim_key(host: str, name: str) -> str:
    """By which an author's account is found again, and claimed: `discourse:<host>:<username in lower case>`."""
    key = f"discourse:{host}:{name.lower()}"
    return key if len(key) <= _KEY_MAX else f"{key[:130]}~{hashlib.sha256(key.encode()).hexdigest()}"
