"""Officers whose part in opening pseudonyms is set up. Scrypt is slow on purpose: the key pairs are made once a process."""

from functools import cache

from accounts.models import User
from forum.models import OfficerKey
from forum.sealing import KeyPair, new_key_pair
from tests.accounts.factories import UserFactory
from tests.forum.factories import AT


def passphrase(number: int) -> str:
    return f"the {number}th heron by the weir"


@cache
def key_pair(number: int) -> KeyPair:
    return new_key_pair(passphrase(number))


def officers_with_keys(number: int) -> list[User]:
    """Directors whose passphrases are `passphrase(0)`, `passphrase(1)`, …"""
    officers = [UserFactory(member=True, director=True) for _ in range(number)]
    for place, officer in enumerate(officers):
        pair = key_pair(place)
        OfficerKey.objects.create(user=officer, public=pair.public, locked_private=pair.locked_private, made_at=AT)
    return officers
