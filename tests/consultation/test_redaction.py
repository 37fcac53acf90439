"""Words are taken out exactly where they stand, and nothing else changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.redaction import CATEGORIES, NotInTheText, Span, joined, spans_of, without

TEXT = "Dr Ash of M12345 said so. Dr Ash left."


def test_every_place_of_the_words_is_taken_out():
    spans = spans_of(TEXT, "Dr Ash", "third")
    assert without(TEXT, spans) == "[taken out: names somebody else] of M12345 said so. [taken out: names somebody else] left."


@pytest.mark.parametrize("words", ["", "Dr Oak"])
def test_words_that_do_not_stand_there_are_refused(words):
    with pytest.raises(NotInTheText):
        spans_of(TEXT, words, "third")


def test_passages_that_overlap_or_touch_become_one():
    assert joined([Span(5, 9, "legal"), Span(0, 6, "third"), Span(9, 10, "abuse"), Span(20, 21, "legal")]) == [
        Span(0, 10, "third"),
        Span(20, 21, "legal"),
    ]


def test_a_span_outside_the_text_is_refused():
    with pytest.raises(IndexError):
        without("short", [Span(2, 9, "legal")])


@given(st.text(max_size=60), st.data())
def test_what_remains_is_the_text_without_those_characters_in_its_order(text, data):
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)), st.sampled_from(sorted(CATEGORIES)))
    spans = [Span(a, b, category) for a, b, category in data.draw(st.lists(places, max_size=5)) if a < b]
    gone = {at for span in spans for at in range(span.start, span.end)}
    runs = sum(1 for at in gone if at - 1 not in gone)
    remarks = without(text, spans)
    for category in CATEGORIES.values():
        remarks = remarks.replace(f"[taken out: {category}]", "\0") if "\0" not in text else remarks
    if "\0" not in text and "[taken" not in text:
        assert remarks.count("\0") == runs
        assert remarks.replace("\0", "") == "".join(sign for at, sign in enumerate(text) if at not in gone)
