"""The secret in the link of an invitation or a claim: signed, for a time, for one line as it stands. Nothing of it is stored."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.signing import BadSignature, Signer

_SALT: Final = "accounts.claim"


@dataclass(frozen=True, slots=True)
class ClaimLink:
    """What a good link says: which line, and for which address it was made."""

    membership_id: int
    address_key: str

    def is_for(self, email: str) -> bool:
        """The line still has the address to which the link went."""
        return self.address_key == _key(email)


def make_claim_token(membership_id: int, email: str, *, at: datetime, days: int) -> str:
    """Good for `days` from `at`."""
    until = int((at + timedelta(days=days)).timestamp())
    return Signer(salt=_SALT).sign_object({"m": membership_id, "a": _key(email), "u": until})


def read_claim_token(token: str, *, at: datetime) -> ClaimLink | None:
    """None where it was not made here, was changed, or is too old."""
    try:
        told = Signer(salt=_SALT).unsign_object(token)
    except (BadSignature, ValueError):
        return None
    return ClaimLink(told["m"], told["a"]) if told["u"] > at.timestamp() else None


def _key(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()[:16]
