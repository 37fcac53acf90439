"""Pseudonyms: their names, and the tag by which a member finds their own again. Pure.

Names are two plain words drawn from lists. Nobody types one: what somebody would think of says something about them.
"""

import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass
from typing import Final

_FIRST: Final = (
    "Amber", "Autumn", "Birch", "Blue", "Bright", "Bronze", "Calm", "Cedar", "Clear", "Clover", "Coastal", "Copper", "Coral",
    "Early", "Evening", "Fern", "Golden", "Grey", "Harvest", "Hazel", "Heather", "Indigo", "Ivory", "Juniper", "Lilac", "Linen",
    "Maple", "Mellow", "Misty", "Moss", "Olive", "Pebble", "Pine", "Quiet", "Rowan", "Russet", "Saffron", "Sandy", "Scarlet",
    "Silver", "Slate", "Spring", "Steady", "Summer", "Teal", "Velvet", "Violet", "Willow", "Winter", "Woollen",
)  # fmt: skip
_SECOND: Final = (
    "Anchor", "Arch", "Badger", "Basket", "Beacon", "Bell", "Brook", "Candle", "Canvas", "Cart", "Compass", "Cottage", "Crane",
    "Curlew", "Dove", "Finch", "Gate", "Harbour", "Hare", "Heron", "Hill", "Kestrel", "Kettle", "Ladder", "Lantern", "Lark",
    "Lighthouse", "Linnet", "Magpie", "Meadow", "Mill", "Orchard", "Otter", "Owl", "Parcel", "Path", "Plover", "Quill", "Robin",
    "Rook", "Sparrow", "Stile", "Stone", "Swallow", "Table", "Thimble", "Thrush", "Tower", "Wagtail", "Wren",
)  # fmt: skip
LABELS: Final = frozenset(f"{first} {second}" for first in _FIRST for second in _SECOND)
OFFERED: Final = 4


@dataclass(frozen=True, slots=True)
class Voice:
    """Under which name something is written. `label` is wanted the first time that a member speaks as a persona in a topic, and
    passed over from then on: it stays what it is."""

    is_persona: bool = False
    label: str = ""


OWN: Final = Voice()


def offered_labels() -> list[str]:
    """Some names to choose from, drawn anew each time: what is offered says nothing about whom."""
    drawn: list[str] = []
    while len(drawn) < OFFERED:
        label = f"{secrets.choice(_FIRST)} {secrets.choice(_SECOND)}"
        if label not in drawn:
            drawn.append(label)
    return drawn


def owner_tag(key: bytes, *, topic: int, member: int) -> bytes:
    """HMAC-SHA256(key, topic ‖ member), each as eight bytes: 32 bytes that only the holder of the key can compute. A number
    out of an address that no topic can have gets the tag of none."""
    return hmac.digest(key, struct.pack(">qq", min(topic, 2**63 - 1), member), hashlib.sha256)
