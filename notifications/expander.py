"""From one event to a notice for each person, a mail for those who want one, and a word to the pages that are open.

Safe to call twice, in parallel, and after a crash at any statement: an attempt is written down before it is made; a batch of
people commits as a whole together with how far it got; notices and mails are unique by key.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from notifications.announcing import announce, announce_notices
from notifications.kinds import EventKind, Recipient, event_kind
from notifications.models import Event, Notice, Way
from notifications.models.event import MOST_ATTEMPTS
from notifications.posting import post_by_mail
from notifications.ways import chosen_ways

log = logging.getLogger("plenary.notifications")

BATCH = 500
BATCHES_AT_ONCE = 20
LEASE = timedelta(minutes=1)


def expand_next(*, at: datetime) -> Event | None:
    """Expand the oldest event that is due and in nobody's hands; None where there is none. A crowd too large for one go is left
    for the next call, which begins where this one ended.

    Whatever a kind raises passes through: the event waits, twice as long each time, and is given up after MOST_ATTEMPTS, while
    the next call goes on with the next event.
    """
    event = _claim(at)
    if event is None:
        return None
    with _failure_told(event):
        kind = event_kind(event.kind)
        if not kind.ready(event, at):
            _put_back(event, until=at + _lease())
        else:
            if event.reached == 0:
                announce(kind.live(event))
            if all(_expand_batch(event.pk, kind, at=at) for _ in range(BATCHES_AT_ONCE)):
                _put_back(event, until=at)
    return event


def _claim(at: datetime) -> Event | None:
    with transaction.atomic():
        event = Event.objects.due(at).in_order().select_for_update(skip_locked=True).first()
        if event is not None:
            event.expand_after = at + _lease() * 2**event.attempts
            event.attempts += 1
            event.save(update_fields=["expand_after", "attempts"])
    return event


def _put_back(event: Event, *, until: datetime) -> None:
    """Not a failure: held back, or more to do than fits into one go."""
    Event.objects.filter(pk=event.pk).update(expand_after=until, attempts=Greatest(F("attempts") - 1, 0))


def _expand_batch(event_id: int, kind: EventKind, *, at: datetime) -> bool:
    """Tell the next people, or write down that nobody is left. True while there may be more."""
    with transaction.atomic():
        event = Event.objects.select_for_update().get(pk=event_id)
        if event.expanded_at is not None:
            return False
        people = kind.people(event, after=event.reached, limit=BATCH)
        if not people:
            event.expanded_at, event.expand_after = at, None
            event.save(update_fields=["expanded_at", "expand_after"])
            return False
        _refuse_disorder(people, after=event.reached)
        ways = chosen_ways([person.user_id for person in people], {person.notice_kind for person in people})
        told = _write_notices(event, [person for person in people if ways[person.user_id, person.notice_kind] != Way.OFF])
        post_by_mail(told, [person.user_id for person in people if person.mail], ways, at=at)
        event.reached, event.attempts = people[-1].user_id, 0
        event.save(update_fields=["reached", "attempts"])
    announce_notices(notice.user_id for notice in told)
    return True


def _write_notices(event: Event, people: Sequence[Recipient]) -> list[Notice]:
    """The notices of this batch that are new: who was told under the same key before is not told again."""
    Notice.objects.bulk_create(
        [Notice(user_id=person.user_id, event=event, kind=person.notice_kind, key=person.key, at=event.at) for person in people],
        ignore_conflicts=True,
    )
    return list(Notice.objects.filter(event=event, user_id__in=[person.user_id for person in people]))


def _refuse_disorder(people: Sequence[Recipient], *, after: int) -> None:
    """A kind that repeats itself would keep us here for ever."""
    ids = [after, *(person.user_id for person in people)]
    if any(later <= earlier for earlier, later in pairwise(ids)):
        raise ValueError("People must come by rising user id, each once")


def _lease() -> timedelta:
    return LEASE / settings.SPEED


@contextmanager
def _failure_told(event: Event) -> Iterator[None]:
    """A line of ids for the log; the error itself goes on to whoever called."""
    done = False
    try:
        yield
        done = True
    finally:
        if not done:
            fate = "given up" if event.attempts >= MOST_ATTEMPTS else "will be tried again"
            log.error("event %s (%s) failed, attempt %s: %s", event.pk, event.kind, event.attempts, fate)
