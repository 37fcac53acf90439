"""What can be looked for: each kind of thing is a class named in `SEARCH_KINDS`, made once and asked from then on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings

from accounts.standing import Anyone
from common.doors import open_door
from common.paging import Cursor
from search.language import Asked


@dataclass(frozen=True, slots=True)
class Results:
    """A page of what was found. `total`: how many there are of those that were put in order; `is_all`: there are no more than
    these. `older`: the cursor of the next page, empty on the last."""

    rows: Sequence[Any]
    total: int
    is_all: bool
    older: str = ""


class Kind(Protocol):
    """`template` draws the rows of what `find` gives, out of `page`."""

    label: str
    template: str

    def find(self, user: Anyone, asked: Asked, *, newest: bool, after: Cursor | None, at: datetime) -> Results:
        """What this reader may see of what they ask for, in a number of statements that does not grow. `newest`: in order of
        time, not of weight. `after`: the cursor of the page before."""
        ...


def kinds() -> Mapping[str, Kind]:
    """Every kind by its name in the address; the first is what an address without one means."""
    return {name: open_door(path) for name, path in settings.SEARCH_KINDS.items()}
