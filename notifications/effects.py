"""Who hears of what this room itself tells of."""

from collections.abc import Sequence
from datetime import datetime

from notifications.kinds import LiveMessage, Recipient
from notifications.models import Event


class MailStopped:
    """`event.data`: user, address. Told: the person whose account it is."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        user, key = event.data["user"], f"notifications.mail_stopped:{event.pk}"
        return [Recipient(user, "notifications.mail_stopped", key, mail=False)] if user > after else []

    def live(self, event: Event) -> Sequence[LiveMessage]:
        return ()

    def ready(self, event: Event, at: datetime) -> bool:
        return True
