"""What a stage is: some tables, written in parts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from demo.town.plan import Plan

Rows = Iterator[tuple[str, int]]
"""Table by table: its name and how many rows were written."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`parts` are ranges of ids, one transaction each; `load` writes one and must hang on the plan and the range alone."""

    name: str
    parts: Callable[[Plan], Sequence[range]]
    load: Callable[[Plan, range], Rows]


def in_one_part(plan: Plan) -> Sequence[range]:
    return [range(1, 2)]
