"""Post numbers as somebody writes them: pure."""

import re
from collections.abc import Iterable
from typing import Final

MOST: Final = 2000
_PART: Final = re.compile(r"#?(\d{1,8})(?:\s*(?:-|–|—|to)\s*#?(\d{1,8}))?", re.ASCII)


class NumbersUnclear(ValueError):
    """`str()` is a sentence to whoever wrote them."""


def read_numbers(text: str, *, last: int) -> list[int]:
    """“3, 5–9” as 3, 5, 6, 7, 8, 9: rising, each once, none above `last`. Raises NumbersUnclear."""
    found: set[int] = set()
    for part in (part.strip() for part in text.replace(";", ",").replace(" and ", ",").split(",")):
        if not part:
            continue
        match = _PART.fullmatch(part)
        if match is None:
            raise NumbersUnclear(f"“{part[:40]}” is no number of a post. Write numbers and ranges, for example: 3, 5–9.")
        begin, end = int(match[1]), int(match[2] or match[1])
        if not 1 <= begin <= end <= last:
            raise NumbersUnclear(f"This topic has the posts 1 to {last}; “{part}” is not among them.")
        found.update(range(begin, end + 1))
    if not found:
        raise NumbersUnclear("Write which posts are meant, for example: 3, 5–9.")
    if len(found) > MOST:
        raise NumbersUnclear(f"These are {len(found):,} posts; {MOST:,} at once is the most.")
    return sorted(found)


def write_numbers(numbers: Iterable[int]) -> str:
    """3, 5, 6, 7 as “3, 5–7”: what `read_numbers` reads."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def with_replies(numbers: list[int], parents: dict[int, int | None]) -> list[int]:
    """These and everything below them. `parents`: the parent of each number of the topic."""
    found = set(numbers)
    for number in sorted(parents):
        if parents[number] in found:
            found.add(number)
    return sorted(found)
