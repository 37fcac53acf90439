"""What is signed and what is handed out: the receipt of one response, the root of all.

A receipt's leaf is SHA-256(0x00 ‖ nonce ‖ canonical response): the nonce, 32 random bytes that only the receipt holds, keeps
anybody from guessing answers until one fits. Signatures are Ed25519 (RFC 8032) over the lines that `receipt_lines` and
`root_lines` give.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from consultation.proof.merkle import leaf_hash

NONCE_BYTES: Final = 32
RECEIPT: Final = "plenary receipt 1"
ROOT: Final = "plenary root 1"
KEYS: Final = "plenary keys 1"


def leaf_of(nonce: bytes, response: bytes) -> bytes:
    """`response` is canonical (spelling.py)."""
    return leaf_hash(nonce + response)


def instant(moment: datetime) -> str:
    """`2026-11-27T19:05:00Z`: to the second, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def receipt_lines(*, consultation: str, leaf: bytes, sent: str) -> bytes:
    """What the signature of a receipt is over: four lines of ASCII, each with its line feed. The leaf stands for all else."""
    return f"{RECEIPT}\n{consultation}\n{leaf.hex()}\n{sent}\n".encode("ascii")


def root_lines(*, consultation: str, size: int, root: bytes, fixed: str) -> bytes:
    """What the signature of a root is over: five lines of ASCII, each with its line feed."""
    return f"{ROOT}\n{consultation}\n{size}\n{root.hex()}\n{fixed}\n".encode("ascii")


@dataclass(frozen=True, slots=True)
class Receipt:
    """One member's proof of one response, whole: its owner needs nothing else to check it, and nobody else should have it."""

    consultation: str
    response: bytes
    nonce: bytes
    leaf: bytes
    sent: str
    key: bytes
    signature: bytes

    def as_dict(self) -> dict[str, str]:
        """The receipt file. `response` is text, so that the bytes that were hashed are there as they were."""
        return {
            "format": RECEIPT,
            "consultation": self.consultation,
            "response": self.response.decode(),
            "nonce": self.nonce.hex(),
            "leaf": self.leaf.hex(),
            "sent": self.sent,
            "key": self.key.hex(),
            "signature": self.signature.hex(),
        }

    def holds(self) -> bool:
        """Hash and signature fit what is in it."""
        lines = receipt_lines(consultation=self.consultation, leaf=self.leaf, sent=self.sent)
        return self.leaf == leaf_of(self.nonce, self.response) and is_signed(lines, key=self.key, signature=self.signature)


def root_file(*, consultation: str, size: int, root: bytes, fixed: str, key: bytes, signature: bytes) -> dict[str, str | int]:
    """root.json."""
    return {
        "format": ROOT,
        "consultation": consultation,
        "size": size,
        "root": root.hex(),
        "fixed": fixed,
        "key": key.hex(),
        "signature": signature.hex(),
    }


def leaves_file(leaves: Sequence[bytes]) -> str:
    """leaves.txt: one a line, in the order of the tree."""
    return "".join(f"{leaf.hex()}\n" for leaf in leaves)


def public_key(seed: bytes) -> bytes:
    """The 32 bytes that everybody may know, of the 32 that nobody may."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(lines: bytes, *, seed: bytes) -> bytes:
    """64 bytes; the same for the same."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(lines)


def is_signed(lines: bytes, *, key: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, lines)
    except InvalidSignature:
        return False
    return True


def fingerprint(key: bytes) -> str:
    """Eight groups of four, to compare by eye: the beginning of the key's SHA-256."""
    told = hashlib.sha256(key).hexdigest()[:32]
    return " ".join(told[at : at + 4] for at in range(0, 32, 4))
