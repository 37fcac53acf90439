import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from digest.models.delivery import Delivery
from digest.models.subscription import Subscription


class CapabilityToken(models.Model):
    """A key in a link: it opens one door and never signs anybody in.

    Only SHA-256 of the secret is kept. The secret itself is HMAC-SHA256(ADDRESS_KEY, id ‖ scope), cut to 128 bits, of a random
    id (`digest.tokens`): whoever holds the table alone cannot make it, and a second attempt of a mail carries the same links.

    `delivery`: the one in whose letter the link stands; its row may be gone before the link expires (`actions.reducing`).
    """

    class Scope(models.TextChoices):
        CONFIRM = "confirm"
        UNSUBSCRIBE = "unsubscribe"
        PAUSE = "pause"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    scope = models.CharField(max_length=12, choices=Scope)
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="tokens")
    delivery = models.ForeignKey(
        Delivery, models.DO_NOTHING, null=True, related_name="tokens", db_index=False, db_constraint=False
    )
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["delivery", "scope"], name="one_token_per_delivery_and_scope"),
            models.UniqueConstraint(
                fields=["subscription", "scope"],
                condition=models.Q(delivery=None),
                name="one_standing_token_per_subscription_and_scope",
            ),
        ]
        indexes: ClassVar = [BrinIndex("expires_at", name="token_by_its_end", autosummarize=True)]

    def __str__(self) -> str:
        return f"{self.scope} {self.pk}"
