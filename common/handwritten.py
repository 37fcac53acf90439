# ruff: noqa: SLF001 - what a model says of itself and of its rows stands in `_meta` and `_state`
"""Statements written by hand, and rows put in, that run at every post: planned by the database once a connection.

Putting an INSERT of thirty columns together by the ORM costs more than carrying it out. `Inserted` takes columns and values from
the model itself, so a field that is added is put in as well.
"""

import re
from functools import cached_property
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model

from common.statements import eight_bytes, prepared

_PLACE: Final = re.compile(r"%\((\w+)\)s")


class Handwritten:
    """A text with `%(name)s` for its values. `run(**values)` gives its rows. One statement."""

    def __init__(self, text: str) -> None:
        self._names = tuple(dict.fromkeys(_PLACE.findall(text)))
        self._text = _PLACE.sub(lambda place: f"${self._names.index(place[1]) + 1}", text)

    def run(self, **values: Any) -> list[tuple[Any, ...]]:
        return prepared(self._text, [eight_bytes(values[name]) for name in self._names])


class Inserted:
    """The INSERT of a row of this model with a key that the database gives."""

    def __init__(self, model: type[Model]) -> None:
        self._model = model

    @cached_property
    def _fields(self) -> tuple[Any, ...]:
        meta = self._model._meta
        return tuple(field for field in meta.local_concrete_fields if not field.generated and not field.primary_key)

    @cached_property
    def text(self) -> str:
        """With `%(column)s` for each value; returns the key."""
        columns = [field.column for field in self._fields]
        names, places = ", ".join(f'"{column}"' for column in columns), ", ".join(f"%({column})s" for column in columns)
        return f'INSERT INTO "{self._model._meta.db_table}" ({names}) VALUES ({places}) RETURNING "id"'  # noqa: S608 - names out of the model

    def values(self, row: Model) -> dict[str, Any]:
        """By column, as the database takes them."""
        there = connections[DEFAULT_DB_ALIAS]
        return {field.column: field.get_db_prep_save(field.pre_save(row, True), there) for field in self._fields}

    def put(self, row: Model) -> None:
        """As `row.save(force_insert=True)`. One statement."""
        ((key,),) = self._statement.run(**self.values(row))
        has_come(row, key)

    @cached_property
    def _statement(self) -> Handwritten:
        return Handwritten(self.text)


def has_come(row: Model, key: int) -> None:
    """The row stands in the database now, under this key."""
    row.pk, row._state.adding, row._state.db = key, False, DEFAULT_DB_ALIAS
