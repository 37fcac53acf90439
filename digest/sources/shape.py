"""What a source of items is asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounts.standing import Anyone

Quoted = Mapping[int, int | None]
"""By topic: the post that is quoted from it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that an edition may tell of.

    `section` is where it stands, `weight` its place there (more is higher). `title` and `lede` are plain text, `quote` a sentence
    out of the post `quoted_id`, `facts` a line of the system's, `closes_at` a deadline, `action` the words of the link; `why`
    says why it is here. `is_public`: a visitor may see it. `category_id`: readers who chose categories get it only if it is
    one of theirs; None concerns everybody. `rank` tells an editor why it stands where it stands.
    """

    kind: str
    object_id: int
    section: str
    title: str
    url: str
    facts: str
    why: str
    lede: str = ""
    quote: str = ""
    quoted_id: int | None = None
    closes_at: datetime | None = None
    action: str = ""
    category_id: int | None = None
    is_public: bool = False
    weight: float = 0
    rank: str = ""


class ItemSource(Protocol):
    """`by_the_clock`: what may be seen changes with time, also where no row does (a consultation opens)."""

    kind: str
    by_the_clock: bool

    def candidates(self, starts: datetime, ends: datetime, *, at: datetime) -> Sequence[Candidate]:
        """What happened in the window and anybody who may get the weekly may see, in a number of statements that does not
        grow."""
        ...

    def named(self, object_ids: Collection[int], *, at: datetime) -> Sequence[Candidate]:
        """The same for things that the editor picked, whenever they happened."""
        ...

    def visible(self, quoted: Mapping[int, int | None], reader: Anyone) -> set[int]:
        """Of these things (by the post that each quotes) those that the reader may see now, quotation included. The answer hangs
        on the roles alone, never on the person: what only its author sees is nobody's. One statement or two."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """What one reader is told of one kind: `more` is how much is not shown, for want of room or because a mailbox that others
    read must not learn of it; `line` says in how much of it there is nothing new."""

    shown: Sequence[Candidate]
    more: int = 0
    line: str = ""


class PersonalSource(Protocol):
    """What hangs on the person. `section` is where it stands."""

    section: str

    def to(
        self,
        viewers: Mapping[int, Anyone],
        starts: datetime,
        ends: datetime,
        *,
        told: Mapping[int, Quoted],
        at: datetime,
    ) -> Mapping[int, Told]:
        """By user id: only what that user may see, and nothing that they have read; for whom there is nothing, no more than a
        `line` that says so.
        `viewers`: for each user somebody who stands for all of the same sight. `told`: the topics that the rest of the edition
        tells them of, with what it quotes. The statements grow with the kinds of readers, not with the readers."""
        ...
