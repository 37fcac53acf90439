"""When it comes, what is in it, and breaks: what a subscriber changes without asking for more or less mail of another kind."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from common.errors import DomainError
from digest.actions.locking import locked_row
from digest.due import due_after_change
from digest.models import Subscription

PAUSES: Final = (1, 2, 4, 8)
"""Weeks."""
LONGEST_PAUSE: Final = timedelta(days=366)


class PauseTooLong(DomainError):
    def __init__(self) -> None:
        super().__init__("A break can last a year at most. To hear nothing for longer, stop it and come back when you like.")


@transaction.atomic
def change_day(subscription: Subscription, *, weekday: int, hour: int, at: datetime, tz: str = "") -> Subscription:
    """Another day, hour or zone (none: as it was). Nobody loses an edition by it, and nobody gets one twice."""
    subscription = locked_row(subscription)
    wish = (weekday, hour, tz or subscription.tz)
    if (subscription.weekday, subscription.local_hour, subscription.tz) != wish:
        subscription.weekday, subscription.local_hour, subscription.tz = wish
        subscription.next_due_at = due_after_change(subscription, at=at)
        subscription.save(update_fields=["weekday", "local_hour", "tz", "next_due_at"])
    return subscription


def change_categories(subscription: Subscription, *, categories: Sequence[int]) -> Subscription:
    """What it tells of; none chosen: everything that the reader may see."""
    subscription.categories = sorted(set(categories))
    subscription.save(update_fields=["categories"])
    return subscription


def choose_among(
    subscription: Subscription, *, wanted: Collection[int], shown: Collection[int], all_of_them: Collection[int]
) -> Subscription:
    """Of the categories that were `shown`, those `wanted`: on a page behind a link only what visitors see is shown. What the
    reader has beside them (of `all_of_them` that they may read) stays as it was. All of them is everything, what opens later
    too."""
    before = set(subscription.categories) or set(all_of_them)
    chosen = (before - set(shown)) | (set(wanted) & set(shown))
    return change_categories(subscription, categories=[] if chosen >= set(all_of_them) else sorted(chosen))


def change_letter(subscription: Subscription, *, plain_text: bool, when_empty: str) -> Subscription:
    """Text alone or with HTML; where nothing is new, a short edition or none."""
    subscription.plain_text, subscription.when_empty = plain_text, Subscription.WhenEmpty(when_empty)
    subscription.save(update_fields=["plain_text", "when_empty"])
    return subscription


@transaction.atomic
def pause_weekly(subscription: Subscription, *, at: datetime, weeks: int = 0, until: datetime | None = None) -> Subscription:
    """No edition for some weeks, or until a moment; neither: go on now. Also none that waits already. Raises PauseTooLong."""
    subscription = locked_row(subscription)
    end = until or (at + timedelta(weeks=weeks) if weeks else None)
    if end is not None and end - at > LONGEST_PAUSE:
        raise PauseTooLong
    subscription.paused_until = end
    subscription.save(update_fields=["paused_until"])
    return subscription
