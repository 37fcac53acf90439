"""Reading compressed archives as streams, with a bound on memory that a hostile one cannot pass."""

import tarfile
from lzma import FORMAT_XZ, LZMADecompressor
from typing import IO, Final, Protocol

_CHUNK: Final = 64 * 1024
_DICTIONARY_MAX: Final = 256 * 1024 * 1024
_HEADER_MAX: Final = 1024 * 1024
_LONG_HEADERS: Final = (
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
)


class ArchiveBroken(Exception):
    """An archive that cannot be read (further). The message is the sentence for whoever ran the import."""


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Xz:
    """The plain bytes of an .xz file of one stream or several. `lzma.open` would take as much memory as the file demands."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._stream = self._next()

    def read(self, size: int = _CHUNK, /) -> bytes:
        """Up to `size` bytes, none at the end. Raises LZMAError, EOFError where the file ends early."""
        while True:
            data = b""
            if self._stream.eof:
                data = self._after()
                if not data:
                    return b""
                self._stream = self._next()
            elif self._stream.needs_input:
                data = self._raw.read(_CHUNK)
                if not data:
                    raise EOFError("the compressed file is cut short")
            out = self._stream.decompress(data, size)
            if out:
                return out

    def _after(self) -> bytes:
        """What follows a stream: padding of zeros, then another stream or nothing."""
        rest = self._stream.unused_data.lstrip(b"\0")
        while not rest:
            chunk = self._raw.read(_CHUNK)
            if not chunk:
                return b""
            rest = chunk.lstrip(b"\0")
        return rest

    @staticmethod
    def _next() -> LZMADecompressor:
        return LZMADecompressor(FORMAT_XZ, memlimit=_DICTIONARY_MAX)


def open_tar(plain: _Readable) -> tarfile.TarFile:
    """A tar archive to be read from front to end."""
    return tarfile.open(fileobj=plain, mode="r|", tarinfo=_BoundedHeader)  # type: ignore[call-overload, no-any-return]


class _BoundedHeader(tarfile.TarInfo):
    """tarfile reads a long name or a list of attributes into memory whole, however long it claims to be."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _LONG_HEADERS and self.size > _HEADER_MAX:
            raise tarfile.ReadError("a header is too long")
        return super()._proc_member(archive)  # type: ignore[misc, no-any-return]
