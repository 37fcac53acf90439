"""Until when what an edition asks can be answered: as it stands now, not as it stood at the cut."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from consultation.models import Consultation
from digest.models import Item
from digest.sources.consultations import Closing, Opened

ASKING: Final = (Opened.kind, Closing.kind)


def up_to_date(items: Sequence[Item]) -> Sequence[Item]:
    """The same items with the deadlines of consultations as they are now: a longer one, or none while answers are paused. One
    statement where there is any."""
    asking = [item for item in items if item.kind in ASKING]
    if asking:
        told = Consultation.objects.filter(pk__in={item.object_id for item in asking}).values_list("pk", "closes_at", "paused_at")
        ends = {pk: None if paused_at else closes_at for pk, closes_at, paused_at in told}
        for item in asking:
            item.closes_at = ends.get(item.object_id)
    return items


def still_asks(item: Item, *, at: datetime) -> bool:
    """Not for an answer that nobody takes any more."""
    return item.kind not in ASKING or item.closes_at is None or item.closes_at > at
