"""Real elections, read from the data beside the repository, and random ones made by hypothesis."""

import csv
import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from tally import Ballot, Profile

SHARED = Path(os.environ.get("PLENARY_SHARED", Path(__file__).parents[3] / "shared"))


def _ballots_file(name: str) -> Path:
    path = SHARED / "data" / "ballots" / name
    if not path.exists():
        pytest.skip("shared data is not here")
    return path


@pytest.fixture(scope="session")
def debian_elections() -> dict[str, tuple[Profile, dict[str, list[list[str]]]]]:
    """Each election's profile and the rankings expected of it, by method."""
    elections = json.loads(_ballots_file("debian-elections.json").read_text())
    return {
        key: (
            Profile(tuple(each["candidates"]), tuple(Ballot.of(groups, times) for groups, times in each["ballots"])),
            each["expected"],
        )
        for key, each in elections.items()
    }


@pytest.fixture(scope="session")
def burlington() -> Profile:
    """The mayoral election of 2009; an overvote or a skipped rank names nobody."""
    ranked: dict[str, list[tuple[int, str]]] = defaultdict(list)
    with _ballots_file("burlington-2009.csv").open(newline="") as rows:
        for row in csv.DictReader(rows):
            ranked[row["ballot_id"]].append((int(row["rank"]), row["choice"]))
    papers = [[[choice] for _, choice in sorted(marks) if not choice.startswith("$")] for marks in ranked.values()]
    candidates = sorted({choice for paper in papers for [choice] in paper})
    return Profile(tuple(candidates), tuple(map(Ballot.of, papers)))
