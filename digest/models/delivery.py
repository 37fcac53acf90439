from typing import ClassVar

from django.db import models

from digest.models.body import Body
from digest.models.edition import Edition
from digest.models.run import Run
from digest.models.subscription import Subscription
from mail.models import Address, HandOver


class Delivery(HandOver):
    """An edition on its way to a subscription: once, and once to an address, whatever is started twice. The database holds
    both. Rows are written much and read by state, so the index holds only what waits."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="deliveries")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="deliveries")
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="deliveries")
    address = models.ForeignKey(Address, models.PROTECT, related_name="deliveries")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="deliveries")
    pool = models.CharField(max_length=20, default="digest")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "subscription"], name="one_delivery_per_subscription"),
            models.UniqueConstraint(fields=["edition", "address"], name="one_delivery_per_address"),
            models.CheckConstraint(name="delivery_state_is_known", condition=models.Q(state__in=HandOver.State.values)),
        ]
        indexes: ClassVar = [
            models.Index("run", "id", name="delivery_waiting", condition=models.Q(state__in=["pending", "deferred"])),
            models.Index("lease_until", name="delivery_under_way", condition=models.Q(state__in=["claimed", "sending"])),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"
