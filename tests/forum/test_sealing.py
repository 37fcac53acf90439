"""Two officers open what was sealed, and one cannot."""

import json
import os
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.pseudonyms import LABELS, OFFERED, offered_labels, owner_tag
from forum.sealing import (
    CannotOpenError,
    Share,
    WrongPassphraseError,
    boxed,
    hand_over,
    holders_of,
    joined,
    let_in,
    new_key_pair,
    opened,
    places_of,
    seal,
    share_of,
    split,
    unboxed,
    unlocked,
    without,
)

PASSPHRASES = {3: "the tide comes in", 7: "a heron by the weir", 9: "three grey kettles"}
PAIRS = {holder: new_key_pair(words) for holder, words in PASSPHRASES.items()}
PRIVATES = {holder: unlocked(pair.locked_private, PASSPHRASES[holder]) for holder, pair in PAIRS.items()}
PUBLICS = {holder: pair.public for holder, pair in PAIRS.items()}
ABOUT = b"topic 7"


@given(secret=st.binary(min_size=1, max_size=40), number=st.integers(2, 255), data=st.data())
def test_any_two_shares_give_the_secret(secret, number, data):
    one, other = data.draw(st.lists(st.integers(0, number - 1), min_size=2, max_size=2, unique=True))
    shares = split(secret, number)
    assert joined(shares[one], shares[other]) == joined(shares[other], shares[one]) == secret


@given(place=st.integers(1, 255), byte=st.integers(0, 255), other=st.integers(1, 255))
def test_one_share_fits_every_secret(place, byte, other):
    """Whatever the share, each of the 256 secrets has exactly one second share that makes it: alone it says nothing."""
    if place == other:
        return
    share = Share(place, bytes([byte]))
    assert len({joined(share, Share(other, bytes([value]))) for value in range(256)}) == 256


def test_the_same_share_twice_is_no_two():
    share = split(b"secret", 3)[0]
    with pytest.raises(CannotOpenError):
        joined(share, share)


@settings(max_examples=20, deadline=None)
@given(number=st.integers(1, 2**63 - 1))
def test_every_two_holders_open_it_in_either_order_and_its_length_says_nothing(number):
    sealed = seal(number, publics=PUBLICS, about=ABOUT)
    assert holders_of(sealed) == set(PUBLICS)
    assert len(sealed) == len(seal(1, publics=PUBLICS, about=ABOUT))
    for one, other in permutations(PUBLICS, 2):
        shares = [share_of(sealed, holder, PRIVATES[holder], about=ABOUT) for holder in (one, other)]
        assert opened(sealed, *shares, about=ABOUT) == number


def test_nothing_repeats_and_nothing_opens_under_another_name():
    first, second = (seal(12, publics=PUBLICS, about=ABOUT) for _ in range(2))
    assert first != second
    with pytest.raises(CannotOpenError):
        share_of(first, 3, PRIVATES[3], about=b"topic 8")
    with pytest.raises(CannotOpenError):
        share_of(first, 3, PRIVATES[7], about=ABOUT)
    with pytest.raises(CannotOpenError):
        share_of(first, 4, PRIVATES[3], about=ABOUT)
    mixed = share_of(first, 3, PRIVATES[3], about=ABOUT), share_of(second, 7, PRIVATES[7], about=ABOUT)
    with pytest.raises(CannotOpenError):
        opened(first, *mixed, about=ABOUT)


def test_it_takes_two_to_seal_to():
    with pytest.raises(ValueError, match="two"):
        seal(12, publics={3: PUBLICS[3]}, about=ABOUT)


def test_a_wrong_passphrase_is_told():
    with pytest.raises(WrongPassphraseError):
        unlocked(PAIRS[3].locked_private, "the tide goes out")


def test_a_box_opens_for_one():
    box = boxed(b"share", PUBLICS[3], about=ABOUT)
    assert unboxed(box, PRIVATES[3], about=ABOUT) == b"share"
    for spoilt in (box[:-1] + bytes([box[-1] ^ 1]), b"", os.urandom(len(box))):
        with pytest.raises(CannotOpenError):
            unboxed(spoilt, PRIVATES[3], about=ABOUT)


