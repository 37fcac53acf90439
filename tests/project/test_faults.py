"""docs/faults.md names tests that there are."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "faults.md"


def named():
    return re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TABLE.read_text())


def test_each_test_of_the_fault_table_exists():
    missing = []
    for path, name in named():
        tree = ast.parse((ROOT / path).read_text()) if (ROOT / path).exists() else ast.Module([], [])
        if name not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}:
            missing.append(f"{path}::{name}")
    assert missing == []


def test_each_row_names_a_test_and_each_drill_stands_in_a_row():
    rows = [line for line in TABLE.read_text().splitlines() if line.startswith("| ")][1:]
    assert [row for row in rows if not re.search(r"`tests/[\w/]+\.py::\w+`", row)] == []
    of_the_weekly = {"test_killed_sender", "test_stopped_sender", "test_weekly_drill", "test_each_statement", "test_valkey_lost"}
    of_the_weekly |= {"test_postgres_lost", "test_at_once", "test_stalled_server", "test_ended_worker", "test_scanners"}
    of_the_weekly |= {"test_scanners_in_a_browser", "test_database_disk_full"}
    assert of_the_weekly <= {Path(path).stem for path, _ in named()}
