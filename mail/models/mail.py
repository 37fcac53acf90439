from typing import ClassVar

from django.db import models

from mail.models.address import Address
from mail.models.handover import HandOver


class Mail(HandOver):
    """A row of the outbox: one message, to one address, once per key.

    Holds ids only. Subject and text are made at hand-over by the kind's class (settings.MAIL_KINDS): what the reader may no
    longer see is not sent, a secret in a link never lies in a table, and there is no body to delete afterwards.

    `batch` names what several messages to one address may be about together; while the row waits and was never tried, more
    may join it (`mail.outbox.queue_together`). `next_attempt_at` of a row that was never tried is the moment it waits for.
    """

    class Lane(models.TextChoices):
        CRITICAL = "critical"
        NOTIFY = "notify"

    address = models.ForeignKey(Address, models.CASCADE, related_name="mails", db_index=False)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    params = models.JSONField(default=dict)
    batch = models.CharField(max_length=80, blank=True, default="", db_default="")
    lane = models.CharField(max_length=10, choices=Lane)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["address", "key"], name="one_mail_per_address_and_key"),
            models.UniqueConstraint(fields=["message_id"], name="one_mail_per_message_id"),
            models.CheckConstraint(name="mail_state_is_known", condition=models.Q(state__in=HandOver.State.values)),
        ]
        indexes: ClassVar = [
            models.Index("lane", "id", name="mail_waiting", condition=models.Q(state__in=["pending", "deferred"])),
            models.Index(
                "address", "batch", name="mail_may_be_joined", condition=models.Q(state="pending") & ~models.Q(batch="")
            ),
            models.Index("lease_until", name="mail_under_way", condition=models.Q(state__in=["claimed", "sending"])),
            models.Index("id", name="mail_in_doubt", condition=models.Q(state="uncertain")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
