"""Items under their headings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.utils.safestring import SafeString

from common.markdown import as_html
from digest.models import Item
from digest.streams import OUTCOMES, category_of
from digest.words import deadline

HEADINGS: Final = {
    "picks": "Picked by the editor",
    "consultations": "Have your say",
    "unfinished": "Begun and not sent",
    "personal": "Replies to you",
    "followed": "What you follow",
    "topics": "The best of the debate",
    "outcomes": "What became of it",
}
"""In the order of the edition."""


@dataclass(frozen=True, slots=True)
class Part:
    """One item: HTML from our own template, its text twin, and its deadline as it stands on the day of reading. `is_silence`: it
    says that there is nothing new, and is no reason to write to anybody."""

    html: SafeString
    text: str
    due: str = ""
    is_silence: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it."""

    name: str
    parts: list[Part] = field(default_factory=list)

    @property
    def heading(self) -> str:
        return HEADINGS[self.name]

    @property
    def capitals(self) -> str:
        return self.heading.upper()

    @property
    def is_call(self) -> bool:
        """Whether the reader is asked to do something by a day: set apart."""
        return self.name in {"consultations", "unfinished"}


def sections_of(items: Iterable[Item], *, at: datetime, personal: Sequence[Section] = ()) -> list[Section]:
    """Only the sections that hold something."""
    found = {name: Section(name) for name in HEADINGS}
    for item in items:
        due = deadline(item.closes_at, now=at) if item.closes_at else ""
        found[item.section].parts.append(Part(as_html(item.fragment_html), item.fragment_text, due))
    for section in personal:
        found[section.name] = section
    return [section for section in found.values() if section.parts]


def empty_words(stream: str, *, has_note: bool, chose_categories: bool) -> str:
    """Why there is nothing: said, so that a thin week is not taken for a fault."""
    then = "The note above is all there is." if has_note else "A short mail is better than a padded one."
    if stream == OUTCOMES:
        return f"No results were published this week, and no consultation closed. {then}"
    if category_of(stream) is not None:
        return f"Nothing new was written here since the last edition that you have not read on the site. {then}"
    where = "in the categories you chose" if chose_categories else "that you can read"
    news = f"Nothing new was written {where} this week that you have not read on the site"
    return f"{news}, and no consultation opened or is about to close. {then}"
