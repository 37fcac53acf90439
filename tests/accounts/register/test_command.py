import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Membership
from tests.accounts.register.files import csv_of, row

pytestmark = pytest.mark.django_db


def run(path, *args) -> tuple[str, dict]:
    out = StringIO()
    call_command("import_register", str(path), "--json", *args, stdout=out)
    lines = out.getvalue().splitlines()
    return "\n".join(lines), json.loads(lines[-1])


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "register.csv"
    path.write_bytes(csv_of(row("M1"), row("M2"), row("M3", nation="Narnia")))
    return path


def test_checks_and_changes_nothing_until_told(file):
    said, figures = run(file)
    assert (figures["state"], figures["joins"], figures["faults"]) == ("checked", 2, 1)
    assert "line 4: Nation: “Narnia” is not known" in said
    assert not Membership.objects.exists()
    _, figures = run(file, "--apply")
    assert figures["state"] == "applied"
    assert Membership.objects.count() == 2


def test_many_lapses_need_their_number_and_a_part_lapses_nobody(file):
    run(file, "--apply")
    file.write_bytes(csv_of(row("M1")))
    _, figures = run(file, "--part", "--apply")
    assert figures["lapses"] == 0
    with pytest.raises(CommandError, match="More than a tenth"):
        run(file, "--apply")
    assert run(file, "--apply", "--lapses", "1")[1]["lapses"] == 1


def test_says_what_is_wrong_with_a_file(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "missing.csv")
    path = tmp_path / "x.csv"
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(CommandError, match="Excel"):
        run(path)
    path.write_bytes(b"shoe,size\n1,2\n")
    with pytest.raises(CommandError, match="membership number"):
        run(path)
