"""When a subscription is next to be served, in the light of the edition that is out."""

from datetime import datetime

from digest.calendar import cut_before, full_minute, next_slot, slot_in_term
from digest.models import Delivery, Edition, Subscription
from digest.streams import WEEKLY


def edition_out(at: datetime, *, stream: str = WEEKLY) -> Edition | None:
    """A stream's edition of the running term (a week, a daily's day), if it is cut."""
    edition: Edition | None = Edition.objects.cut().filter(stream=stream, cut_off=cut_before(at, stream=stream)).first()
    return edition


def first_due(subscription: Subscription, *, at: datetime) -> datetime:
    """Who has just said yes gets the edition that is out at once, else the first one at the chosen hour. Who was sent it already
    (left and came back) waits for the next."""
    edition = edition_out(at, stream=subscription.stream)
    if edition is None or _was_served(subscription, edition):
        return slot_after(subscription, at)
    return full_minute(at)


def due_after_change(subscription: Subscription, *, at: datetime) -> datetime:
    """Another day or hour: the edition that is out comes then, or at once if that is over; who had it waits for the next."""
    edition = edition_out(at, stream=subscription.stream)
    if edition is None or _was_served(subscription, edition):
        return slot_after(subscription, at)
    return max(_slot(subscription, edition.cut_off), full_minute(at))


def slot_after(subscription: Subscription, at: datetime) -> datetime:
    """The reader's hour in the next term."""
    mine = subscription
    return next_slot(at, weekday=mine.weekday, hour=mine.local_hour, tz=mine.tz, stream=mine.stream)


def _slot(mine: Subscription, cut: datetime) -> datetime:
    return slot_in_term(cut, weekday=mine.weekday, hour=mine.local_hour, tz=mine.tz, stream=mine.stream)


def _was_served(subscription: Subscription, edition: Edition) -> bool:
    return Delivery.objects.filter(edition=edition, address=subscription.address_id).exists()
