"""Names that nobody has: syllables put together. Pure."""

from typing import Final

from demo.town.plan import Plan

_GIVEN: Final = (
    ("Bren", "Cor", "Dal", "El", "Fen", "Gwil", "Hes", "Ist", "Jor", "Kes", "Lor", "Mer", "Nes", "Os", "Per", "Quin", "Ros",
     "Sel", "Tam", "Ul", "Ves", "Wil", "Yor", "Zel"),
    ("bert", "da", "dwin", "eth", "la", "lan", "lina", "mund", "na", "ric", "rin", "stan", "ta", "vin", "wen", "yth"),
)  # fmt: skip
_FAMILY: Final = (
    ("Ash", "Black", "Bram", "Cold", "Cray", "Dun", "East", "Far", "Glen", "Hart", "Holm", "Ink", "Kil", "Lang", "Marsh",
     "Nether", "Oak", "Pen", "Quarn", "Raven", "Stour", "Tallan", "Under", "Wych"),
    ("bourn", "brack", "cote", "croft", "dyke", "fell", "gate", "garth", "ham", "hithe", "hurst", "knott", "ley", "march",
     "mere", "moor", "ness", "pool", "rigg", "shaw", "stead", "thorpe", "tyre", "water", "wick", "worth"),
)  # fmt: skip
GIVEN: Final = tuple(first + last for first in _GIVEN[0] for last in _GIVEN[1])
FAMILY: Final = tuple(first + last for first in _FAMILY[0] for last in _FAMILY[1])
_ALL: Final = len(GIVEN) * len(FAMILY)
_STEP: Final = 100_003
"""A prime that divides neither length: stepping by it meets every pair once."""


def name_of(plan: Plan, user: int) -> str:
    """Nobody else in the town has it, up to 239,616 people; after that names return."""
    place = (user * _STEP + plan.seed * 7) % _ALL
    return f"{GIVEN[place % len(GIVEN)]} {FAMILY[place // len(GIVEN)]}"


def handle_of(plan: Plan, user: int) -> str:
    """Names are ASCII, so the handle is the name; the number tells those apart whose name returned."""
    handle = name_of(plan, user).lower().replace(" ", "-")
    return handle if user <= _ALL else f"{handle}-{user // _ALL}"
