"""Who hears of what the weekly does by itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from accounts.models import RoleGrant
from notifications.kinds import LiveMessage, Recipient
from notifications.models import Event


class Held:
    """`event.data`: run. Told: organisers and directors, who edit the weekly and watch it go out."""

    kind: ClassVar = "digest.held"

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        held = RoleGrant.objects.held_at(event.at).filter(
            role__in=["organiser", "director"], user__is_active=True, user__gt=after
        )
        ids = held.order_by("user").values_list("user", flat=True).distinct()[:limit]
        return [Recipient(user, self.kind, f"{self.kind}:{event.pk}") for user in ids]

    def live(self, event: Event) -> Sequence[LiveMessage]:
        return ()

    def ready(self, event: Event, at: datetime) -> bool:
        return True


class Unapproved(Held):
    """`event.data`: edition. The same people."""

    kind: ClassVar = "digest.unapproved"


class TurnedAway(Held):
    """`event.data`: run. The same people."""

    kind: ClassVar = "digest.turned_away"
