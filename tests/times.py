"""Where the time of a run went: when each process of it was through, and which files took longest. One left alone at the end with a
long file shows here; tests/order.py puts such a file first."""

from collections import Counter
from collections.abc import Mapping
from time import monotonic
from typing import Any

import pytest

MOST_FILES = 15
_began = monotonic()
_files: Counter[str] = Counter()
_through: dict[str, float] = {}


def note(report: pytest.TestReport) -> None:
    """In the process that leads: a test's beginning, call or end, by whichever process."""
    node: Any = getattr(report, "node", None)
    _files[report.nodeid.partition("::")[0]] += report.duration
    if node is not None:
        _through[node.gateway.id] = monotonic() - _began


def told() -> list[str]:
    """In lines; nothing of a run that was over in a minute."""
    return lines(_files, _through) if monotonic() - _began > 60 else []


def lines(files: Mapping[str, float], through: Mapping[str, float]) -> list[str]:
    """Seconds by file, the longest first, and the end of each process in seconds from the beginning."""
    ends = ", ".join(f"{name} {end:.0f} s" for name, end in sorted(through.items()))
    longest = sorted(files.items(), key=lambda one: (-one[1], one[0]))[:MOST_FILES]
    return [f"Through after: {ends}"] * bool(ends) + [f"{seconds:7.1f} s  {name}" for name, seconds in longest]
