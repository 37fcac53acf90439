"""What of a page that came in is kept, where another window or another device may have been quicker."""

from collections.abc import Mapping
from typing import Protocol

from consultation.readers.answers import mark_of
from questions.definitions import Definition, Given


class Kept(Protocol):
    """An answer of a draft."""

    @property
    def value(self) -> Given: ...
    @property
    def writer(self) -> str: ...
    @property
    def sequence(self) -> int: ...


def what_changes(
    asked: Mapping[str, Definition],
    kept: Mapping[str, Kept],
    answers: Mapping[str, Given | None],
    *,
    writer: str,
    sequence: int,
    held: Mapping[str, str] | None,
) -> tuple[dict[str, Given | None], dict[str, Given | None]]:
    """By question key what to write (None: take away), and what stands otherwise than the writer knew, which stays. Unknown keys
    and what was overtaken are passed over. The rest as of `actions.answering.save_answers`."""
    changed: dict[str, Given | None] = {}
    differing: dict[str, Given | None] = {}
    for key, given in answers.items():
        before = kept.get(key)
        if key not in asked or _is_overtaken(before, writer, sequence):
            continue
        base = None if held is None or _is_by(before, writer) else held.get(key)
        stored = before.value if before else None
        if base is None or mark_of(asked[key], stored) in {base, mark_of(asked[key], given)}:
            changed[key] = given
        elif mark_of(asked[key], given) != base:
            differing[key] = stored
    return changed, differing


def _is_by(before: Kept | None, writer: str) -> bool:
    return before is not None and bool(writer) and before.writer == writer


def _is_overtaken(before: Kept | None, writer: str, sequence: int) -> bool:
    return before is not None and _is_by(before, writer) and before.sequence > sequence
