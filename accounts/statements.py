"""Kept statements whose SQL hangs on who reads."""

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from django.db.models import Model
from django.db.models.query import QuerySet

from accounts.standing import Anyone, shape_of, somebody_of, standing_of, themselves
from common.statements import Statement, Value

M = TypeVar("M", bound=Model)


class ReadersStatement(Generic[M]):
    """`build(user, *how, **values)` gives a queryset for a reader (or a stand-in for them); `how` is whatever else its SQL hangs
    on, and `values` what it is filled with. `rows(user, *how, **values)` and the others, and `a_moment_old`, as
    `common.statements.Statement` has them. One statement."""

    def __init__(self, build: "Callable[..., QuerySet[M, Any]]", *, a_moment_old: bool = False) -> None:
        def for_somebody(shape: tuple[Any, ...], *, reader: int = 0, came: Any = None, **values: Any) -> "QuerySet[M, Any]":
            standing, *how = shape
            return build(somebody_of(standing, reader, created_at=came), *how, **values)

        self._kept: Statement[M] = Statement(for_somebody, a_moment_old=a_moment_old)

    def rows(self, user: Anyone, *how: Hashable, **values: Value) -> list[M]:
        return self._kept.rows((shape_of(user), *how), **_who(user), **values)

    def tuples(self, user: Anyone, *how: Hashable, **values: Value) -> list[tuple[Any, ...]]:
        return self._kept.tuples((shape_of(user), *how), **_who(user), **values)

    def first(self, user: Anyone, *how: Hashable, **values: Value) -> M | None:
        return next(iter(self.rows(user, *how, **values)), None)


def _who(user: Anyone) -> dict[str, Any]:
    user = themselves(user)
    return {"reader": user.pk, "came": user.created_at} if standing_of(user).is_signed_in else {}  # type: ignore[union-attr]


def readers_statement(build: "Callable[..., QuerySet[M, Any]]") -> ReadersStatement[M]:
    """The door for rooms below (settings.READERS_STATEMENT)."""
    return ReadersStatement(build)
