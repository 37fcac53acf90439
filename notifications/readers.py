"""What the pages show: notices in the reader's own words, and how many are unread."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.db.models.query import QuerySet

from common.clock import london_day
from common.doors import open_door
from common.paging import BadCursor, Cursor, Page, read_cursor, take_page, write_cursor
from notifications.kinds import Countable, NoticeText, notice_kind
from notifications.models import Notice

PAGE = 30
COUNTED_AT_MOST = 100
IN_THE_TRAY = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = (datetime(9000, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the list."""

    notice: Notice
    text: NoticeText

    @property
    def is_unread(self) -> bool:
        return self.notice.read_at is None


def unread_count(user: AbstractBaseUser) -> int:
    """How many of the 100 newest unread may still be seen. One statement."""
    return len(_unread_statement().tuples(user, *settings.NOTICE_KINDS))


@cache
def _unread_statement() -> Any:
    return open_door(settings.READERS_STATEMENT)(_unread)


def _unread(user: AbstractBaseUser, *_: str) -> "QuerySet[Notice, Any]":
    newest = Notice.objects.of(user.pk).unread().newest_first().values("pk")[:COUNTED_AT_MOST]
    return Notice.objects.filter(_seen(user), pk__in=newest).values_list("pk")


def count_for(user_id: int) -> int:
    """`unread_count` for somebody whom we know by number; nobody has none. Two statements."""
    user = get_user_model().objects.filter(pk=user_id).first()
    return 0 if user is None else unread_count(user)


def latest_unread(user: AbstractBaseUser, *, at: datetime) -> list[Told]:
    """What the tray shows: a few of them, newest first. One statement, and those of each kind."""
    rows = list(Notice.objects.of(user.pk).unread().filter(_seen(user)).select_related("event").newest_first()[:IN_THE_TRAY])
    texts = texts_of(user, rows, at=at)
    return [Told(notice, texts[notice.pk]) for notice in rows if notice.pk in texts]


def _seen(user: AbstractBaseUser) -> Q:
    """Of a kind that is in use, and, where the kind knows, about something that this person may still see."""
    found = Q(pk__in=[])
    for name in settings.NOTICE_KINDS:
        kind = notice_kind(name)
        found |= Q(kind=name) & kind.seen_by(user) if isinstance(kind, Countable) else Q(kind=name)
    return found


def notice_page(user: AbstractBaseUser, *, before: str = "", after: str = "", at: datetime) -> Page[Told]:
    """A page of notices, newest first: those `before` a cursor, those `after` one, or the newest. Raises BadCursor.

    What may no longer be seen is left out, so that a page may show fewer than it could. One statement, and those of each kind.
    """
    mine = Notice.objects.of(user.pk).select_related("event")
    if after:
        nearest = list(mine.filter(_beyond(after, "gt")).oldest_first()[: PAGE + 1])
        rows = nearest[:PAGE][::-1]
        newer = write_cursor(_key(rows[0])) if len(nearest) > PAGE else ""
        page = Page(rows=rows, older=write_cursor(_key(rows[-1])) if rows else "", newer=newer)
    else:
        older = mine.filter(_beyond(before, "lt")) if before else mine
        page = take_page(list(older.newest_first()[: PAGE + 1]), size=PAGE, key=_key, has_newer=bool(before))
    texts = texts_of(user, page.rows, at=at)
    shown = [Told(notice, texts[notice.pk]) for notice in page.rows if notice.pk in texts]
    return Page(rows=shown, older=page.older, newer=page.newer)


def texts_of(user: AbstractBaseUser, notices: Iterable[Notice], *, at: datetime) -> Mapping[int, NoticeText]:
    """What each notice says to this person now; without those that they may no longer see."""
    by_kind: dict[str, list[Notice]] = {}
    for notice in notices:
        by_kind.setdefault(notice.kind, []).append(notice)
    found: dict[int, NoticeText] = {}
    for kind, some in by_kind.items():
        if kind in settings.NOTICE_KINDS:  # a kind that was taken out of use leaves its rows behind
            found.update(notice_kind(kind).render(user, some, at))
    return found


def by_day(rows: Iterable[Told]) -> list[tuple[date, list[Told]]]:
    """The lines under their London days, in the order given."""
    return [(day, list(told)) for day, told in groupby(rows, key=lambda told: london_day(told.notice.at))]


def _key(notice: Notice) -> Cursor:
    return (notice.at - _EPOCH) // timedelta(microseconds=1), notice.pk


def _beyond(cursor: str, side: str) -> Q:
    """Strictly older (`lt`) or newer (`gt`) than the row that a cursor names."""
    micros, pk = read_cursor(cursor, length=2)
    if isinstance(micros, str) or isinstance(pk, str) or not 0 <= micros <= _LATEST:
        raise BadCursor(cursor)
    moment = _EPOCH + timedelta(microseconds=micros)
    return Q(**{f"at__{side}": moment}) | Q(**{"at": moment, f"pk__{side}": pk})
