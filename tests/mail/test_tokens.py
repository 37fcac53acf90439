"""A token is nobody else's to make, and no bytes harm who reads it."""

from hypothesis import given
from hypothesis import strategies as st

from mail.tokens import address_with, seal, unseal

NUMBERS = st.lists(st.integers(0, 2**63 - 1), max_size=4)


@given(NUMBERS)
def test_gives_back_the_numbers_whatever_a_server_does_to_the_case(numbers):
    token = seal("test", *numbers)
    assert unseal("test", token) == unseal("test", token.upper()) == tuple(numbers)


@given(NUMBERS)
def test_opens_nothing_that_it_was_not_made_for(numbers):
    assert unseal("another", seal("test", *numbers)) is None


@given(NUMBERS, st.data())
def test_a_changed_letter_makes_it_nothing(numbers, data):
    token = seal("test", *numbers)
    place = data.draw(st.integers(0, len(token) - 3))  # the last two hold bits that mean nothing
    other = data.draw(st.sampled_from([letter for letter in "abcdefghijklmnopqrstuvwxyz234567" if letter != token[place]]))
    assert unseal("test", token[:place] + other + token[place + 1 :]) is None


@given(st.text())
def test_any_text_is_read_without_harm(text):
    assert unseal("test", text) is None


def test_an_address_for_answers_is_not_too_long_for_a_mail_server():
    address = address_with("reply", seal("reply", 2**31, 2**39, 740_000, 1))
    assert len(address.partition("@")[0]) <= 64
