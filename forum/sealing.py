"""A secret that any two officers together can open, and none alone. Pure: bytes in, bytes out.

An officer holds an X25519 key pair, its private half encrypted under a passphrase (scrypt, ChaCha20-Poly1305). What is sealed is
encrypted with a fresh key; the key is shared two-of-n (Shamir over GF(256)), and each share is boxed to one officer's public key.

Two holders let a third in later without opening anything: a point of the line is a sum of what each of them can compute from
their own share alone. Each adds the same random bytes, which the first boxes to the second, and boxes the result to the third:
the third reads the sum and neither share, and the two read nothing of each other's.
"""

import hashlib
import json
import os
import struct
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

PASSPHRASE_MIN: Final = 12
_WORK: Final = 2**15  # 32 MiB and a tenth of a second for each guess at a passphrase
_SALT, _NONCE, _KEY = 16, 12, 32
_BLIND, _PART = b"blind", b"part"


class WrongPassphraseError(Exception):
    """The passphrase does not open this key."""


class CannotOpenError(Exception):
    """These are not two shares of this secret, or it was changed."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An officer's, as it is stored: nothing here is secret without the passphrase."""

    public: bytes
    locked_private: bytes


@dataclass(frozen=True, slots=True)
class Share:
    """One officer's part: a point of the line whose value at 0 is the key. Alone it says nothing at all."""

    place: int
    value: bytes

    def packed(self) -> bytes:
        return bytes([self.place]) + self.value

    @staticmethod
    def unpacked(data: bytes) -> "Share":
        if len(data) != 1 + _KEY:
            raise CannotOpenError("no share")
        return Share(data[0], data[1:])


def new_key_pair(passphrase: str) -> KeyPair:
    private = X25519PrivateKey.generate()
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    locked = ChaCha20Poly1305(_stretched(passphrase, salt)).encrypt(nonce, private.private_bytes_raw(), b"plenary officer key")
    return KeyPair(private.public_key().public_bytes_raw(), salt + nonce + locked)


def unlocked(locked_private: bytes, passphrase: str) -> X25519PrivateKey:
    """The private half. Raises WrongPassphraseError."""
    salt, nonce, locked = locked_private[:_SALT], locked_private[_SALT : _SALT + _NONCE], locked_private[_SALT + _NONCE :]
    try:
        raw = ChaCha20Poly1305(_stretched(passphrase, salt)).decrypt(nonce, locked, b"plenary officer key")
    except InvalidTag as error:
        raise WrongPassphraseError from error
    return X25519PrivateKey.from_private_bytes(raw)


