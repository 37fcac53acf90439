"""The streams there are. One for now; every table says which."""

from typing import Final

WEEKLY: Final = "weekly"
