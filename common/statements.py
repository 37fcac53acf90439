"""Statements of hot pages: put together by the ORM once, planned by the database once a connection, run with the values of the
moment.

Building the SQL of a long queryset and planning it cost more than carrying it out: for a member's page of a topic some 20 ms
against one. So `Statement` asks its queryset for SQL once a *shape* (whatever the SQL itself hangs on: the roles and groups of a
reader, say), with stand-ins in the places of what changes from call to call, keeps the text, and afterwards only fills the
places. Everything but the places is written into the text, so that the planner sees it.

A stand-in must reach the SQL as it is, or as a moment moved by a time delta. What is computed from one would be wrong for
everybody: so in tests every statement that runs must be, word for word, what its queryset says for the values at hand.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count
from types import SimpleNamespace
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model
from django.db.models.query import ModelIterable, QuerySet
from psycopg import OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.types.numeric import Int8

from common.errors import NotTheSame

M = TypeVar("M", bound=Model)
Value = int | datetime | bytes | str | UUID | list[int]
Shape = Hashable

_SHAPES: Final = 512
_PREPARED: Final = 100
"""Statements that a connection keeps prepared, the last used ones."""
_WENT_WELL: Final = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})
_FIRST_NUMBER: Final = 2_100_000_000  # below what a column of four bytes holds, so that no lookup calls it out of range
_EIGHT_BYTES: Final = 2**63
_FIRST_MOMENT: Final = datetime(7000, 1, 1, tzinfo=UTC)
_APART: Final = timedelta(days=3660)
_TYPES: Final[Mapping[type, str]] = {
    int: "bigint",
    datetime: "timestamptz",
    bytes: "bytea",
    str: "text",
    UUID: "uuid",
    list: "bigint[]",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """A parameter of the text: the value of this name, moved by so much."""

    name: str
    moved: timedelta | None


@dataclass(frozen=True, slots=True)
class _Kept:
    """`text` as PostgreSQL reads it; `sql` and `params` as Django wrote them, with places among them, to compare with."""

    text: str
    places: tuple[_Place, ...]
    sql: str
    params: tuple[Any, ...]
    compiler: Any
    converters: Any


class Statement(Generic[M]):
    """`build(shape, **stand_ins)` gives the queryset of models; `rows(shape, **values)` what it finds for these values.

    Values are whole numbers, lists of them, moments, words, UUIDs and bytes, always of the same type under a name. One statement.
    Raises NotTheSame where settings.KEPT_IS_COMPARED, as in tests.

    `a_moment_old`: where its text has no place, so that it says the same to everybody of a shape, what it found is told again
    for settings.VISITOR_PAGES_KEPT_FOR seconds.
    """

    def __init__(self, build: Callable[..., "QuerySet[M, Any]"], *, a_moment_old: bool = False) -> None:
        self._build = build
        self._a_moment_old = a_moment_old
        self._found: dict[str, tuple[float, list[tuple[Any, ...]]]] = {}
        self._kept = lru_cache(_SHAPES)(self._compile)
        self._compared: set[Hashable] = set()
        _EVERY.append(self)

    def rows(self, shape: Shape, **values: Value) -> list[M]:
        if _beyond_any_column(values):
            return list(self._build(shape, **values))
        kept = self._kept_for(shape, values)
        return list(_models(kept, self._asked(kept, values))) if kept else []

    def tuples(self, shape: Shape, **values: Value) -> list[tuple[Any, ...]]:
        """The same of a queryset of `values_list`."""
        if _beyond_any_column(values):
            return [tuple(row) for row in self._build(shape, **values)]
        kept = self._kept_for(shape, values)
        return [tuple(row) for row in _converted(kept, self._asked(kept, values))] if kept else []

    def first(self, shape: Shape, **values: Value) -> M | None:
        return next(iter(self.rows(shape, **values)), None)

    def _asked(self, kept: _Kept, values: Mapping[str, Value]) -> list[tuple[Any, ...]]:
        seconds = settings.VISITOR_PAGES_KEPT_FOR
        if not self._a_moment_old or kept.places or not seconds:
            return _ask(kept, values)
        now = time.monotonic()
        until, found = self._found.get(kept.text, (0.0, []))
        if now >= until:
            found = _ask(kept, values)
            self._found[kept.text] = now + seconds, found
        return found

    def forget(self) -> None:
        """For tests that change a setting which the queryset looks at."""
        self._found.clear()
        self._kept.cache_clear()
        self._compared.clear()

    def _kept_for(self, shape: Shape, values: Mapping[str, Value]) -> _Kept | None:
        kept = self._kept(shape, tuple((name, _kind(value)) for name, value in values.items()))
        if settings.KEPT_IS_COMPARED:
            self._compare_once(kept, shape, values)
        return kept

    def _compare_once(self, kept: _Kept | None, shape: Shape, values: Mapping[str, Value]) -> None:
        """For the same values the queryset says the same, and to ask it takes longer than all else that a page does."""
        asked = (shape, *((name, tuple(value) if isinstance(value, list) else value) for name, value in values.items()))
        if asked not in self._compared:
            _compare(kept, self._build(shape, **values), values)
            self._compared.add(asked)

    def _compile(self, shape: Shape, kinds: tuple[tuple[str, type], ...]) -> _Kept | None:
        stand_ins = _stand_ins(kinds)
        compiler: Any = self._build(shape, **stand_ins).query.get_compiler(connection=connection)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        expressions = [expression for expression, *_ in compiler.select[: compiler.col_count]]
        found = tuple(_place_of(param, stand_ins) or param for param in params)
        text, places = _with_places(sql, found, stand_ins)
        return _Kept(text, places, sql, found, compiler, compiler.get_converters(expressions))


_EVERY: Final[list[Statement[Any]]] = []


def forget_statements() -> None:
    """For tests that change a setting which a queryset looks at."""
    for statement in _EVERY:
        statement.forget()


def _compare(kept: _Kept | None, rows: "QuerySet[Any, Any]", values: Mapping[str, Value]) -> None:
    try:
        sql, params = rows.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        if kept is not None:
            raise NotTheSame("finds nothing by itself, and its kept form asks") from None
        return
    told = kept and tuple(_filled(values[one.name], one) if isinstance(one, _Place) else one for one in kept.params)
    if kept is None or sql != kept.sql or tuple(map(_bare, params)) != tuple(map(_bare, told or ())):
        raise NotTheSame(f"{sql}\n{params}\nis kept as\n{kept and kept.sql}\n{told}")


def _bare(param: Any) -> Any:
    """Without what psycopg wraps it in."""
    return getattr(param, "obj", param)


def _beyond_any_column(values: Mapping[str, Value]) -> bool:
    """Somebody typed a number of thirty digits into an address. The ORM knows what that equals and what it is above: the queryset
    itself is asked."""
    return any(isinstance(value, int) and abs(value) >= _EIGHT_BYTES for value in values.values())


def _kind(value: Value) -> type:
    return type(value) if type(value) in _TYPES else next(kind for kind in _TYPES if isinstance(value, kind))


def _stand_ins(kinds: tuple[tuple[str, type], ...]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for number, (name, kind) in zip(count(1), kinds, strict=False):
        if kind is int:
            found[name] = _FIRST_NUMBER + number
        elif kind is list:
            found[name] = [_FIRST_NUMBER + number]
        elif kind is datetime:
            found[name] = _FIRST_MOMENT + number * _APART
        elif kind is UUID:
            found[name] = UUID(int=number)
        elif kind is str:
            found[name] = f"stand-in {number}"
        else:
            found[name] = f"stand-in {number}".encode().ljust(32, b".")
    return found


def _with_places(sql: str, params: Sequence[Any], stand_ins: Mapping[str, Value]) -> tuple[str, tuple[_Place, ...]]:
    """The text as PostgreSQL reads it: `$1` for a place, a literal for all else."""
    connection.ensure_connection()
    places = tuple(dict.fromkeys(param for param in params if isinstance(param, _Place)))
    filled = [
        f"${places.index(param) + 1}::{_TYPES[_kind(stand_ins[param.name])]}"
        if isinstance(param, _Place)
        else connection.ops.compose_sql("%s", [param])  # type: ignore[attr-defined]
        for param in params
    ]
    return sql % tuple(filled), places


def _place_of(param: Any, stand_ins: Mapping[str, Value]) -> _Place | None:
    for name, stand_in in stand_ins.items():
        if isinstance(stand_in, datetime):
            if isinstance(param, datetime) and abs(param - stand_in) < _APART / 2:
                return _Place(name, param - stand_in)
        elif type(_bare(param)) is not bool and _bare(param) == stand_in:
            return _Place(name, None)
    return None


class _Prepared:
    """The statements that a connection has prepared, by text and types, and how they are run: in one call of libpq. psycopg's own
    cursors can be interrupted while they wait, for which they wait in Python; that took as long as carrying out. Django's
    wrappers take it for a cursor."""

    def __init__(self, raw: Any) -> None:
        self._raw, self._libpq = raw, raw.pgconn
        self._read = Transformer(raw)  # remembers how to read every type that it met
        self._names: OrderedDict[tuple[str, tuple[int, ...]], bytes] = OrderedDict()
        self._given = count(1)
        self.result: Any = None
        self._query: Any = None

    def execute(self, text: str, values: Sequence[Any]) -> None:
        self._query = SimpleNamespace(query=text.encode())  # for Django's log of statements
        if self._libpq.transaction_status == TransactionStatus.IDLE and not self._raw.autocommit:
            self._checked(self._libpq.exec_(b"BEGIN"))
        told = self._read.dump_sequence(values, [PyFormat.AUTO] * len(values))
        types, formats = self._read.types or (), self._read.formats
        if settings.DATABASE_PREPARES:
            self.result = self._checked(self._libpq.exec_prepared(self._name(text, types), told, formats))
        else:
            self.result = self._checked(self._libpq.exec_params(text.encode(), told, types, formats))

    def fetchall(self) -> list[tuple[Any, ...]]:
        """None where the statement returns none."""
        result, self.result = self.result, None
        if not result.nfields:
            return []
        self._read.set_pgresult(result)
        return self._read.load_rows(0, result.ntuples, tuple)

    def close(self) -> None:
        """It lives as long as its connection."""

    def _name(self, text: str, types: tuple[int, ...]) -> bytes:
        name = self._names.get((text, types))
        if name is not None:
            self._names.move_to_end((text, types))
            return name
        if len(self._names) >= _PREPARED:
            _, oldest = self._names.popitem(last=False)
            self._checked(self._libpq.exec_(b"DEALLOCATE " + oldest))
        name = b"kept_%d" % next(self._given)
        self._checked(self._libpq.prepare(name, text.encode(), types))
        self._names[text, types] = name
        return name

    def _checked(self, result: Any) -> Any:
        if result.status in _WENT_WELL:
            return result
        if self._libpq.status == ConnStatus.BAD:
            raise OperationalError(self._libpq.get_error_message())
        raise error_from_result(result, encoding="utf-8")


def prepared(text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a text with `$1` where the first value belongs, as a prepared statement: as Django's own cursors run one; those are
    gone through only where somebody listens to them. Whole numbers come as `eight_bytes`, so that there is one plan whatever
    their size. The rows; none where it returns none."""
    there: Any = connections[DEFAULT_DB_ALIAS]  # itself: `connection` looks it up anew at every name
    there.close_if_health_check_failed()  # as Django does before the first statement of a request
    there.ensure_connection()
    inner = _prepared_on(there.connection)
    if there.queries_logged or there.execute_wrappers:
        wrapped = there.make_debug_cursor if there.queries_logged else there.make_cursor
        wrapped(inner).execute(text, values)
    else:
        there.validate_no_broken_transaction()
        with there.wrap_database_errors:
            inner.execute(text, values)
    return inner.fetchall()


