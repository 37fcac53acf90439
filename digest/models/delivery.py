from typing import ClassVar, Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from digest.models.body import Body
from digest.models.edition import Edition
from digest.models.run import Run
from digest.models.subscription import Subscription
from mail.models import Address, HandOver
from mail.models.handover import HandOverQuerySet


class DeliveryQuerySet(HandOverQuerySet):
    def waiting_in(self, run: Run) -> Self:
        """What a sender may take of a run that is going out: all that has a body, at first only those who go first."""
        waiting = self.filter(run=run, body__isnull=False)
        return waiting.filter(is_canary=True) if run.state == Run.State.CANARY else waiting

    def uncertain(self) -> Self:
        return self.filter(state="uncertain")


class Delivery(HandOver):
    """An edition on its way to a subscription: once, and once to an address, whatever is started twice. The database holds
    both. Rows are written much, and each writing costs an entry in every index: so there are few, the unique ones begin with what
    else is looked for (a reader's, an address's deliveries), and those by state hold only what waits or is under way. All of a
    run are found by where they lie on the disk, beside each other (a BRIN index, which costs a mark next to nothing): the rows of
    a year are many, and a run is counted every minute.

    `run` and `edition` are one foreign key in the database (migration 0062): a row is of its run's edition, looked up once.
    `is_canary`: goes before the others, to see whether all is well. `doubted_at`: since when it is looked for at the mail server,
    where it is uncertain; `resent_at`: it was not found there, and may go out once more, by the same name."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="deliveries", db_index=False, db_constraint=False)
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="deliveries", db_index=False, db_constraint=False)
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="deliveries", db_index=False)
    address = models.ForeignKey(Address, models.PROTECT, related_name="deliveries", db_index=False)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="deliveries", db_index=False)
    pool = models.CharField(max_length=20, default="digest")
    is_canary = models.BooleanField(default=False, db_default=False)
    doubted_at = models.DateTimeField(null=True)
    resent_at = models.DateTimeField(null=True)

    objects: ClassVar = DeliveryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "edition"], name="one_delivery_per_subscription"),
            models.UniqueConstraint(fields=["address", "edition"], name="one_delivery_per_address"),
            models.UniqueConstraint(fields=["message_id"], name="one_delivery_per_message_id"),
            models.CheckConstraint(name="delivery_state_is_known", condition=models.Q(state__in=HandOver.State.values)),
        ]
        indexes: ClassVar = [
            models.Index("run", "id", name="delivery_waiting", condition=models.Q(state__in=["pending", "deferred"])),
            models.Index("lease_until", name="delivery_under_way", condition=models.Q(state__in=["claimed", "sending"])),
            models.Index("run", "id", name="delivery_in_doubt", condition=models.Q(state="uncertain")),
            models.Index("run", "id", name="delivery_first", condition=models.Q(is_canary=True)),
            BrinIndex("run", name="delivery_of_run", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"
