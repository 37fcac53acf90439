"""What SpamAssassin makes of a message: its local rules alone, where it is installed."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Final

from django.conf import settings

LONGEST: Final = 60
"""Seconds."""
_STATUS: Final = re.compile(rb"^X-Spam-Status: \w+, score=(-?[0-9.]+) [^\n]*?\s*tests=(.*?)(?:autolearn|version)=", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Score:
    """`points`: below 1 is clean, from 5 on it is held to be spam. `rules`: the names of those that spoke."""

    points: float
    rules: list[str]


def is_installed() -> bool:
    return shutil.which(settings.SPAMASSASSIN) is not None


def score_of(message: bytes) -> Score | None:
    """None where it is not installed, or has nothing to say within a minute. Asks nobody outside this machine."""
    command = shutil.which(settings.SPAMASSASSIN)
    if command is None:
        return None
    try:
        told = subprocess.run(  # noqa: S603 - the command is a setting, the message goes in by its input
            [command, "--local", "--test-mode"], input=message, capture_output=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    found = _STATUS.search(told.stdout)
    if found is None:
        return None
    names = re.split(r"[,\s]+", found[2].decode("ascii", "replace").strip())
    return Score(float(found[1]), [name for name in names if name and name != "none"])