def _prepared_on(raw: Any) -> _Prepared:
    """One for each connection."""
    kept: _Prepared | None = getattr(raw, "kept_statements", None)
    if kept is None:
        kept = raw.kept_statements = _Prepared(raw)
    return kept


def eight_bytes(value: Any) -> Any:
    """A value as `prepared` wants it."""
    return Int8(value) if type(value) is int else value


def _ask(kept: _Kept, values: Mapping[str, Value]) -> list[tuple[Any, ...]]:
    return prepared(kept.text, [_filled(values[place.name], place) for place in kept.places])


def _filled(value: Value, place: _Place) -> Any:
    if isinstance(value, datetime):
        return value + place.moved if place.moved else value
    return Int8(value) if isinstance(value, int) else [Int8(one) for one in value] if isinstance(value, list) else value


def _models(kept: _Kept, found: list[tuple[Any, ...]]) -> Iterator[Any]:
    """As a queryset makes models of what its compiler brings."""
    compiler = kept.compiler
    answered = SimpleNamespace(
        select=compiler.select,
        klass_info=compiler.klass_info,
        annotation_col_map=compiler.annotation_col_map,
        execute_sql=lambda **_: found,
        results_iter=lambda _: _converted(kept, found),
    )
    query = SimpleNamespace(get_compiler=lambda **_: answered)
    queryset: Any = SimpleNamespace(query=query, db=connection.alias, _known_related_objects={})
    return iter(ModelIterable(queryset))


def _converted(kept: _Kept, found: list[tuple[Any, ...]]) -> Iterable[Any]:
    return kept.compiler.apply_converters(found, kept.converters) if kept.converters else found
