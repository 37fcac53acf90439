"""The demo community as it lies in `demo/content`: read, not interpreted. Each file's head states its format."""

import re
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from common.clock import LONDON

CONTENT = Path(__file__).parent / "content"
Table = dict[str, Any]
_BEGINS = re.compile(r"\s*([-*+>|#]|\d+\.\s)")
_ALONE = re.compile(r"\s*[|#]")


def members() -> list[Table]:
    return _tables("members.toml", "member")


def categories() -> list[Table]:
    return _tables("categories.toml", "category")


def topics() -> dict[str, Table]:
    """Topic tables by file name, in order."""
    return {path.stem: tomllib.loads(path.read_text()) for path in sorted((CONTENT / "topics").glob("*.toml"))}


def consultations() -> list[Table]:
    return _tables("consultations.toml", "consultation")


def document(name: str) -> str:
    """In Markdown."""
    return (CONTENT / f"{name}.md").read_text()


def respondent_names() -> list[str]:
    """Every given name with every family name, in a fixed order that mixes both."""
    names = tomllib.loads((CONTENT / "consultations.toml").read_text())["respondents"]
    given, family = names["given"], names["family"]
    return [f"{given[n % len(given)]} {family[(n + n // len(given)) % len(family)]}" for n in range(len(given) * len(family))]


def editions() -> list[Table]:
    return _tables("weekly.toml", "edition")


def unwrapped(text: str) -> str:
    """Markdown whose paragraphs and list items were broken into lines to be read in the file: a line break is one on the page."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        if lines and lines[-1] and line and not _BEGINS.match(line) and not _ALONE.match(lines[-1]):
            lines[-1] += " " + line.strip()
        else:
            lines.append(line)
    return "\n".join(lines)


def moment(day: float, *, loaded_at: datetime) -> datetime:
    """`day` days before 18:00 London time of the day of loading; a negative day lies ahead."""
    evening = loaded_at.astimezone(LONDON).replace(hour=18, minute=0, second=0, microsecond=0)
    return evening - timedelta(days=day)


def _tables(file: str, name: str) -> list[Table]:
    found: list[Table] = tomllib.loads((CONTENT / file).read_text())[name]
    return found
