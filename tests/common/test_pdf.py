"""Papers: whatever was written is on them, nothing is taken as a command, and a screen reader gets its structure."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.glyphs import characters_of
from common.pdf import FALLBACK, legible, pdf_of

TEMPLATE = """#let told = json(bytes(sys.inputs.told))
#set document(title: "A paper", date: none)
#set text(lang: "en", font: ("Libertinus Serif", "DejaVu Sans"))
= A paper
#for line in told.lines [#par[#line.]]
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("paper") / "paper.typ"
    path.write_text(TEMPLATE)
    return path


def test_a_paper_is_a_tagged_pdf_without_a_moment_of_its_own(template):
    paper = pdf_of(template, {"lines": ["Anything"]})
    assert paper.startswith(b"%PDF-")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in paper
    assert b"StructTreeRoot" in paper
    assert b"Date" not in paper.replace(b"Datetime", b"")
    assert paper == pdf_of(template, {"lines": ["Anything"]})


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=40), max_size=4))
def test_any_text_in_any_script_becomes_a_paper(template, lines):
    assert pdf_of(template, {"lines": lines}).startswith(b"%PDF-")


@pytest.mark.parametrize(
    "text",
    ["Привет", "שלום", "مرحبا", "Ŵ ŵ é", "😀 ✓", "#panic()", "*no* `no` $no$ @no <no> \\", "x" * 5_000, "", "\0\x1b\u202e\ufeff"],
)
def test_what_looks_like_a_command_or_is_hard_to_draw_becomes_one_too(template, text):
    assert pdf_of(template, {"lines": [text], "deeper": {"and": [text]}}).startswith(b"%PDF-")


def test_what_no_font_of_ours_draws_is_told_by_name():
    assert legible("漢 ok") == "[cjk unified ideograph-6f22] ok"
    assert legible("👍") == "[thumbs up sign]"
    assert legible("e\u0301\x00\u200d") == "é\u200d"
    assert legible("Two\nlines") == "Two\nlines"
    assert legible("漢", name=False) == ""


def test_a_file_that_is_no_font_is_refused(tmp_path):
    (tmp_path / "none.ttf").write_bytes(bytes(64))
    with pytest.raises(ValueError, match="no table of characters"):
        characters_of(tmp_path / "none.ttf")
    assert ord("a") in characters_of(FALLBACK)
