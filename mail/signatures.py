"""DKIM signatures (RFC 6376, RFC 8301), for those whose relay makes none: rsa-sha256, or ed25519-sha256 (RFC 8463) where the key
is of that kind. Pure.

The domain is that of From, so that DMARC's alignment holds. There is no `t=`: the same message gets the same signature, and a
second attempt is the same bytes. From is signed once more than it is there, so that nobody adds another.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

COVERED: Final = (
    "from", "to", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type",
    "auto-submitted", "precedence", "list-id", "list-unsubscribe", "list-unsubscribe-post", "list-archive", "feedback-id",
)  # fmt: skip
"""What is signed where it is there: RFC 8058 wants both List-Unsubscribe headers, Gmail wants Feedback-ID."""
LEAST_BITS: Final = 1024
_WIDE: Final = re.compile(rb"[ \t]+")
_AT_THE_END: Final = re.compile(rb"[ \t]+\r\n")
_FOLD: Final = re.compile(rb"\r\n(?=[ \t])")
_DOMAIN: Final = re.compile(r"@([A-Za-z0-9.-]+)")


class NoSuchKey(ValueError):
    """The file holds no key that can sign mail."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and its selector: the public half stands in DNS as `<selector>._domainkey.<domain of From>`."""

    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey

    @property
    def algorithm(self) -> str:
        return "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"

    def signed(self, message: bytes) -> bytes:
        """The message with its signature before it. `message`: RFC 5322 bytes with CRLF, before any dot is doubled."""
        head, _, body = message.partition(b"\r\n\r\n")
        headers = headers_of(head)
        there = [name for name in COVERED if any(each == name for each, _ in headers)]
        names = [*there, "from"]
        sender = next(value for name, value in headers if name == "from").decode("ascii", "replace")
        domain = _DOMAIN.findall(sender)[-1].lower()
        stamp = (
            f"DKIM-Signature: v=1; a={self.algorithm}; c=relaxed/relaxed; d={domain};\r\n s={self.selector}; q=dns/txt;\r\n"
            f" h={':'.join(names[:9])}\r\n :{':'.join(names[9:]) or 'from'};\r\n"
            f" bh={base64.b64encode(hashlib.sha256(relaxed_body(body)).digest()).decode()};\r\n b="
        ).encode()
        told = hashed_headers(headers, names, stamp)
        signature = base64.b64encode(self._sign(told))
        return stamp + b"\r\n ".join(signature[at : at + 72] for at in range(0, len(signature), 72)) + b"\r\n" + message

    def _sign(self, told: bytes) -> bytes:
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(told, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(hashlib.sha256(told).digest())


@lru_cache(4)
def signer(selector: str, path: str) -> Signer:
    """The key of a PEM file, read once. Raises NoSuchKey, OSError."""
    try:
        key = load_pem_private_key(Path(path).read_bytes(), None)
    except (ValueError, TypeError) as problem:
        raise NoSuchKey(f"{path} holds no private key in PEM without a password") from problem
    if isinstance(key, Ed25519PrivateKey) or (isinstance(key, RSAPrivateKey) and key.key_size >= LEAST_BITS):
        return Signer(selector, key)
    raise NoSuchKey(f"{path} holds neither an RSA key of {LEAST_BITS} bits or more nor an Ed25519 key")


def headers_of(head: bytes) -> list[tuple[str, bytes]]:
    """Names in small letters and values, unfolded, in order."""
    lines = _FOLD.sub(b"", head).split(b"\r\n")
    cut = [line.partition(b":") for line in lines if b":" in line]
    return [(name.strip().lower().decode("ascii", "replace"), value) for name, _, value in cut]


def hashed_headers(headers: Sequence[tuple[str, bytes]], names: Sequence[str], stamp: bytes) -> bytes:
    """What is signed (§3.7): of each name in `names` the last that was not taken yet, then the signature's own header with an
    empty `b=` and without a line end. A name of which none is left counts as nothing."""
    left = {name: [value for each, value in headers if each == name] for name in names}
    picked = [(name, left[name].pop()) for name in names if left[name]]
    own = headers_of(stamp)[0]
    return b"".join(relaxed_header(name, value) + b"\r\n" for name, value in picked) + relaxed_header(*own)


def relaxed_header(name: str, value: bytes) -> bytes:
    """§3.4.2, of an unfolded header."""
    return name.encode() + b":" + _WIDE.sub(b" ", value).strip(b" \t\r\n")


def relaxed_body(body: bytes) -> bytes:
    """§3.4.4: spaces run together, none at the end of a line, no empty lines at the end."""
    data = body if body.endswith(b"\r\n") or not body else body + b"\r\n"
    data = _WIDE.sub(b" ", _AT_THE_END.sub(b"\r\n", data))
    while data.endswith(b"\r\n\r\n"):
        data = data[:-2]
    return b"" if data == b"\r\n" else data
