"""One row against the rules: what it says of a member, or what is wrong with it, column by column."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from accounts.practices import practice_code
from accounts.register.fields import BANDED, BY_NAME, plain
from accounts.register.mapping import Columns
from accounts.register.reading import Shape
from common.clock import london_moment
from mail.addresses import is_reachable

_DATES: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d/%m/%y")
_TIME_AFTER: Final = re.compile(r"[T ]\d{1,2}:\d\d(:\d\d)?(\.\d+)?Z?$")
STORED: Final = ("number", "email", "name", "grade", "nation", "region", "list_size", "job", "years", "practice")


@dataclass(frozen=True, slots=True)
class Fault:
    """`field` names what was wanted, `column` the heading; `sentence` names column and value."""

    field: str
    column: str
    value: str
    sentence: str

    def as_row(self) -> dict[str, str]:
        return {"field": self.field, "column": self.column, "value": self.value, "sentence": self.sentence}


@dataclass(slots=True)
class Checked:
    """`values`: of STORED, what this file tells; a field that it does not tell is not there. `ends_at` counts
    where `tells_end`. `number` is there also in a faulty row, as far as it can be read."""

    values: dict[str, str] = field(default_factory=dict)
    ends_at: datetime | None = None
    tells_end: bool = False
    lapsed: bool = False
    faults: list[Fault] = field(default_factory=list)


class _Wrong(Exception):
    """A value that cannot be used; the message goes on after “Column: ”."""


def check_row(cells: list[str], *, columns: Columns, shape: Shape) -> Checked:
    """What the row says. Never raises: what is wrong is told in `faults`."""
    checked, read = Checked(), {}
    if len(cells) > len(shape.header) and any(cell.strip() for cell in cells[len(shape.header) :]):
        told = f"The row has {len(cells)} cells, the header {len(shape.header)}. Check it for a stray “{shape.delimiter}”."
        checked.faults.append(Fault("", "", "", told))
    for name, place in columns.places.items():
        raw = cells[place] if place < len(cells) else ""
        try:
            read[name] = _read(name, raw, columns)
        except _Wrong as wrong:
            shown = _shown(raw)
            checked.faults.append(Fault(name, shape.header[place], shown, f"{shape.header[place]}: {wrong}"))
            if name == "number":
                read[name] = _squeezed(raw.replace("\0", "")).upper()[:40]
    _settle(checked, read)
    return checked


def _settle(checked: Checked, read: dict[str, str]) -> None:
    if "first_name" in read and "last_name" in read:
        read["name"] = f"{read['first_name']} {read['last_name']}".strip()[:60]
    checked.values = {name: read[name] for name in STORED if name in read}
    checked.lapsed = read.get("status") == "lapsed"
    checked.tells_end = "ends_on" in read
    if read.get("ends_on"):
        checked.ends_at = london_moment(date.fromisoformat(read["ends_on"]) + timedelta(days=1), time())


def _read(name: str, raw: str, columns: Columns) -> str:
    wanted, text = BY_NAME[name], _squeezed(raw)
    if "\0" in raw:
        raise _Wrong("the value holds a character U+0000. Remove it.")
    if "\ufffd" in raw:
        raise _Wrong(f"“{_shown(raw)}” holds a letter that cannot be read. Save the file as “CSV UTF-8”.")
    if len(text) > wanted.longest:
        raise _Wrong(f"“{_shown(raw)}” has {len(text)} characters, more than {wanted.longest}.")
    if not text:
        if name == "number":
            raise _Wrong("there is no membership number.")
        return ""
    return _meant(name, text, columns)


def _meant(name: str, text: str, columns: Columns) -> str:
    if name == "number":
        return text.upper()
    if name == "email":
        if not is_reachable(text):
            raise _Wrong(f"“{_shown(text)}” is not an address that we can write to.")
        return text.lower()
    if name == "ends_on":
        return _day(text)
    if name == "practice":
        return _practice(text)
    values = BY_NAME[name].values
    if values is None:
        return text
    key = plain(text)
    told = columns.values.get(name, {}).get(key)
    known = told if told is not None else values.get(key, _own(name, key))
    known = known if known is not None or name not in BANDED else BANDED[name](text)
    if known is None:
        raise _Wrong(f"“{_shown(text)}” is not known. Say under “What the columns are” what it means.")
    return known


def _own(name: str, key: str) -> str | None:
    """The value's own spelling: `practice-manager` is itself."""
    values = set((BY_NAME[name].values or {}).values())
    return key if key in values else None


def _day(text: str) -> str:
    day = _TIME_AFTER.sub("", text)
    for spelling in _DATES:
        try:
            found = datetime.strptime(day, spelling).date()  # noqa: DTZ007 - a calendar day of the register
        except ValueError:
            continue
        if 1990 <= found.year <= 2200:
            return found.isoformat()
    raise _Wrong(f"“{_shown(text)}” is not a day. Write 31/03/2027 or 2027-03-31.")


def _practice(text: str) -> str:
    code = practice_code(text)
    if not code:
        raise _Wrong(
            f"“{_shown(text)}” is no practice code. It has a letter and five digits, for example V81998; in Scotland five digits."
        )
    return code


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _shown(text: str) -> str:
    """As a sentence can show it: one line, 60 characters."""
    line = _squeezed(text.replace("\0", "␀"))
    return line if len(line) <= 60 else line[:59] + "…"
