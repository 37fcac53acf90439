"""Practice codes: pure. Which practice somebody works at is told to nobody; it only decides what is kept from whom."""

import re
from typing import Final

_CODE: Final = re.compile(r"[A-HJ-NP-WY]\d{5}|(?:ALD|GUE|JER)\d{3}|[ZS]\d{5}")
"""England and Wales, the Channel Islands, Northern Ireland, Scotland."""


def practice_code(text: str) -> str:
    """The code in one spelling; empty where this is none. Scotland's five digits get their S."""
    code = "".join(text.split()).upper()
    if re.fullmatch(r"\d{5}", code):
        code = f"S{code}"
    return code if _CODE.fullmatch(code) else ""
