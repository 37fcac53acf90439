"""Whose a confidential answer is, by a tag that only the consultation's own key can compute. Pure: bytes in, bytes out.

The key is 32 random bytes, kept encrypted under CONSULTATION_KEY and deleted when the consultation is archived: from then on
nobody can tell by a tag whose an answer was, whatever they hold.
"""

import hashlib
import hmac
import os
import struct
from collections.abc import Mapping, Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
LEAST_CELL: Final = 10
"""So many of those who may answer must share a combination of facts before it is kept with an answer."""
FACTS: Final = ("nation", "list_size", "job", "years")
"""In the order in which they are kept: what a consultation is looked at by first goes last."""
ADDRESS_TAG: Final = b"address "
"""Before an address that a tag is made of."""
_NONCE: Final = 12


class WrongKeyError(Exception):
    """The key was wrapped under another CONSULTATION_KEY, for another consultation, or was changed."""


def tag_of(key: bytes, member: int) -> bytes:
    """HMAC-SHA256(key, member's id as 8 bytes, big-endian): 32 bytes."""
    return hmac.new(key, struct.pack(">q", member), hashlib.sha256).digest()


def tag_of_address(key: bytes, email: str) -> bytes:
    """The same of an address, of somebody who is no member; no member's tag is ever one, since 8 bytes are no address."""
    return hmac.new(key, ADDRESS_TAG + email.encode(), hashlib.sha256).digest()


def pads(key: bytes) -> tuple[bytes, bytes]:
    """(outer, inner), 64 bytes each, by which RFC 2104 makes a tag of SHA-256 alone: SHA-256(outer ‖ SHA-256(inner ‖ member)).
    Whoever has them can compute tags, as with the key."""
    whole = key.ljust(64, b"\0")
    return bytes(byte ^ 0x5C for byte in whole), bytes(byte ^ 0x36 for byte in whole)


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def wrapped(key: bytes, *, under: bytes, consultation: int) -> bytes:
    """AES-256-GCM, bound to its consultation: 12 bytes nonce, then 48."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(under).encrypt(nonce, key, _about(consultation))


def unwrapped(told: bytes, *, under: bytes, consultation: int) -> bytes:
    """Raises WrongKeyError."""
    try:
        return AESGCM(under).decrypt(told[:_NONCE], told[_NONCE:], _about(consultation))
    except InvalidTag as error:
        raise WrongKeyError from error


def sealed(data: bytes, *, key: bytes, consultation: int) -> bytes:
    """What an answer came as, under the consultation's own key: nobody reads it again once that is deleted."""
    return wrapped(data, under=_for_sources(key), consultation=consultation)


def unsealed(told: bytes, *, key: bytes, consultation: int) -> bytes:
    """The other way. Raises WrongKeyError."""
    return unwrapped(told, under=_for_sources(key), consultation=consultation)


def _for_sources(key: bytes) -> bytes:
    return hmac.new(key, b"what answers came as", hashlib.sha256).digest()


def facts_kept(facts: Mapping[str, str], cells: Sequence[int], *, least: int = LEAST_CELL) -> dict[str, str]:
    """Of `facts` those that are kept with a confidential answer. `cells[i]` is how many of those who may answer share the first
    i + 1 stated facts of `FACTS`; from the first that fewer than `least` share, none is kept: the rest are “not stated”."""
    stated = [name for name in FACTS if facts.get(name)]
    kept: dict[str, str] = {}
    for name, cell in zip(stated, cells, strict=True):
        if cell < least:
            break
        kept[name] = facts[name]
    return {name: kept.get(name, "") for name in FACTS}


def _about(consultation: int) -> bytes:
    return b"plenary consultation key" + struct.pack(">q", consultation)
