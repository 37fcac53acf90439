"""Rows that stand in an order, 1, 2, 3, without gaps: moving one, closing the gap of one. The constraints are deferred, so that
two rows may pass each other within a transaction."""

from typing import Any, Literal

from django.db.models import F, Max, QuerySet

Direction = Literal["up", "down"]


def next_position(rows: QuerySet[Any]) -> int:
    """Where a new one goes: last."""
    return (rows.aggregate(last=Max("position"))["last"] or 0) + 1


def move(rows: QuerySet[Any], row_id: int, direction: Direction) -> bool:
    """Change places with the neighbour. False where there is none."""
    order = list(rows.order_by("position", "pk").values_list("pk", flat=True))
    at = order.index(row_id)
    to = at - 1 if direction == "up" else at + 1
    if not 0 <= to < len(order):
        return False
    order[at], order[to] = order[to], order[at]
    for position, pk in enumerate(order, start=1):
        rows.filter(pk=pk).update(position=position)
    return True


def insert(rows: QuerySet[Any], row_id: int, position: int) -> None:
    """Put a row that is among them at a position from 1, the others closing up; further than the last is last."""
    order = list(rows.order_by("position", "pk").values_list("pk", flat=True))
    order.remove(row_id)
    order.insert(min(max(position - 1, 0), len(order)), row_id)
    for place, pk in enumerate(order, start=1):
        rows.filter(pk=pk).exclude(position=place).update(position=place)


def close_gap(rows: QuerySet[Any], after: int) -> None:
    """The row at position `after` is gone."""
    rows.filter(position__gt=after).update(position=F("position") - 1)