@given(
    st.tuples(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1)),
    st.tuples(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1)),
)
def test_a_tag_is_one_member_s_in_one_topic(one, other):
    key = bytes(32)
    tags = [owner_tag(key, topic=topic, member=member) for topic, member in (one, other)]
    assert (tags[0] == tags[1]) == (one == other)
    assert len(tags[0]) == 32 and tags[0] != owner_tag(b"\1" * 32, topic=one[0], member=one[1])


def test_names_are_offered_from_the_list():
    offered = offered_labels()
    assert len(set(offered)) == OFFERED and set(offered) <= LABELS
    assert max(map(len, LABELS)) <= 40 and len(LABELS) == 2500


# ——— letting somebody in later ———
def let_in_later(sealed: bytes, one: int, other: int, place: int) -> bytes:
    """Holder 11, by two of the others."""
    mine, theirs = (share_of(sealed, holder, PRIVATES[holder], about=ABOUT) for holder in (one, other))
    places = places_of(sealed)
    assert (mine.place, theirs.place) == (places[one], places[other])
    new = {"place": place, "new_public": NEW.pair.public, "about": ABOUT}
    handed = hand_over(mine, second=theirs.place, second_public=PUBLICS[other], **new)
    return let_in(sealed, handed, theirs, PRIVATES[other], first=mine.place, new=11, **new)


class NEW:
    pair = new_key_pair("somebody who came later")
    private = unlocked(pair.locked_private, "somebody who came later")


@settings(max_examples=15, deadline=None)
@given(number=st.integers(1, 2**63 - 1), place=st.integers(4, 255), who=st.permutations(list(PUBLICS)))
def test_two_holders_let_a_third_in_who_opens_it_with_any_of_the_others(number, place, who):
    sealed = let_in_later(seal(number, publics=PUBLICS, about=ABOUT), who[0], who[1], place)
    assert holders_of(sealed) == {*PUBLICS, 11}
    new = share_of(sealed, 11, NEW.private, about=ABOUT)
    assert new.place == place
    for holder in PUBLICS:
        other = share_of(sealed, holder, PRIVATES[holder], about=ABOUT)
        assert opened(sealed, new, other, about=ABOUT) == opened(sealed, other, new, about=ABOUT) == number
    left = without(sealed, [who[2]])
    assert holders_of(left) == {who[0], who[1], 11}
    assert places_of(left) == places_of(sealed), "a place that was taken once stays taken"
    assert opened(left, new, share_of(left, who[0], PRIVATES[who[0]], about=ABOUT), about=ABOUT) == number


def test_whoever_is_let_in_reads_neither_share_of_the_two():
    """Of the two halves each alone is as good as random: with every first share there goes one blind that makes it."""
    sealed = seal(77, publics=PUBLICS, about=ABOUT)
    halves = set()
    for _ in range(2):
        told = json.loads(let_in_later(sealed, 3, 7, 4))
        boxes = [unboxed(bytes.fromhex(box), NEW.private, about=ABOUT + b"part") for box in told["to"]["11"]]
        halves |= {Share.unpacked(box).value for box in boxes}
    assert len(halves) == 4, "the same two shares, and no half twice"
    shares = {share_of(sealed, holder, PRIVATES[holder], about=ABOUT).value for holder in PUBLICS}
    assert not halves & shares


def test_between_the_two_nothing_opens_for_either_alone():
    sealed = seal(77, publics=PUBLICS, about=ABOUT)
    new = {"place": 4, "new_public": NEW.pair.public, "about": ABOUT}
    handed = hand_over(share_of(sealed, 3, PRIVATES[3], about=ABOUT), second=2, second_public=PUBLICS[7], **new)
    for box, private in ((handed.blind, NEW.private), (handed.part, PRIVATES[7]), (handed.blind, PRIVATES[9])):
        for about in (ABOUT, ABOUT + b"blind", ABOUT + b"part"):
            with pytest.raises(CannotOpenError):
                unboxed(box, private, about=about)


def test_a_place_is_given_once_and_two_holders_stay():
    sealed = seal(77, publics=PUBLICS, about=ABOUT)
    with pytest.raises(ValueError, match="taken"):
        let_in_later(sealed, 3, 7, 3)
    with pytest.raises(ValueError, match="nobody could open"):
        without(sealed, [3, 7])
