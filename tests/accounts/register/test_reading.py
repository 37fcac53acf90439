import pytest

from accounts.register.reading import NotARegister, Scan, lines_of
from tests.accounts.register.files import csv_of, row


def read(data: bytes, size: int = 7):
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    scan = Scan()
    for piece in pieces:
        scan.take(piece)
    shape = scan.shape()
    return shape, list(lines_of(pieces, shape))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_reads_what_spreadsheets_write(delimiter, encoding):
    shape, lines = read(csv_of(row("M1", name="Siân O’Hara"), delimiter=delimiter, encoding=encoding))
    assert shape.delimiter == delimiter
    assert shape.header[0] == "Member No", "no byte order mark sticks to the first heading"
    assert lines[0].cells[2] == "Siân O’Hara"


def test_a_letter_cut_in_two_by_a_piece_is_still_utf_8():
    for size in range(1, 12):
        shape, lines = read(csv_of(row("M1", name="Łukasz Ąę")), size=size)
        assert (shape.encoding, lines[0].cells[2]) == ("utf-8-sig", "Łukasz Ąę")


def test_a_newline_in_quotation_marks_belongs_to_the_cell_and_lines_are_counted_as_an_editor_does():
    _, lines = read(csv_of(row("M1", name="One\nTwo"), row("M2")))
    assert [line.number for line in lines] == [2, 4]
    assert lines[0].cells[2] == "One\nTwo"


def test_lines_without_text_are_left_out():
    _, lines = read(csv_of(row("M1")) + b"\r\n,,,,\r\n")
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"  \n \n", "empty"),
        (b"PK\x03\x04 and so on", "Excel"),
        (b"%PDF-1.7", "PDF"),
        ("a,b\n1,2".encode("utf-16"), "UTF-16"),
        (bytes(range(1, 31)) * 40, "not a text file"),
        (b"just one column\nvalue\n", "one column"),
        (b"Email,email\na,b\n", "called “Email”"),
        (b",,\na,b,c\n", "name the columns"),
        (",".join(f"c{n}" for n in range(101)).encode(), "101 columns"),
    ],
)
def test_refuses_what_is_no_register_and_says_what_to_do(data, says):
    with pytest.raises(NotARegister, match=says):
        read(data)


def test_a_line_without_end_is_refused_before_it_is_held():
    scan = Scan()
    for _ in range(5):
        scan.take(b"a,b" * 60_000)
    with pytest.raises(NotARegister, match="longer than a million"):
        scan.take(b"a,b" * 60_000)


def test_quotation_marks_that_make_no_sense_are_told_with_their_line():
    with pytest.raises(NotARegister, match="line 3"):
        read(b'number,email\n1,a@example.org\n2,"never closed\n3,b@example.org\n')
