"""Rows into PostgreSQL by COPY, without a model's instance for each: text lines, a few thousand at a time."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault
from django.db.models.fields import NOT_PROVIDED

NULL: Final = "\\N"
_AT_ONCE: Final = 2_000
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

Row = Sequence[Any]


def written(value: Any) -> str:
    """A value as COPY's text format has it."""
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, Json):
        return value.told.translate(_ESCAPES)
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True).translate(_ESCAPES)
    return NULL if value is None else str(value)


class Json:
    """A value of a JSON column: a text too has its quotes there."""

    __slots__ = ("told",)

    def __init__(self, told: Any) -> None:
        self.told = json.dumps(told, sort_keys=True)


class Ready(str):
    """A text that `written` need not look at again: posts share their texts by the thousand."""

    __slots__ = ()

    def translate(self, table: Any, /) -> "Ready":
        return self


@cache
def ready(text: str) -> Ready:
    return Ready(text.translate(_ESCAPES))


def table_of(model: type[Model]) -> str:
    return str(model._meta.db_table)  # noqa: SLF001 - Django's public way to its tables


def has_number(model: type[Model]) -> bool:
    """Its key is an `id` that the database counts."""
    return any(field.attname == "id" for field in model._meta.concrete_fields)  # noqa: SLF001


def set_sequences(models: Iterable[type[Model]]) -> None:
    """The next row made by hand comes after those that were given their ids."""
    with connection.cursor() as cursor:
        for model in filter(has_number, models):
            table = table_of(model)
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM \"{table}\" HAVING max(id) IS NOT NULL",  # noqa: S608
                [table],
            )


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def copy_rows(model: type[Model], names: Sequence[str], rows: Iterable[Row]) -> int:
    """Write rows that give `names` in order; every other column gets its field's default. Returns how many. Part of the running
    transaction. Safe for any number of rows: nothing is kept."""
    columns, tail = _rest(model, tuple(names))
    line: Callable[[Row], str] = lambda row: "\t".join(map(written, row)) + tail  # noqa: E731
    count, waiting = 0, list[str]()
    quoted = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table_of(model)}" ({quoted}) FROM STDIN') as copy:
        for row in rows:
            waiting.append(line(row))
            count += 1
            if len(waiting) == _AT_ONCE:
                copy.write("".join(waiting))
                waiting.clear()
        copy.write("".join(waiting))
    return count


def _default(field: Any, value: Any) -> str:
    """An array has a spelling of its own; by default it is empty."""
    return "{}" if isinstance(field, ArrayField) and not value else written(value)


@cache
def _rest(model: type[Model], names: tuple[str, ...]) -> tuple[list[str], str]:
    """The columns, and the end of every line: what nobody named, by the defaults. Without one it is the database's to fill."""
    fields = {field.attname: field for field in model._meta.concrete_fields if not field.generated}  # noqa: SLF001
    unnamed = {name: field.get_default() for name, field in fields.items() if name not in names and not field.primary_key}
    unnamed = {name: value for name, value in unnamed.items() if not isinstance(value, DatabaseDefault)}
    given = {name: value for name, value in unnamed.items() if value is not None or fields[name].default is not NOT_PROVIDED}
    tail = "".join(f"\t{_default(fields[name], value)}" for name, value in given.items()) + "\n"
    return [*(fields[name].column or name for name in names), *(fields[name].column or name for name in given)], tail
