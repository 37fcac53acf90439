"""Numbered paragraphs: nothing is lost, nothing is numbered twice, and the same text is always cut in the same places."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.paragraphs import joined, paragraphs_of

line = st.sampled_from(
    [
        "",
        " ",
        "Words.",
        "# One",
        "## Two ##",
        "#no heading",
        "- a",
        "  set in",
        "\tset in",
        "```",
        "~~~~",
        "| a | b |",
        "> said",
        "1. first",
    ]
) | st.text(max_size=12)
source = st.lists(line, max_size=14).map("\n".join) | st.text(max_size=60)


@settings(deadline=None, max_examples=300)
@given(source)
def test_it_is_cut_in_the_same_places_again(text):
    parts = paragraphs_of(text)
    assert paragraphs_of(joined(parts)) == parts


@settings(deadline=None, max_examples=300)
@given(source)
def test_paragraphs_count_from_one_without_gaps_and_no_words_are_lost(text):
    parts = paragraphs_of(text)
    numbers = [part.number for part in parts if not part.is_heading]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(part.words.strip() for part in parts)
    assert "".join(joined(parts).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("One.\n\nTwo.\nStill two.", [(1, "One."), (2, "Two.\nStill two.")]),
        ("# Aim\nOne.", [(0, "# Aim"), (1, "One.")]),
        ("```\na\n\nb\n```\n\nAfter", [(1, "```\na\n\nb\n```"), (2, "After")]),
        ("- a\n\n  more of a\n\nTwo", [(1, "- a\n\n  more of a"), (2, "Two")]),
        ("One\r\n\r\nTwo", [(1, "One"), (2, "Two")]),
        ("```\nnever closed\n\n", [(1, "```\nnever closed")]),
        (" \n\n", []),
    ],
)
def test_what_is_a_paragraph(text, words):
    assert [(part.number, part.words) for part in paragraphs_of(text)] == words


def test_a_heading_is_named_without_its_marks():
    assert paragraphs_of("## The aim ##")[0].title == "The aim"
