"""The sample register fits the demo community: every member has a line, and only the faults that are meant."""

import csv
import tomllib
from pathlib import Path

from accounts.register.checking import check_row
from accounts.register.mapping import Columns, guess_columns
from accounts.register.reading import Scan, lines_of

CONTENT = Path(__file__).resolve().parents[2] / "demo" / "content"


def test_every_member_has_a_line_and_three_things_are_wrong_with_two_lines():
    data = (CONTENT / "register.csv").read_bytes()
    scan = Scan()
    scan.take(data)
    shape = scan.shape()
    columns = Columns(guess_columns(shape.header), {})
    assert columns.problems == []
    checked = [check_row(line.cells, columns=columns, shape=shape) for line in lines_of([data], shape)]
    emails = {each.values.get("email") for each in checked}
    members = tomllib.loads((CONTENT / "members.toml").read_text())["member"]
    assert {f"{member['key']}@example.org" for member in members} <= emails
    numbers = [each.values["number"] for each in checked]
    assert len(set(numbers)) == len(numbers)
    assert [len(each.faults) for each in checked if each.faults] == [1, 2]
    assert sum(each.lapsed for each in checked) == 1
    with (CONTENT / "register.csv").open(encoding="utf-8-sig", newline="") as file:
        assert all(email.endswith("example.org") for _, email, *_ in list(csv.reader(file))[1:])
