"""Who reads as what: readers who may see the same are asked for once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.standing import Anyone, standing_of
from digest.models import Item
from digest.sources import SOURCES


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody an edition goes to. `viewer` stands for all of one visibility class."""

    viewer: Anyone
    visibility: str


VISITOR = Reader(AnonymousUser(), "visitor")


def readers_of(account_ids: Iterable[int | None]) -> dict[int | None, Reader]:
    """Each account's reader, in one statement; None and closed accounts read as visitors do."""
    wanted = {account for account in account_ids if account is not None}
    people = User.objects.with_roles().filter(pk__in=wanted, is_active=True) if wanted else []
    return {None: VISITOR, **dict.fromkeys(wanted, VISITOR), **{user.pk: reader_for(user) for user in people}}


def reader_for(user: Anyone) -> Reader:
    """What somebody may read hangs on the roles and groups held now; people of equal sight are of one class."""
    standing = standing_of(user)
    if not standing.is_signed_in:
        return VISITOR
    return Reader(user, standing.sight)


class Sight:
    """Which items each class may see now; asked once per class, for as long as this object lives (one batch)."""

    def __init__(self, items: Collection[Item]) -> None:
        self._items = list(items)
        self._seen: dict[str, frozenset[int]] = {}

    def of(self, reader: Reader) -> frozenset[int]:
        """Ids of the items."""
        if reader.visibility not in self._seen:
            self._seen[reader.visibility] = frozenset(_visible(self._items, reader.viewer))
        return self._seen[reader.visibility]


def _visible(items: Collection[Item], viewer: Anyone) -> Iterable[int]:
    for kind, source in SOURCES.items():
        wanted = {item.object_id: item for item in items if item.kind == kind and item.fragment_html}
        if wanted:
            quoted = {object_id: item.quoted_id for object_id, item in wanted.items()}
            yield from (wanted[object_id].pk for object_id in source.visible(quoted, viewer))