def seal(number: int, *, publics: Mapping[int, bytes], about: bytes) -> bytes:
    """`number` sealed so that any two of the holders of `publics` (by id) open it. `about` is bound to it: under another one it
    does not open. Its length hangs on how many there are, never on the number. Raises ValueError for fewer than two."""
    if len(publics) < 2:
        raise ValueError("it takes two to open, so two to seal to")
    key, nonce = os.urandom(_KEY), os.urandom(_NONCE)
    shares = split(key, len(publics))
    told = {
        "to": {
            str(holder): boxed(share.packed(), public, about=about).hex()
            for (holder, public), share in zip(sorted(publics.items()), shares, strict=True)
        },
        "nonce": nonce.hex(),
        "sealed": ChaCha20Poly1305(key).encrypt(nonce, struct.pack(">q", number), about).hex(),
    }
    return json.dumps(told, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Handed:
    """The first holder's half of letting somebody in, for one second holder. Both are boxes: `blind` to the second, `part` to
    the one who is let in."""

    blind: bytes
    part: bytes


def places_of(sealed: bytes) -> dict[int, int]:
    """The place of each holder's share, also of holders who are so no more: no secret. Seals of before nobody was let in later
    have them in the order of the ids."""
    told = _read(sealed)
    kept: dict[str, int] | None = told.get("places")
    if kept is not None:
        return {int(holder): place for holder, place in kept.items()}
    return {holder: place for place, holder in enumerate(sorted(map(int, told["to"])), start=1)}


def hand_over(mine: Share, *, second: int, second_public: bytes, place: int, new_public: bytes, about: bytes) -> Handed:
    """What the first of two holders leaves for the second, whose share has the place `second`, so that the holder of another key
    gets the share of `place`."""
    blind = os.urandom(_KEY)
    part = Share(place, _xor(_weighed(mine, second, place), blind))
    return Handed(
        boxed(blind, second_public, about=about + _BLIND),
        boxed(part.packed(), new_public, about=about + _PART),
    )


def let_in(
    sealed: bytes,
    handed: Handed,
    mine: Share,
    private: X25519PrivateKey,
    *,
    first: int,
    place: int,
    new: int,
    new_public: bytes,
    about: bytes,
) -> bytes:
    """The seal, sealed to the holder `new` as well: by the second of two holders, where the share of the first has the place
    `first`. What is sealed is not opened. Raises CannotOpenError, and ValueError for a place that is taken."""
    told, places = _read(sealed), places_of(sealed)
    if place in places.values():
        raise ValueError("this place is taken")
    blind = unboxed(handed.blind, private, about=about + _BLIND)
    part = Share(place, _xor(_weighed(mine, first, place), blind))
    told["to"][str(new)] = [handed.part.hex(), boxed(part.packed(), new_public, about=about + _PART).hex()]
    told["places"] = {str(holder): kept for holder, kept in {**places, new: place}.items()}
    return json.dumps(told, separators=(",", ":")).encode()


def without(sealed: bytes, holders: Collection[int]) -> bytes:
    """The seal, no longer sealed to these. Their places stay taken. Raises ValueError where fewer than two would be left."""
    told, places = _read(sealed), places_of(sealed)
    told["to"] = {holder: box for holder, box in told["to"].items() if int(holder) not in holders}
    if len(told["to"]) < 2:
        raise ValueError("nobody could open it any more")
    told["places"] = {str(holder): place for holder, place in places.items()}
    return json.dumps(told, separators=(",", ":")).encode()


def holders_of(sealed: bytes) -> frozenset[int]:
    """The ids of those to whom it is sealed."""
    return frozenset(int(holder) for holder in _read(sealed)["to"])


def share_of(sealed: bytes, holder: int, private: X25519PrivateKey, *, about: bytes) -> Share:
    """One holder's share. Raises CannotOpenError."""
    box = _read(sealed)["to"].get(str(holder))
    if box is None:
        raise CannotOpenError("not sealed to this key")
    if isinstance(box, str):
        return Share.unpacked(unboxed(bytes.fromhex(box), private, about=about))
    one, other = (Share.unpacked(unboxed(bytes.fromhex(part), private, about=about + _PART)) for part in box)
    if one.place != other.place:
        raise CannotOpenError("two halves of different shares")
    return Share(one.place, _xor(one.value, other.value))


def opened(sealed: bytes, first: Share, second: Share, *, about: bytes) -> int:
    """The number. Raises CannotOpenError."""
    told = _read(sealed)
    try:
        raw = ChaCha20Poly1305(joined(first, second)).decrypt(bytes.fromhex(told["nonce"]), bytes.fromhex(told["sealed"]), about)
    except InvalidTag as error:
        raise CannotOpenError("not two shares of this") from error
    (number,) = struct.unpack(">q", raw)
    return int(number)


def boxed(data: bytes, public: bytes, *, about: bytes) -> bytes:
    """For the holder of one key alone: a fresh X25519 key, its public half before the text."""
    fresh = X25519PrivateKey.generate()
    ours = fresh.public_key().public_bytes_raw()
    key = _agreed(fresh.exchange(X25519PublicKey.from_public_bytes(public)), ours + public)
    return ours + ChaCha20Poly1305(key).encrypt(bytes(_NONCE), data, about)  # the key is used once: the nonce may be fixed


def unboxed(box: bytes, private: X25519PrivateKey, *, about: bytes) -> bytes:
    """Raises CannotOpenError."""
    ours, text = box[:_KEY], box[_KEY:]
    try:
        agreed = private.exchange(X25519PublicKey.from_public_bytes(ours))
        key = _agreed(agreed, ours + private.public_key().public_bytes_raw())
        return ChaCha20Poly1305(key).decrypt(bytes(_NONCE), text, about)
    except (InvalidTag, ValueError) as error:
        raise CannotOpenError("not boxed to this key") from error


def split(secret: bytes, number: int) -> list[Share]:
    """Shares 1 to `number`, at most 255, of which any two give the secret: byte by byte a line through it with a random slope."""
    slope = os.urandom(len(secret))
    return [
        Share(place, bytes(byte ^ _times(place, by) for byte, by in zip(secret, slope, strict=True)))
        for place in range(1, number + 1)
    ]


def joined(first: Share, second: Share) -> bytes:
    """Where the line through two points meets 0. Raises CannotOpenError for one point."""
    if first.place == second.place:
        raise CannotOpenError("twice the same share")
    over = _inverse(first.place ^ second.place)
    one, other = _times(second.place, over), _times(first.place, over)
    return bytes(_times(one, a) ^ _times(other, b) for a, b in zip(first.value, second.value, strict=True))


def _weighed(mine: Share, other_place: int, place: int) -> bytes:
    """What one of two points of a line adds to its value at `place`."""
    weight = _times(place ^ other_place, _inverse(mine.place ^ other_place))
    return bytes(_times(weight, byte) for byte in mine.value)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _times(a: int, b: int) -> int:
    """In GF(256), modulo x⁸ + x⁴ + x³ + x + 1."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def _inverse(a: int) -> int:
    """a²⁵⁴."""
    power, result = a, 1
    for bit in range(8):
        if 254 >> bit & 1:
            result = _times(result, power)
        power = _times(power, power)
    return result


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=_KEY, n=_WORK, r=8, p=1).derive(passphrase.encode())


def _agreed(exchanged: bytes, publics: bytes) -> bytes:
    salt = hashlib.sha256(publics).digest()
    return HKDF(algorithm=SHA256(), length=_KEY, salt=salt, info=b"plenary officer box").derive(exchanged)


def _read(sealed: bytes) -> dict[str, Any]:
    """`to`: by holder the box of their share, or the two boxes of its halves; `nonce`, `sealed`: text. All in hex. `places`: of
    the shares, once somebody was let in or left."""
    try:
        told: dict[str, Any] = json.loads(sealed)
    except ValueError as error:
        raise CannotOpenError("not a sealed thing") from error
    return told
