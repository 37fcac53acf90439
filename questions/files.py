"""Files as an answer. They come by a page of their own; here they are what is told of each."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from questions.checks import whole_from
from questions.definitions import Canonical, Definition, Given, InvalidAnswerError
from questions.findings import NOBODY, Told, answers
from questions.kind import Check, Kind

MOST: Final = 10
TOLD: Final = {"id": str, "name": str, "kind": str, "size": int, "sha256": str}
"""What is kept of each file in an answer, so that a receipt holds it: `size` in bytes, `sha256` in hexadecimal."""


class Files(Kind):
    """Canonical form: [{id, name, kind, size, sha256}, …] in the order in which they came."""

    name = "file"
    label = "Files"
    use = "Members add documents or pictures. Results only count them."
    template = "questions/_file.html"
    missing = "Add a file"
    unknown = "Add your files again"
    settings: ClassVar[Mapping[str, Check]] = {"at_most": whole_from(1, MOST)}
    stores_files = True

    def instruction(self, asked: Definition) -> str:
        return "One file." if most_files(asked) == 1 else f"Up to {most_files(asked)} files."

    def read(self, asked: Definition, posted: Mapping[str, str]) -> Given | None:
        """Nothing: a file never comes with the page of answers."""
        return None

    def clean(self, asked: Definition, given: Given | None) -> Canonical | None:
        files = self._as_kept(given)
        if len(files) > most_files(asked):
            raise InvalidAnswerError(f"{most_files(asked)} at most: take {len(files) - most_files(asked)} away")
        return files or None

    def control(self, asked: Definition, given: Given | None) -> dict[str, Any]:
        files = self._as_kept(given)
        return {"files": files, "most": most_files(asked), "room": most_files(asked) - len(files)}

    def words(self, asked: Definition, answer: Canonical) -> list[str]:
        return [f"{file['name']}, {told_size(file['size'])}" for file in (answer if isinstance(answer, list) else [])]

    def count(self, asked: Definition, answers: Iterable[Canonical]) -> dict[str, Any]:
        """`files`: how many there are in all."""
        numbers = Counter(len(answer) if isinstance(answer, list) else 0 for answer in answers)
        return {"n": numbers.total(), "files": sum(files * times for files, times in numbers.items())}

    def told(self, asked: Definition, counts: Mapping[str, Any]) -> Told:
        n, files = counts["n"], counts["files"]
        sentence = f"{files:,} file{'' if files == 1 else 's'} came with {answers(n)}."
        return Told(sentence, note="Files are read by people and not published here.") if n else NOBODY

    def _as_kept(self, given: Given | None) -> list[dict[str, Any]]:
        if given is None:
            return []
        if not isinstance(given, list) or not all(_is_told(file) for file in given):
            raise InvalidAnswerError(self.unknown)
        if len({file["id"] for file in given}) < len(given):
            raise InvalidAnswerError(self.unknown)
        return given


def most_files(asked: Definition) -> int:
    return asked.whole("at_most", 1)


def told_size(size: int) -> str:
    """1,240,000 → 1.2 MB."""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(1, round(size / 1_000))} KB"


def _is_told(file: Any) -> bool:
    if not isinstance(file, dict) or set(file) != set(TOLD):
        return False
    if not all(isinstance(file[name], kind) and not isinstance(file[name], bool) for name, kind in TOLD.items()):
        return False
    try:
        return bool(str(UUID(file["id"])) == file["id"])
    except ValueError:
        return False
