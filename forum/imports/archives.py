"""An archive's files, one after another, without ever unpacking it: a folder, .tar.xz, .tar.gz, .tar or .zip.

Nothing is written to disk, so that no name in an archive can lead anywhere; nothing is held but the file in hand, and of that at
most MEMBER_MAX. The kind is told from the first bytes, not from the name.
"""

import gzip
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import IO, Final

from forum.imports.fields import Unreadable
from forum.imports.unpacking import ArchiveBroken, Xz, open_tar

MEMBER_MAX: Final = 64 * 1024 * 1024
"""Bytes of one file. A topic of 20,000 posts has about 60 MB."""

_TOO_LARGE: Final = f"it is larger than {MEMBER_MAX // 1024 // 1024} MB"
_BROKEN = (tarfile.TarError, EOFError, LZMAError, gzip.BadGzipFile, zlib.error, OSError)


@dataclass(frozen=True, slots=True)
class Member:
    """One JSON file: its content, or why it cannot be had. `done`: the part of the archive read by now, 0 to 1."""

    name: str
    data: bytes
    problem: str
    done: float


def members(path: Path) -> Iterator[Member]:
    """Every `.json` file, in a fixed order. Raises ArchiveBroken where the archive cannot be read, or ends early."""
    if path.is_dir():
        return _folder(path)
    try:
        with path.open("rb") as raw:
            head = raw.read(512)
    except OSError as error:
        raise ArchiveBroken(f"{path} cannot be read: {error.strerror}") from None
    if head.startswith(b"PK"):
        return _zip(path)
    if head.startswith((b"\xfd7zXZ\0", b"\x1f\x8b")) or head[257:262] == b"ustar":
        return _tar(path, head)
    raise ArchiveBroken(f"{path} is neither a folder nor a .tar.xz, .tar.gz or .zip archive.")


def content(member: Member) -> bytes:
    """Its bytes. Raises Unreadable with its problem."""
    if member.problem:
        raise Unreadable(member.problem)
    return member.data


def _folder(path: Path) -> Iterator[Member]:
    found = sorted(_files(path))
    for place, file in enumerate(found, start=1):
        name, done = file.relative_to(path).as_posix(), place / len(found)
        try:
            if file.is_symlink():
                yield Member(name, b"", "it is a link", done)
                continue
            with file.open("rb") as raw:
                yield _limited(name, raw, done)
        except OSError as error:
            yield Member(name, b"", f"it cannot be read ({error.strerror})", done)


def _files(path: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(path):
        for name in names:
            file = Path(folder, name)
            if _is_wanted(name) and (file.is_symlink() or file.is_file()):
                yield file


def _zip(path: Path) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise ArchiveBroken(f"{path} is damaged: {error}") from None
    with archive:
        wanted = [info for info in archive.infolist() if _is_wanted(info.filename) and not info.is_dir()]
        for place, info in enumerate(wanted, start=1):
            done = place / len(wanted)
            problem = "it is a link" if stat.S_ISLNK(info.external_attr >> 16) else _bad_name(info.filename)
            if problem or info.file_size > MEMBER_MAX:
                yield Member(info.filename, b"", problem or _TOO_LARGE, done)
                continue
            try:
                with archive.open(info) as raw:
                    yield _limited(info.filename, raw, done)
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, LZMAError) as error:
                yield Member(info.filename, b"", f"it is damaged or locked ({error})", done)


def _tar(path: Path, head: bytes) -> Iterator[Member]:
    size = path.stat().st_size
    with path.open("rb") as raw:
        plain = Xz(raw) if head[0] == 0xFD else gzip.GzipFile(fileobj=raw) if head[0] == 0x1F else raw
        try:
            with open_tar(plain) as archive:
                while (info := archive.next()) is not None:
                    archive.members = []  # type: ignore[attr-defined]  # it would remember every header
                    if not _is_wanted(info.name) or info.isdir():
                        continue
                    yield _tar_member(archive, info, min(1.0, raw.tell() / size))
        except _BROKEN as error:
            raise ArchiveBroken(f"{path} is damaged or ends early: {error}") from None


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, done: float) -> Member:
    problem = _bad_name(info.name) if info.isreg() else "it is a link or a device"
    if problem or info.size > MEMBER_MAX:
        return Member(info.name, b"", problem or _TOO_LARGE, done)
    content = archive.extractfile(info)
    return Member(info.name, content.read() if content else b"", "", done)


def _limited(name: str, raw: IO[bytes], done: float) -> Member:
    data = raw.read(MEMBER_MAX + 1)
    return Member(name, b"", _TOO_LARGE, done) if len(data) > MEMBER_MAX else Member(name, data, "", done)


def _is_wanted(name: str) -> bool:
    """JSON, but not the shadow files that a Mac lays beside each."""
    last = PurePosixPath(name).name
    return last.endswith(".json") and not last.startswith("._")


def _bad_name(name: str) -> str:
    parts = PurePosixPath(name.replace("\\", "/"))
    return "its name leads out of the archive" if parts.is_absolute() or ".." in parts.parts else ""
