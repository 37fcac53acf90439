"""One spelling, to the byte, for one set of answers: what a receipt is the hash of.

JSON in UTF-8: keys in the order of their Unicode code points, no space between, every text in Unicode's form NFC, in texts only
`"`, `\\` and control characters escaped. A number is written in plain decimals without an exponent, a whole one without a point:
what PostgreSQL keeps as jsonb comes back the same.
"""

import json
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from math import isfinite

FORMAT = "plenary response 1"


def canonical_response(*, consultation: str, version: str, revision: int, answers: Mapping[str, object]) -> bytes:
    """`consultation` is its slug, `version` the SHA-256 of the questionnaire that was answered, `answers` by question key; what
    was left alone has none. Raises ValueError where something has no spelling."""
    told = {"answers": answers, "consultation": consultation, "format": FORMAT, "revision": revision, "version": version}
    return spelt(told).encode()


def spelt(value: object) -> str:
    """The JSON of a value of JSON. Raises ValueError."""
    match value:
        case None | bool():
            return json.dumps(value)
        case str():
            return json.dumps(unicodedata.normalize("NFC", value), ensure_ascii=False)
        case int() | float():
            return _number(value)
        case Mapping():
            return _mapping(value)
        case list() | tuple():
            return f"[{','.join(spelt(each) for each in value)}]"
        case _:
            raise ValueError(f"{type(value).__name__} has no spelling")


def _mapping(value: Mapping[object, object]) -> str:
    named = {unicodedata.normalize("NFC", str(key)): each for key, each in value.items()}
    if len(named) != len(value):
        raise ValueError("two keys have one spelling")
    return "{" + ",".join(f"{spelt(key)}:{spelt(named[key])}" for key in sorted(named)) + "}"


def _number(value: float) -> str:
    if not isfinite(value):
        raise ValueError(f"{value} is no number of JSON")
    return str(int(value)) if value == int(value) else format(Decimal(repr(value)), "f")
