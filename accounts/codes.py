"""Codes to sign in by. What is kept (in the session, in the outbox's row) is a ticket; only the server's key makes the code of
it, and only twice: when the mail is handed over and when the code comes back. Whoever reads the database reads no code."""

import secrets
from typing import Final

from django.utils.crypto import salted_hmac

_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"  # RFC 8628, 6.1: no vowels, so no words
_LENGTH: Final = 8


def new_ticket() -> str:
    """128 random bits."""
    return secrets.token_urlsafe(16)


def code_for(ticket: str) -> str:
    """The code of a ticket, as `BCDF-GHJK`: one of 25 thousand million, against three tries. One ticket, one code."""
    number = int.from_bytes(salted_hmac("accounts.codes", ticket, algorithm="sha256").digest(), "big")
    letters = []
    for _ in range(_LENGTH):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(letters[:4]) + "-" + "".join(letters[4:])
