"""Tags and the keys they hang on. Pure."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.confidentiality import FACTS, WrongKeyError, facts_kept, new_key, pads, tag_of, unwrapped, wrapped

UNDER = bytes(range(32))


def test_a_tag_is_hmac_sha256_of_the_member():
    key = new_key()
    assert tag_of(key, 258) == hmac.new(key, b"\0\0\0\0\0\0\1\2", hashlib.sha256).digest()
    assert tag_of(key, 258) != tag_of(new_key(), 258), "another consultation, another tag"


def test_the_pads_make_the_same_tag_of_sha256_alone():
    key = new_key()
    outer, inner = pads(key)
    made = hashlib.sha256(outer + hashlib.sha256(inner + b"\0\0\0\0\0\0\1\2").digest()).digest()
    assert made == tag_of(key, 258)


def test_a_key_opens_for_its_consultation_under_its_own_key_only():
    key = new_key()
    told = wrapped(key, under=UNDER, consultation=7)
    assert unwrapped(told, under=UNDER, consultation=7) == key
    assert key not in told
    assert wrapped(key, under=UNDER, consultation=7) != told
    for wrong in (
        {"under": bytes(32), "consultation": 7},
        {"under": UNDER, "consultation": 8},
    ):
        with pytest.raises(WrongKeyError):
            unwrapped(told, **wrong)
    with pytest.raises(WrongKeyError):
        unwrapped(told[:-1] + bytes([told[-1] ^ 1]), under=UNDER, consultation=7)


def test_facts_are_kept_as_far_as_ten_share_them():
    facts = {"nation": "wales", "list_size": "5-10k", "job": "practice-manager", "years": "5-9"}
    assert facts_kept(facts, [900, 40, 10, 9]) == facts | {"years": ""}
    assert facts_kept(facts, [900, 9, 9, 9]) == {"nation": "wales", "list_size": "", "job": "", "years": ""}
    assert facts_kept(facts, [3, 3, 3, 3]) == dict.fromkeys(FACTS, "")
    assert facts_kept({"job": "practice-manager"}, [12]) == dict.fromkeys(FACTS, "") | {"job": "practice-manager"}
    assert facts_kept({}, []) == dict.fromkeys(FACTS, "")


@given(st.lists(st.integers(0, 30), min_size=4, max_size=4))
def test_nothing_kept_is_shared_by_fewer(cells):
    falling = sorted(cells, reverse=True)
    kept = facts_kept(dict.fromkeys(FACTS, "x"), falling)
    number = sum(map(bool, kept.values()))
    assert all(cell >= 10 for cell in falling[:number])
    assert number == 4 or falling[number] < 10
