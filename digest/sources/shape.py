"""What a source of items is asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounts.standing import Anyone


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that an edition may tell of.

    `section` is where it stands, `weight` its place there (more is higher); `title` is plain text; `quote` a sentence of
    somebody's own; `facts` a line of the system's; `due` a deadline in words; `why` says why it is here. `is_public`: a visitor
    may see it. `category_id`: readers who chose categories get it only if it is one of theirs; None concerns everybody.
    """

    kind: str
    object_id: int
    section: str
    title: str
    url: str
    facts: str
    why: str
    quote: str = ""
    due: str = ""
    action: str = ""
    category_id: int | None = None
    is_public: bool = False
    weight: float = 0


class ItemSource(Protocol):
    kind: str

    def candidates(self, starts: datetime, ends: datetime, *, at: datetime) -> Sequence[Candidate]:
        """What happened in the window and anybody who may get the weekly may see, in a number of statements that does not
        grow."""
        ...

    def named(self, object_ids: Collection[int], *, at: datetime) -> Sequence[Candidate]:
        """The same for things that the editor picked, whenever they happened."""
        ...

    def visible(self, object_ids: Collection[int], reader: Anyone) -> set[int]:
        """Those that the reader may see now, in one statement or two."""
        ...


class ReplySource(Protocol):
    """Replies to a reader's own topics."""

    def to(
        self, user_ids: Sequence[int], starts: datetime, ends: datetime, *, viewers: Mapping[int, Anyone]
    ) -> Mapping[int, Sequence[Candidate]]:
        """By user id: a thing per topic, newest first, only what that user may see, in a number of statements that does not
        grow with the users."""
        ...
