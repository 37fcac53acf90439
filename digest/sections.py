"""Items under their headings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.safestring import SafeString

from common.markdown import as_html
from digest.models import Item

HEADINGS: Final = {
    "picks": "Picked by the editor",
    "consultations": "Have your say",
    "personal": "Replies to you",
    "topics": "The best of the week",
    "outcomes": "What became of it",
}
"""In the order of the edition."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with fragments: HTML from our own template, and its text twin."""

    name: str
    html: list[SafeString] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    @property
    def heading(self) -> str:
        return HEADINGS[self.name]

    @property
    def capitals(self) -> str:
        return self.heading.upper()


def sections_of(items: Iterable[Item], *, personal: Sequence[Section] = ()) -> list[Section]:
    """Only the sections that hold something."""
    found = {name: Section(name) for name in HEADINGS}
    for item in items:
        found[item.section].html.append(as_html(item.fragment_html))
        found[item.section].text.append(item.fragment_text)
    for section in personal:
        found[section.name] = section
    return [section for section in found.values() if section.html]


def empty_words(*, has_note: bool, chose_categories: bool) -> str:
    """Why there is nothing: said, so that a thin week is not taken for a fault."""
    where = "in the categories you chose" if chose_categories else "that you can read"
    then = "The note above is all there is." if has_note else "A short mail is better than a padded one."
    return f"Nothing new was written {where} this week, and no consultation opened or closed. {then}"
