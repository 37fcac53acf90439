"""Numbers in a link or an address that nobody else can make: sealed, not hidden, and kept nowhere.

Lower-case letters and digits only, since mail servers may change the case of an address. 128 bits of HMAC-SHA256 under
ADDRESS_KEY over what the token is for and its numbers: a token for one purpose opens nothing else.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Final

from django.conf import settings

_TAG: Final = 16
_LONGEST: Final = 128


def seal(purpose: str, *numbers: int) -> str:
    """A token for these numbers, each at least 0 and below 2**63. The same numbers give the same token."""
    told = b"".join(_packed(number) for number in numbers)
    return base64.b32encode(told + _tag(purpose, told)).decode().rstrip("=").lower()


def unseal(purpose: str, token: str) -> tuple[int, ...] | None:
    """The numbers of a token of ours for this purpose; None for anything else, whatever it is."""
    if len(token) > _LONGEST or not token.isascii():
        return None
    letters = token.upper()
    try:
        raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except binascii.Error:
        return None
    told, tag = raw[:-_TAG], raw[-_TAG:]
    if not hmac.compare_digest(tag, _tag(purpose, told)):
        return None
    return _unpacked(told)


def address_with(kind: str, token: str) -> str:
    """The address under which mail for this door (settings.INBOUND_KINDS) comes in; its local part has at most 64 letters."""
    return f"{kind}+{token}@{settings.MAIL_DOMAIN}"


def _packed(number: int) -> bytes:
    """Its length in a byte, then itself: short numbers make short addresses, and no two rows of numbers look alike."""
    raw = number.to_bytes(8, "big").lstrip(b"\0")
    return bytes([len(raw)]) + raw


def _unpacked(told: bytes) -> tuple[int, ...]:
    numbers = []
    while told:
        length = told[0]
        numbers.append(int.from_bytes(told[1 : 1 + length], "big"))
        told = told[1 + length :]
    return tuple(numbers)


def _tag(purpose: str, told: bytes) -> bytes:
    return hmac.digest(settings.ADDRESS_KEY, b"mail token " + purpose.encode() + b"\0" + told, hashlib.sha256)[:_TAG]
