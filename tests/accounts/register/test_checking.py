from datetime import UTC, datetime

import pytest

from accounts.register.bands import band_of_list_size, band_of_years
from accounts.register.checking import check_row
from accounts.register.mapping import Columns, guess_columns, header_key
from accounts.register.reading import Shape
from tests.accounts.register.files import HEADER, row

SHAPE = Shape("utf-8", ",", tuple(HEADER))
COLUMNS = Columns(guess_columns(HEADER), {})


def checked(*args, **told):
    return check_row(row(*args, **told), columns=COLUMNS, shape=SHAPE)


def test_a_good_line_says_everything():
    good = checked("m1", "Maren@Example.org", name="  Maren   Ashdowne ")
    assert good.faults == []
    assert good.values == {
        "number": "M1", "email": "maren@example.org", "name": "Maren Ashdowne", "grade": "Full", "nation": "wales",
        "list_size": "5-10k", "job": "practice-manager",
    }  # fmt: skip
    assert good.tells_end
    assert not good.lapsed


def test_paid_until_is_the_midnight_after_that_day_in_london():
    assert checked("M1", until="30/06/2027").ends_at == datetime(2027, 6, 30, 23, tzinfo=UTC)
    assert checked("M1", until="2027-01-31 00:00:00").ends_at == datetime(2027, 2, 1, tzinfo=UTC)
    assert checked("M1", until="").ends_at is None


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"nation": "Narnia"}, "Nation: “Narnia” is not known"),
        ({"size": "many"}, "List size: “many” is not known"),
        ({"until": "31/02/2027"}, "Paid until: “31/02/2027” is not a day"),
        ({"until": "31/03/0027"}, "is not a day"),
        ({"status": "maybe"}, "Status: “maybe” is not known"),
        ({"name": "x" * 61}, "has 61 characters, more than 60"),
        ({"name": "a\0b"}, "U+0000"),
        ({"name": "a\ufffdb"}, "cannot be read"),
    ],
)
def test_a_fault_names_column_and_value(told, says):
    (fault,) = checked("M1", **told).faults
    assert says in fault.sentence


@pytest.mark.parametrize("email", ["a@@b", "nobody", "a@localhost", "ä@example.org"])
def test_an_address_that_reaches_nobody_is_a_fault(email):
    (fault,) = checked("M1", email).faults
    assert fault.sentence.startswith("Email: ")


def test_a_faulty_line_still_names_its_member():
    assert checked("m1", nation="Narnia").values["number"] == "M1"
    assert checked("m\x001", nation="Wales").values["number"] == "M1"
    (fault,) = checked("", "a@example.org").faults
    assert "no membership number" in fault.sentence


def test_too_many_cells_are_told_and_too_few_are_empty():
    long = check_row([*row("M1"), "more"], columns=COLUMNS, shape=SHAPE)
    assert "10 cells, the header 9" in long.faults[0].sentence
    short = check_row(["M1", "a@example.org"], columns=COLUMNS, shape=SHAPE)
    assert short.faults == []
    assert short.values["nation"] == ""


def test_what_the_mapping_page_said_wins():
    columns = Columns(COLUMNS.places, {"nation": {"zone 4": "scotland"}, "list_size": {"xl": "20k-plus"}})
    told = check_row(row("M1", nation="Zone_4", size="XL"), columns=columns, shape=SHAPE).values
    assert (told["nation"], told["list_size"]) == ("scotland", "20k-plus")


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("4999", "under-5k"), ("5,000", "5-10k"), ("14 999", "10-15k"), ("15.000", "15-20k"), ("20000", "20k-plus"),
        ("5-10k", "5-10k"), ("Under 5,000", "under-5k"), ("10,000–14,999", "10-15k"),
        ("0", None), ("-3", None), ("1e4", None), ("1000000", None), ("lots", None),
    ],
)  # fmt: skip
def test_a_list_size_becomes_a_band(text, band):
    assert band_of_list_size(text) == band


@pytest.mark.parametrize(("text", "band"), [("0", "under-2"), ("2", "2-4"), ("19", "10-19"), ("20", "20-plus"), ("71", None)])
def test_years_become_a_band(text, band):
    assert band_of_years(text) == band


def test_a_header_is_the_same_whatever_its_case_and_another_in_another_order():
    assert header_key(["Member_No", "E-mail"]) == header_key(["member no", "e-mail "])
    assert header_key(["a", "b"]) != header_key(["b", "a"])


def test_columns_must_name_number_and_address_and_each_once():
    assert len(Columns({}, {}).problems) == 2
    assert "twice" in Columns({"number": 0, "email": 0}, {}).problems[0]
    assert "go together" in Columns({"number": 0, "email": 1, "last_name": 2}, {}).problems[0]
