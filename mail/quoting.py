"""What somebody wrote in an answer by mail: without our own words below it, what they quoted, and their signature.

Loses a signature too few rather than a line of the answer too many: rules look at whole lines and at what follows them, and
each line is looked at a bounded number of times, so that no text takes long.
"""

import re
from typing import Final

LONGEST: Final = 100_000
LONGEST_SIGNATURE: Final = 12
MARK: Final = "write your answer above this line"
_LINE: Final = 1_000
_SAID: Final = re.compile(r"on\b.{1,300}\bwrote:$", re.IGNORECASE)
_ORIGINAL: Final = re.compile(r"-{3,} ?(?:original|forwarded) message ?-{3,}$", re.IGNORECASE)
_FIELD: Final = re.compile(r"\*?(from|sent|to|cc|date|subject|reply-to)\*?:", re.IGNORECASE)
_DEVICE: Final = re.compile(r"(?:sent from (?:my|outlook|mail|yahoo)|get outlook for|sent via) ?.{0,60}$", re.IGNORECASE)
_SMALL_PRINT: Final = re.compile(
    r"\*{10,}$|(?:\W{0,3}(?:this|the) (?:e-?mail|message|information)\b.{0,200}\bconfidential\b)", re.IGNORECASE
)
_CLOSING: Final = re.compile(
    r"(?:(?:kind(?:est)?|best|warm(?:est)?|with kind) (?:regards|wishes)|regards|many thanks|thanks|thank you|best|cheers"
    r"|all the best|yours (?:sincerely|faithfully|truly)|kr|br)[,.!]?$",
    re.IGNORECASE,
)


def cut_answer(text: str) -> str:
    """The answer alone; empty where nothing is left. Never raises; quotes with an answer below them stay."""
    lines = [line[:_LINE].rstrip() for line in text[:LONGEST].replace("\r\n", "\n").split("\n")]
    end = next((place for place in range(len(lines)) if _ends_the_answer(lines, place)), len(lines))
    return "\n".join(_without_signature(_without_quotes_below(lines[:end]))).strip("\n")


def _ends_the_answer(lines: list[str], place: int) -> bool:
    """Our own mark, or the words by which a mail program introduces what it quotes whole."""
    line = lines[place].strip()
    if MARK in line.lower() or _ORIGINAL.match(line):
        return True
    bare = line.lstrip("> ")
    if bare[:2].lower() == "on":
        for more in (1, 2, 3):  # the line may be broken in two
            joined = " ".join(piece.strip().lstrip("> ") for piece in lines[place : place + more])
            if _SAID.match(joined):
                return _only_quotes(lines[place + more :])
    field = _FIELD.match(line)
    return bool(field) and line.lstrip("*")[:4].lower() == "from" and _fields_below(lines[place + 1 : place + 7]) >= 2


def _only_quotes(lines: list[str]) -> bool:
    """Nothing follows but a quote: in the next lines that are not empty, since a quote may be long."""
    following = [line for line in lines[:40] if line.strip()][:3]
    return not following or following[0].lstrip().startswith(">") or any(MARK in line.lower() for line in following)


def _fields_below(lines: list[str]) -> int:
    return sum(1 for line in lines if _FIELD.match(line.strip()))


def _without_quotes_below(lines: list[str]) -> list[str]:
    kept = list(lines)
    while kept and (not kept[-1].strip() or kept[-1].lstrip().startswith(">") or re.fullmatch(r"[_-]{5,}", kept[-1].strip())):
        kept.pop()
    return kept


def _without_signature(lines: list[str]) -> list[str]:
    """`-- ` and what is below it, small print, “Sent from my phone”, and a closing with a name and an address below it."""
    kept = list(lines)
    for place, line in enumerate(lines):
        if _SMALL_PRINT.match(line.strip()) or (line == "--" and len(lines) - place <= LONGEST_SIGNATURE):
            kept = lines[:place]
            break
    while kept and (not kept[-1].strip() or _DEVICE.match(kept[-1].strip())):
        kept.pop()
    for place in range(max(1, len(kept) - LONGEST_SIGNATURE), len(kept)):
        below = kept[place + 1 :]
        if _CLOSING.match(kept[place].strip()) and all(len(line) < 80 for line in below):
            return _trimmed(kept[:place]) or kept
    return kept


def _trimmed(lines: list[str]) -> list[str]:
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept
