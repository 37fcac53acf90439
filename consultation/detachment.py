"""Ballots that lead to nobody: what seals them until the close, what seals a draft until it is sent, which facts may go with a
ballot. Pure: bytes and plain values in and out.

A draft is opened by a key that lives in one browser alone; its row is named by that key and by its member together, so that
nothing in the row leads to either, and a second member in the same browser finds nothing. A ballot is sealed under the
consultation's own key until the close. Whatever is sealed is padded, so that its size says little.
"""

import hmac
import json
import os
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from questions.consent import REASON_LONGEST
from questions.definitions import Definition

KEY_BYTES: Final = 32
BATCH: Final = 20
"""After so many submissions all rows are written anew in random order."""
LEAST_CELL: Final = 20
"""So many of those who may answer must share a combination of facts before it goes with a ballot."""
LEAST_TOGETHER: Final = 5
"""So many ballots at least carry the same facts, once they are opened."""
SMALLEST: Final = 2048
MOST: Final = 256 * 1024
"""Bytes of a sealed draft."""
_NONCE: Final = 12
Facts = tuple[str, ...]


class CannotOpenError(Exception):
    """Sealed under another key, for another consultation, or changed since."""


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def room_for(questions: Iterable[Definition]) -> int:
    """Bytes into which any ballot fits, but for one of long texts in a script of three bytes a letter: all are padded to this, so
    that they have one size. A power of two."""
    told = 256  # facts, and what JSON itself takes
    for asked in questions:
        reason = REASON_LONGEST if asked.kind == "consent" else 0
        told += len(asked.key) + 2 * asked.longest + len(json.dumps(dict(asked.settings)))
        told += sum(3 * len(choice.key) + 24 + reason for choice in asked.choices)
    return _room(told, SMALLEST)


def sealed(told: Mapping[str, Any], *, key: bytes, about: str, room: int = SMALLEST) -> bytes:
    """AES-256-GCM over JSON, padded to `room`, or to the next power of two that it fits into: 12 bytes nonce, then the rest.
    `about` says what it is of; it opens for nothing else."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    plain = struct.pack(">I", len(text)) + text
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain.ljust(_room(len(plain), room), b"\0"), about.encode())


def opened(kept: bytes, *, key: bytes, about: str) -> dict[str, Any]:
    """Raises CannotOpenError."""
    try:
        plain = AESGCM(key).decrypt(kept[:_NONCE], kept[_NONCE:], about.encode())
    except InvalidTag as error:
        raise CannotOpenError from error
    (length,) = struct.unpack(">I", plain[:4])
    told: dict[str, Any] = json.loads(plain[4 : 4 + length])
    return told


def draft_name(key: bytes, *, consultation: int, member: int) -> UUID:
    """What the row of a draft is called: to be worked out by nobody who has not both the browser's key and the member."""
    return UUID(bytes=_derived(key, b"name", consultation, member)[:16])


def draft_key(key: bytes, *, consultation: int, member: int) -> bytes:
    return _derived(key, b"seal", consultation, member)


def together(rows: Sequence[Facts], least: int = LEAST_TOGETHER) -> list[Facts]:
    """The facts that stay with each ballot: from left to right only as far as `least` ballots at least share them; what is left
    over is as many at least, too, so that nobody is found by what was left out. Empty: not stated."""
    kept = list(rows)
    if rows:
        _blank_small(kept, list(range(len(rows))), at=0, least=least)
    return kept


def _blank_small(kept: list[Facts], group: list[int], *, at: int, least: int) -> None:
    """`group` are the ballots that share all facts left of `at`."""
    if at == len(kept[group[0]]):
        return
    parts: dict[str, list[int]] = {}
    for index in group:
        parts.setdefault(kept[index][at], []).append(index)
    rest = parts.pop("", [])
    for name in [name for name, part in parts.items() if len(part) < least]:
        rest += parts.pop(name)
    while rest and len(rest) < least and parts:
        rest += parts.pop(min(parts, key=lambda name: (len(parts[name]), name)))
    for index in rest:
        kept[index] = kept[index][:at] + ("",) * (len(kept[index]) - at)
    for part in parts.values():
        _blank_small(kept, part, at=at + 1, least=least)


def _room(length: int, least: int) -> int:
    room = least
    while room < length:
        room *= 2
    return room


def _derived(key: bytes, what: bytes, consultation: int, member: int) -> bytes:
    return hmac.digest(key, b"plenary draft " + what + struct.pack(">qq", consultation, member), "sha256")
