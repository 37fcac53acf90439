"""Short names that stay: of an option, a page, a question, a choice."""

from collections.abc import Iterable

from django.utils.text import slugify


def free_key(words: str, taken: Iterable[str]) -> str:
    """`exam`, `exam-2`, `exam-3` …: the first that is not taken; at most 45 characters."""
    base, keys = slugify(words)[:40].strip("-") or "one", set(taken)
    return base if base not in keys else next(key for n in range(2, len(keys) + 3) if (key := f"{base}-{n}") not in keys)
