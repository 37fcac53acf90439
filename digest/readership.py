"""Who reads as what: readers who may see the same are asked for once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from accounts.models import User
from accounts.standing import Anyone, standing_of
from digest.models import Item
from digest.sources import SOURCES

_STANDING: Final = (
    "role_names", "group_ids", "owned_ids", "suspended_until", "member_ended_at", "has_second_factor", "terms_version",
)  # fmt: skip
"""What a sight hangs on (`UserQuerySet.with_roles`); practices are left out, for what is kept from one is in no edition."""
_KEPT_FOR: Final = timedelta(seconds=30)
_FACTS: Final = """
SELECT 't', id, ctid::text || xmin::text FROM forum_topic WHERE id = ANY(%(topics)s)
UNION ALL SELECT 'p', id, ctid::text || xmin::text FROM forum_post WHERE id = ANY(%(posts)s)
UNION ALL SELECT 'c', id, ctid::text || xmin::text FROM forum_category
UNION ALL SELECT 'q', id, ctid::text || xmin::text FROM consultation_consultation
"""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody an edition goes to. `viewer` stands for all of one visibility class."""

    viewer: Anyone
    visibility: str


VISITOR = Reader(AnonymousUser(), "visitor")


def classes_of(account_ids: Iterable[int | None]) -> dict[int | None, Reader]:
    """Each account's reader, in one statement: one stands for all of equal standing, and nothing else of theirs is loaded. None
    and closed accounts read as visitors do. For what may be seen by the class; `digest.sources` take no more from it where
    they tell what is a person's own."""
    wanted = {account for account in account_ids if account is not None}
    told: dict[int | None, Reader] = {None: VISITOR, **dict.fromkeys(wanted, VISITOR)}
    known: dict[tuple[Any, ...], Reader] = {}
    if not wanted:
        return told
    for pk, *standing in User.objects.with_roles().filter(pk__in=wanted, is_active=True).values_list("pk", *_STANDING):
        name = tuple(tuple(each) if isinstance(each, list) else each for each in standing)
        if name not in known:
            known[name] = reader_for(_somebody(pk, standing))
        told[pk] = known[name]
    return told


def reader_for(user: Anyone) -> Reader:
    """What somebody may read hangs on the roles and groups held now; people of equal sight are of one class."""
    standing = standing_of(user)
    if not standing.is_signed_in:
        return VISITOR
    return Reader(user, standing.sight)


class Sight:
    """Which items each class may see now; asked once per class, for as long as this object lives (one batch)."""

    def __init__(self, items: Collection[Item], known: Mapping[tuple[str, str], frozenset[int]] | None = None) -> None:
        self._items = list(items)
        self._seen: dict[str, frozenset[int]] = {}
        self._by_kind = dict(known or {})

    def of(self, reader: Reader) -> frozenset[int]:
        """Ids of the items."""
        if reader.visibility not in self._seen:
            self._seen[reader.visibility] = frozenset[int]().union(*(self._of_kind(kind, reader) for kind in SOURCES))
        return self._seen[reader.visibility]

    def later(self) -> "Sight":
        """The same after a while in which no row changed: what the clock may have changed is asked anew."""
        return Sight(self._items, {name: ids for name, ids in self._by_kind.items() if not SOURCES[name[1]].by_the_clock})

    def _of_kind(self, kind: str, reader: Reader) -> frozenset[int]:
        name = (reader.visibility, kind)
        if name not in self._by_kind:
            self._by_kind[name] = frozenset(_visible(kind, self._items, reader.viewer))
        return self._by_kind[name]


class Lookout:
    """A sight that lasts from batch to batch, as long as no row that it hangs on was written, and where the clock may change it
    for half a minute: one statement a batch instead of some for each of hundreds of classes. Where an item is of a kind whose
    rows we do not know, every batch asks anew."""

    def __init__(self) -> None:
        self._facts: object = None
        self._since: datetime | None = None
        self._sight = Sight(())

    def now(self, items: Collection[Item], *, at: datetime) -> Sight:
        """What may be seen at this statement."""
        facts = _facts(items)
        if facts is None or facts != self._facts or self._since is None:
            self._facts, self._since, self._sight = facts, at, Sight(items)
        elif not self._since <= at < self._since + _KEPT_FOR:
            self._since, self._sight = at, self._sight.later()
        return self._sight


def _facts(items: Collection[Item]) -> object:
    """The versions of all rows on which it hangs who may see these items; None where nobody knows them."""
    if any(item.kind not in ("topic", "outcome") and not item.kind.startswith("consultation.") for item in items):
        return None
    topics = [item.object_id for item in items if item.kind == "topic"]
    posts = [item.quoted_id for item in items if item.quoted_id]
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"topics": topics, "posts": posts})
        rows = frozenset(cursor.fetchall())
    return rows, frozenset((item.pk, bool(item.fragment_html), item.recalled_at) for item in items)


def _visible(kind: str, items: Collection[Item], viewer: Anyone) -> Iterable[int]:
    """What was recalled is seen by nobody."""
    told = [item for item in items if item.kind == kind and item.fragment_html and item.recalled_at is None]
    wanted = {item.object_id: item for item in told}
    if not wanted:
        return []
    quoted = {object_id: item.quoted_id for object_id, item in wanted.items()}
    return [wanted[object_id].pk for object_id in SOURCES[kind].visible(quoted, viewer)]


def _somebody(pk: int, standing: list[Any]) -> User:
    """An account as far as its standing goes."""
    user = User(pk=pk, is_active=True)
    for name, value in zip(_STANDING, standing, strict=True):
        setattr(user, name, value)
    user.practice_codes = ()  # type: ignore[attr-defined]
    return user
