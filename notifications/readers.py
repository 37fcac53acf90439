"""What the pages show: notices in the reader's own words, and how many are unread."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q

from common.clock import london_day
from common.paging import BadCursor, Cursor, Page, read_cursor, take_page, write_cursor
from notifications.kinds import NoticeText, notice_kind
from notifications.models import Notice

PAGE = 30
COUNTED_AT_MOST = 100
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


def unread_count(user_id: int) -> int:
    """How many are unread; counting stops at 100. One statement."""
    return Notice.objects.of(user_id).unread()[:COUNTED_AT_MOST].count()


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
