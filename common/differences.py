"""Two texts, word by word: what stayed, what went, what came. Pure.

Lines first, by Myers' greedy algorithm (E. W. Myers, “An O(ND) difference algorithm and its variations”, 1986), then words inside
the lines that changed. Both give up beyond a number of changes and say that everything was replaced, so that no text makes a page
slow: the work is at most about (length × MOST_CHANGES).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

MOST_CHANGES: Final = 300
_WORDS: Final = re.compile(r"\s+|\w+|[^\w\s]")

Kind = Literal["same", "gone", "new"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text. `gone` stood only in the earlier text, `new` stands only in the later."""

    kind: Kind
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """The pieces in order. All but the new ones make `before`, all but the gone ones `after`; what went stands before what came
    in its place. No two neighbours are of one kind, none is empty."""
    pieces: list[Piece] = []
    gone, new = "", ""
    for kind, lines in (*_steps(before.splitlines(keepends=True), after.splitlines(keepends=True)), ("same", "")):
        if kind == "gone":
            gone += lines
        elif kind == "new":
            new += lines
        else:
            pieces += _in_words(gone, new)
            pieces.append(Piece("same", lines))
            gone, new = "", ""
    return _tidied(pieces)


def _in_words(gone: str, new: str) -> list[Piece]:
    if not gone or not new:
        return [Piece("gone", gone), Piece("new", new)]
    return [Piece(kind, text) for kind, text in _steps(_WORDS.findall(gone), _WORDS.findall(new))]


def _tidied(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbours of a kind as one; blanks alone between two changes go with them, since nobody reads them as kept."""
    runs: list[Piece] = []
    gone = new = ""

    def flush() -> None:
        nonlocal gone, new
        runs.extend(piece for piece in (Piece("gone", gone), Piece("new", new)) if piece.text)
        gone = new = ""

    for place, piece in enumerate(pieces):
        if piece.kind == "gone":
            gone += piece.text
        elif piece.kind == "new":
            new += piece.text
        elif piece.text and not _between(pieces, place, begun=bool(gone and new)):
            flush()
            if runs and runs[-1].kind == "same":
                runs[-1] = Piece("same", runs[-1].text + piece.text)
            else:
                runs.append(piece)
        else:
            gone += piece.text
            new += piece.text
    flush()
    return runs


def _between(pieces: Sequence[Piece], place: int, *, begun: bool) -> bool:
    """Is this a lone blank inside one line, between a replacement and the next change?"""
    text = pieces[place].text
    return begun and text.isspace() and "\n" not in text and place + 1 < len(pieces) and pieces[place + 1].kind != "same"


def _steps(before: Sequence[str], after: Sequence[str]) -> list[tuple[Kind, str]]:
    """Token by token, joined by kind; everything replaced where there is more to do than MOST_CHANGES."""
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    middle_before, middle_after = before[start : len(before) - end], after[start : len(after) - end]
    steps: list[tuple[Kind, str]] = [("same", "".join(before[:start]))]
    path = _path(middle_before, middle_after)
    if path is None:
        steps += [("gone", "".join(middle_before)), ("new", "".join(middle_after))]
    else:
        steps += path
    steps.append(("same", "".join(before[len(before) - end :])))
    return [step for step in steps if step[1]]


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    """How many tokens both begin with."""
    count = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        count += 1
    return count


def _path(before: Sequence[str], after: Sequence[str]) -> list[tuple[Kind, str]] | None:
    """The shortest way from one to the other; None beyond MOST_CHANGES."""
    reached = {1: 0}
    seen: list[dict[int, int]] = []
    for changes in range(min(MOST_CHANGES, len(before) + len(after)) + 1):
        seen.append(dict(reached))
        for diagonal in range(-changes, changes + 1, 2):
            down = diagonal == -changes or (diagonal != changes and reached[diagonal - 1] < reached[diagonal + 1])
            x = reached[diagonal + 1] if down else reached[diagonal - 1] + 1
            y = x - diagonal
            while x < len(before) and y < len(after) and before[x] == after[y]:
                x, y = x + 1, y + 1
            reached[diagonal] = x
            if x >= len(before) and y >= len(after):
                return _walked(before, after, seen)
    return None


def _walked(before: Sequence[str], after: Sequence[str], seen: Sequence[dict[int, int]]) -> list[tuple[Kind, str]]:
    """The way back, turned round."""
    x, y = len(before), len(after)
    steps: list[tuple[Kind, str]] = []
    for changes in range(len(seen) - 1, -1, -1):
        reached, diagonal = seen[changes], x - y
        down = diagonal == -changes or (diagonal != changes and reached[diagonal - 1] < reached[diagonal + 1])
        previous = diagonal + 1 if down else diagonal - 1
        x_from = reached[previous]
        y_from = x_from - previous
        while x > max(x_from, 0) and y > max(y_from, 0):
            x, y = x - 1, y - 1
            steps.append(("same", before[x]))
        if changes:
            steps.append(("new", after[y_from]) if down else ("gone", before[x_from]))
            x, y = x_from, y_from
    return steps[::-1]
