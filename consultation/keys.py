"""Short names that stay: of an option, a page, a question, a choice."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import product
from typing import Final
from unicodedata import combining, normalize

from django.utils.text import slugify

ALIKE: Final = 0.6
"""How much of two labels has to be the same (by difflib's ratio) for the one to be the other in better words."""


def free_key(words: str, taken: Iterable[str]) -> str:
    """`exam`, `exam-2`, `exam-3` …: the first that is not taken; at most 45 characters."""
    base, keys = slugify(words)[:40].strip("-") or "one", set(taken)
    return base if base not in keys else next(key for n in range(2, len(keys) + 3) if (key := f"{base}-{n}") not in keys)


def name_key(name: str) -> str:
    """An organisation's name as it is compared: without case, accents, punctuation, “the” and “Ltd”; at most 150 characters.

    >>> name_key("The Harbour Surgery, Ltd.")
    'harbour surgery'
    """
    plain = normalize("NFKD", name.casefold())
    words = "".join(letter if letter.isalnum() else "" if combining(letter) else " " for letter in plain).split()
    kept = [word for word in words if word not in {"the", "ltd", "limited"}]
    return " ".join(kept or words)[:150]


def kept_keys(before: Sequence[tuple[str, str]], labels: Sequence[str]) -> list[tuple[str, str]]:
    """(key, label) for labels that were written instead of `before`, which is (key, label) too: what is still there, or there in
    better words, keeps its key, so that answers and conditions go on speaking of it. What is new gets a key that none had."""
    left = dict(before)
    found: dict[int, str] = {}
    for place, label in enumerate(labels):
        same = next((key for key, was in left.items() if was == label), None)
        if same is not None:
            found[place] = same
            del left[same]
    pairs = product(left, (place for place in range(len(labels)) if place not in found))
    alike = sorted(((_alike(left[key], labels[place]), key, place) for key, place in pairs), key=lambda pair: -pair[0])
    for how_much, key, place in alike:
        if how_much >= ALIKE and place not in found and key not in found.values():
            found[place] = key
    keys = [key for key, _ in before]
    for place, label in enumerate(labels):
        if place not in found:
            found[place] = free_key(label, keys)
            keys.append(found[place])
    return [(found[place], label) for place, label in enumerate(labels)]


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio()
