"""What seals a ballot, and which facts may go with it."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.detachment import (
    LEAST_TOGETHER,
    SMALLEST,
    CannotOpenError,
    draft_key,
    draft_name,
    new_key,
    opened,
    room_for,
    sealed,
    together,
)
from questions.definitions import Definition


def test_opens_what_it_sealed_and_nothing_else():
    key = new_key()
    kept = sealed({"why": "Ünd £"}, key=key, about="ballot 1")
    assert opened(kept, key=key, about="ballot 1") == {"why": "Ünd £"}
    for wrong in ({"key": new_key(), "about": "ballot 1"}, {"key": key, "about": "ballot 2"}):
        with pytest.raises(CannotOpenError):
            opened(kept, **wrong)
    with pytest.raises(CannotOpenError):
        opened(kept[:-1] + bytes([kept[-1] ^ 1]), key=key, about="ballot 1")


def test_sizes_are_few():
    sizes = {len(sealed({"why": "x" * length}, key=new_key(), about="")) for length in range(0, 1_000, 50)}
    assert sizes == {SMALLEST + 28}
    assert len({len(sealed({"why": "x" * length}, key=new_key(), about="")) for length in range(0, 8_000, 250)}) == 3


def test_all_ballots_of_one_questionnaire_have_one_size():
    asked = [
        Definition(key="why", kind="long_text", text="Why?", longest=2_000),
        Definition(key="name", kind="short_text", text="Who?"),
    ]
    room = room_for(asked)
    sizes = {len(sealed({"why": "x" * length}, key=new_key(), about="", room=room)) for length in (0, 1_000, 2_000)}
    assert sizes == {8192 + 28} == {room + 28}


def test_a_draft_has_another_name_and_another_seal_for_each_member_and_consultation():
    key = new_key()
    places = [(consultation, member) for consultation in (1, 2) for member in (1, 2)]
    assert len({draft_name(key, consultation=one, member=two) for one, two in places}) == 4
    assert len({draft_key(key, consultation=one, member=two) for one, two in places}) == 4
    assert draft_name(key, consultation=1, member=1) == draft_name(key, consultation=1, member=1)


FACTS = st.tuples(
    st.sampled_from(["", "england", "wales", "scotland"]), st.sampled_from(["", "small", "large"]), st.sampled_from("ab")
)


@settings(max_examples=300, deadline=None)
@given(st.lists(FACTS, min_size=LEAST_TOGETHER, max_size=60))
def test_whatever_stays_is_shared_by_five_at_least_and_was_there(rows):
    kept = together(rows)
    assert len(kept) == len(rows)
    assert min(Counter(kept).values()) >= LEAST_TOGETHER
    for before, after in zip(rows, kept, strict=True):
        stays = [left for left, right in zip(after, before, strict=True) if left]
        assert stays == list(before)[: len(after)][: len(stays)] or all(
            left in {"", right} for left, right in zip(after, before, strict=True)
        )


def test_of_fewer_than_five_nothing_stays():
    assert together([("wales", "small", "a")] * 4) == [("", "", "")] * 4
    assert together([]) == []


def test_what_is_left_over_takes_others_with_it():
    rows = [("wales", "", "")] * 5 + [("england", "", "")] * 9 + [("scotland", "", "")]
    assert Counter(together(rows)) == {("england", "", ""): 9, ("", "", ""): 6}
