"""The visibility class: two people who may read the same categories get the same shared parts of a page."""

import hashlib
from collections.abc import Iterable


def visibility_class(category_ids: Iterable[int]) -> str:
    """A short name for a set of readable categories, for cache keys. The order does not matter."""
    told = ",".join(str(number) for number in sorted(category_ids))
    return hashlib.sha256(told.encode()).hexdigest()[:16]
