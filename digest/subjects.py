"""The line that stands on locked screens."""

from collections.abc import Collection, Iterable

from digest.models import Edition, Item
from digest.streams import headline_of


def subject_of(edition: Edition, items: Iterable[Item], *, public: Collection[int]) -> str:
    """The editor's headline; else the first thing that anybody may see now (`public`: ids of those)."""
    title = next((item.title for item in items if item.pk in public), "")
    return f"No. {edition.number}: {edition.headline or title or _lowered(headline_of(edition.stream))}"[:200]


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]
