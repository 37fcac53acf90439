"""Exact figures made coarse. What comes in exact never goes on."""

import re
from typing import Final

from accounts.models.facts import ListSize, Years

_NUMBER: Final = re.compile(r"\d{1,3}(?:[ ,.]\d{3})+|\d{1,7}")
_SIZES: Final = ((5_000, ListSize.UNDER_5K), (10_000, ListSize.FROM_5K), (15_000, ListSize.FROM_10K), (20_000, ListSize.FROM_15K))
_YEARS: Final = ((2, Years.UNDER_2), (5, Years.FROM_2), (10, Years.FROM_5), (20, Years.FROM_10))


def band_of_list_size(text: str) -> str | None:
    """`7,840`, `7 840`, `7840` → `5-10k`; a band's own name or words stay. None where it is neither."""
    known = _own_words(text, ListSize)
    if known is not None:
        return known
    size = _number(text)
    if size is None or size == 0 or size >= 1_000_000:
        return None
    return next((band.value for top, band in _SIZES if size < top), ListSize.FROM_20K.value)


def band_of_years(text: str) -> str | None:
    """`7` → `5-9`; a band's own name or words stay. None where it is neither."""
    known = _own_words(text, Years)
    if known is not None:
        return known
    years = _number(text)
    if years is None or years > 70:
        return None
    return next((band.value for top, band in _YEARS if years < top), Years.FROM_20.value)


def _own_words(text: str, kinds: type[ListSize] | type[Years]) -> str | None:
    wanted = text.casefold().strip()
    return next((str(value) for value, label in kinds.choices if wanted in (value, label.casefold())), None)


def _number(text: str) -> int | None:
    found = _NUMBER.fullmatch(text.strip())
    return int(re.sub(r"\D", "", found[0])) if found else None
