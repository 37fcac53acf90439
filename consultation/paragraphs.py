"""A document in Markdown, cut into numbered paragraphs that can be asked about. Pure.

A paragraph is what stands between two empty lines: a text, a list, a table, a quotation. Headings stand alone and have no
number. What is fenced as code stays whole, and what is set in after an empty line goes on with what it hangs under.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MOST_PARAGRAPHS: Final = 150
"""A consultation may ask 200 questions in all."""
LONGEST_TEXT: Final = 100_000
"""Characters."""
_HEADING: Final = re.compile(r"#{1,6}\s")
_FENCE: Final = re.compile(r"\s*(`{3,}|~{3,})")
_SET_IN: Final = re.compile(r"[ ]{2,}|\t")


@dataclass(frozen=True, slots=True)
class Part:
    """`number` counts paragraphs from 1; 0 is a heading. `words` is Markdown."""

    number: int
    words: str

    @property
    def is_heading(self) -> bool:
        return self.number == 0

    @property
    def title(self) -> str:
        """Of a heading: its words without the marks before and behind."""
        return self.words.strip().strip("#").strip()


def paragraphs_of(source: str) -> tuple[Part, ...]:
    """In order. `joined` of them gives the same again."""
    blocks: list[str] = []
    for block in _blocks(source.replace("\r\n", "\n").replace("\r", "\n")):
        if blocks and _SET_IN.match(block) and not _HEADING.match(blocks[-1]):
            blocks[-1] += f"\n\n{block}"
        else:
            blocks.append(block)
    parts, number = [], 0
    for block in blocks:
        heading = bool(_HEADING.match(block))
        number += not heading
        parts.append(Part(0 if heading else number, block))
    return tuple(parts)


def joined(parts: tuple[Part, ...]) -> str:
    return "\n\n".join(part.words for part in parts)


def _blocks(source: str) -> Iterator[str]:
    """What stands between empty lines; headings by themselves, fenced lines together."""
    lines: list[str] = []
    fence = ""
    for line in source.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            lines.append(line)
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif not line.strip() or _HEADING.match(line):
            yield from _whole(lines)
            lines = []
            yield from _whole([line])
        else:
            lines.append(line)
            fence = mark[1] if mark else ""
    yield from _whole(lines)


def _whole(lines: list[str]) -> Iterator[str]:
    block = "\n".join(lines).rstrip()
    if block.strip():
        yield block
