"""Two texts, word by word."""

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from common.differences import differences

WORDS = st.lists(st.sampled_from(["a", "b", "word", " ", "\n", "**", "é", "🙂", ">"]), max_size=40).map("".join)


@given(WORDS | st.text(), WORDS | st.text())
def test_the_pieces_give_both_texts_back(before, after):
    pieces = differences(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after
    assert all(piece.text for piece in pieces)
    assert all(one.kind != other.kind for one, other in pairwise(pieces))


@given(WORDS)
def test_the_same_text_has_no_difference(text):
    assert [piece.kind for piece in differences(text, text)] == ["same"] * bool(text)


def test_a_changed_word_is_marked_and_its_line_is_not():
    pieces = differences("First line.\nIt took 40 hours of evenings.\n", "First line.\nIt took 60 hours of evenings.\n")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "First line.\nIt took "), ("gone", "40"), ("new", "60"), ("same", " hours of evenings.\n"),
    ]  # fmt: skip


def test_a_phrase_that_was_replaced_reads_as_one():
    pieces = differences("We meet on Monday morning in Swansea.", "We meet on Friday afternoon in Swansea.")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "We meet on "), ("gone", "Monday morning"), ("new", "Friday afternoon"), ("same", " in Swansea."),
    ]  # fmt: skip


def test_markdown_counts_as_words():
    assert [(piece.kind, piece.text) for piece in differences("so it is", "so **it** is")] == [
        ("same", "so "), ("new", "**"), ("same", "it"), ("new", "**"), ("same", " is"),
    ]  # fmt: skip


def test_no_text_is_too_much_for_it():
    began = time.perf_counter()
    for before, after in (("a b " * 5000, "b c " * 5000), ("x\n" * 10_000, "y\nx\n" * 5000), ("ab" * 10_000, "ba" * 10_000)):
        pieces = differences(before, after)
        assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert time.perf_counter() - began < 6
