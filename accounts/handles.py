"""Names: a handle for addresses and mentions, and a key to sort by."""

import hashlib
import hmac
import unicodedata

from django.utils.text import slugify


def sort_key(name: str) -> str:
    """A name's place in a list: accents and case dropped, at most 80 characters. The same everywhere, whatever the locale."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold().strip()[:80]


def handle_base(name: str) -> str:
    """The handle a name would like to have: lower-case letters, digits and hyphens, 1 to 40 characters."""
    return slugify(name).replace("_", "-")[:40].strip("-") or "member"


def erased_key(claim_key: str, *, key: bytes) -> str:
    """In place of the claim key of an author who has had it erased: found again when their archive is imported once more, and
    cannot be turned back without `key`."""
    return f"erased:{hmac.digest(key, claim_key.encode(), hashlib.sha256).hex()}"
