"""The one way by which a notice or a live message begins."""

from datetime import datetime
from typing import Final

from django.conf import settings

from common.handwritten import Inserted
from common.wakeups import wake_on_commit
from notifications.models import Event

_EVENT: Final = Inserted(Event)


def record_event(kind: str, *, at: datetime, by: int | None, **data: int | str) -> Event:
    """Say that something happened (settings.EVENT_KINDS), as part of the running transaction. `data` are ids.

    `by` is the person's id, for a persona None: nothing here may join the two. The expander is nudged on commit and finds the
    row by itself where the nudge is lost. Raises ValueError for an unknown kind.
    """
    if kind not in settings.EVENT_KINDS:
        raise ValueError(f"Unknown event kind {kind!r}: name its class in settings.EVENT_KINDS")
    event = Event(kind=kind, at=at, actor_id=by, data=data)
    _EVENT.put(event)
    wake_on_commit("notifications.expand", at_most_once=True)
    return event
