"""Single values out of JSON that somebody else wrote: of the right type, or Unreadable with what is wrong."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

_INTEGER_MAX: Final = 2**31 - 1


class Unreadable(ValueError):
    """A file that cannot be understood. The message finishes the sentence "<name> was skipped: …"."""


def number(found: Mapping[str, object], name: str, where: str) -> int:
    """A whole number from 1 upwards that fits the database."""
    value = found.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _INTEGER_MAX:
        raise Unreadable(f"{where} has no usable {name}")
    return value


def optional_number(found: Mapping[str, object], name: str, where: str) -> int | None:
    """The same; None where nothing, or 0, is said."""
    return number(found, name, where) if found.get(name) else None


def count(found: Mapping[str, object], name: str, where: str) -> int:
    """A whole number from 0 upwards; 0 where nothing is said."""
    value = found.get(name)
    return 0 if value is None or value == 0 else number(found, name, where)


def flag(found: Mapping[str, object], name: str) -> bool:
    """Anything but false, null and absent counts as set: what may be hidden stays hidden."""
    return bool(found.get(name))


def text(found: Mapping[str, object], name: str) -> str:
    """A text that the database can hold: no U+0000, no half of a surrogate pair. Empty where there is none."""
    value = found.get(name)
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def moment(found: Mapping[str, object], name: str, where: str) -> datetime:
    """A moment in UTC; without a zone it is taken as UTC, as Discourse writes it."""
    value = found.get(name)
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
        if read is not None:
            return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        pass
    raise Unreadable(f"{where} has no usable {name}")


def objects(found: Mapping[str, object], name: str, where: str) -> Iterator[Mapping[str, object]]:
    """The JSON objects of a list; none where it is absent."""
    value = found.get(name)
    if value is None:
        return
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Unreadable(f"{where} has {name} that are no list of objects")
    yield from value
