"""When a subscription is next to be served, in the light of the edition that is out."""

from datetime import datetime

from digest.calendar import cut_before, full_minute, next_slot, slot_in_week
from digest.models import Delivery, Edition, Subscription


def edition_out(at: datetime) -> Edition | None:
    """The edition of the running week, if it is cut."""
    edition: Edition | None = Edition.objects.cut().filter(cut_off=cut_before(at)).first()
    return edition


def first_due(subscription: Subscription, *, at: datetime) -> datetime:
    """Who has just said yes gets this week's edition at once, else the first one at the chosen hour. Who was sent this week's
    already (left and came back) waits for the next."""
    edition = edition_out(at)
    if edition is None or _was_served(subscription, edition):
        return slot_after(subscription, at)
    return full_minute(at)


def due_after_change(subscription: Subscription, *, at: datetime) -> datetime:
    """Another day: this week's edition on the new day, or at once if that day is over; who had it waits for the next."""
    edition = edition_out(at)
    if edition is None or _was_served(subscription, edition):
        return slot_after(subscription, at)
    slot = slot_in_week(edition.cut_off, weekday=subscription.weekday, hour=subscription.local_hour, tz=subscription.tz)
    return max(slot, full_minute(at))


def slot_after(subscription: Subscription, at: datetime) -> datetime:
    """The reader's hour in the next week."""
    return next_slot(at, weekday=subscription.weekday, hour=subscription.local_hour, tz=subscription.tz)


def _was_served(subscription: Subscription, edition: Edition) -> bool:
    return Delivery.objects.filter(edition=edition, address=subscription.address_id).exists()
