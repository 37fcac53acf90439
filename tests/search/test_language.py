from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.forms import ChoicesForm, as_choices
from search.language import STATES, Asked, parse, read_day, write
from search.views.results import _as_sent

WORDS = st.text(st.sampled_from('ab "-:.or\n“”\0author:category:tag:after:before:in:is:2026title'), max_size=60)
SLUG = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)
DAY = st.none() | st.dates(date(1990, 1, 1), date(2100, 12, 31))
ASKED = st.builds(
    Asked,
    text=st.lists(st.from_regex(r'-?[a-z]{1,8}|-?"[a-z ]{1,9}"', fullmatch=True), max_size=4).map(" ".join),
    author=st.just("") | SLUG,
    tag=st.just("") | SLUG,
    after=DAY,
    before=DAY,
    in_title=st.booleans(),
    states=st.lists(st.sampled_from(sorted(STATES)), unique=True).map(tuple),
)


@given(st.text(max_size=80) | WORDS)
def test_reads_anything_and_reads_what_it_writes_as_the_same(words):
    asked = parse(words)
    assert "\0" not in asked.text
    assert asked.text.count('"') % 2 == 0
    assert parse(write(asked)) == asked


@given(ASKED)
def test_what_is_written_is_read_as_it_was_meant(asked):
    assert parse(write(asked)) == asked


@given(ASKED)
def test_the_choices_hold_the_same_as_the_words(asked):
    form = ChoicesForm(_as_sent(as_choices(asked)), categories=[])
    assert form.is_valid(), form.errors
    assert form.asked == parse(write(asked))


def test_reads_every_filter_wherever_it_stands():
    asked = parse(
        'author:@Hester-Quill exam "fit note" category:pay -cost tag:qof after:2026-05 before:2026-11-02 in:title is:question'
    )
    assert asked == Asked(
        text='exam "fit note" -cost', author="hester-quill", category="pay", tag="qof", after=date(2026, 5, 1),
        before=date(2026, 11, 2), in_title=True, states=("question",),
    )  # fmt: skip


@pytest.mark.parametrize("words", ["after:tomorrow", "before:2026-02-30", "is:funny", "in:text", "tag:a/b", "after:1066"])
def test_a_filter_that_cannot_be_is_told_and_left_out(words):
    asked = parse(f"exam {words}")
    assert asked == Asked(text="exam")
    assert [problem.word for problem in asked.problems] == [words]
    assert asked.problems[0].sentence.endswith((".", "month"))


@pytest.mark.parametrize("words", ['"author:x"', "http://example.org", "note:this", "-author:x", "author:"])
def test_what_only_looks_like_a_filter_is_looked_for(words):
    assert parse(words).text == words


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026", date(2026, 1, 1)),
        ("2026-5", date(2026, 5, 1)),
        ("٢٠٢٦", None),
        ("2026-13", None),
        ("2/5/2026", date(2026, 5, 2)),
        ("02.05.2026", date(2026, 5, 2)),
        ("5/13/2026", None),
        ("2/5/26", None),
    ],
)
def test_a_day_may_be_written_as_in_britain_and_be_a_month_or_a_year(text, day):
    assert read_day(text) == day
