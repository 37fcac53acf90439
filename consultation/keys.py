"""Short names that stay: of an option, a page, a question, a choice."""

from collections.abc import Iterable
from unicodedata import combining, normalize

from django.utils.text import slugify


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
