"""Keeping a post from one practice: a mark that the practice's own members can be compared with, and nobody else. Pure.

A mark is a fresh salt and SHA-256(key of the practice ‖ salt). Two marks of one practice have nothing in common, so that posts
of one practice, often of one person, cannot be put together by them; the key of a practice hangs on PERSONA_KEY. Both halves of
the hash's input have one length, and SQL can make it: the rule of visibility is one condition there.
"""

import hashlib
import hmac
import os
from typing import Final

SALT: Final = 16


def practice_key(key: bytes, code: str) -> bytes:
    """HMAC-SHA256(key, "practice" 0 code), 32 bytes."""
    return hmac.digest(key, b"practice\0" + code.encode(), hashlib.sha256)


def new_mark(key: bytes, code: str) -> bytes:
    """48 bytes, never the same."""
    salt = os.urandom(SALT)
    return salt + hashlib.sha256(practice_key(key, code) + salt).digest()


def is_mark_of(mark: bytes, key: bytes, code: str) -> bool:
    return hmac.compare_digest(hashlib.sha256(practice_key(key, code) + mark[:SALT]).digest(), mark[SALT:])
