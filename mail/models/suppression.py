from typing import ClassVar

from django.db import models


class Suppression(models.Model):
    """An address that must not be written to, as HMAC-SHA256(ADDRESS_KEY, address): survives erasure, names nobody.

    `scope`: a stream (`weekly`), or `all` for a mailbox that does not exist, sends back, or complained.
    """

    class Reason(models.TextChoices):
        ASKED = "asked", "They asked for no mail"
        HARD_BOUNCE = "hard_bounce", "There is no such mailbox"
        SOFT_BOUNCE = "soft_bounce", "The mailbox kept sending mail back"
        COMPLAINT = "complaint", "Reported as unwanted"
        CLOSED = "closed", "They closed their account"
        BY_HAND = "by_hand", "By hand"

    address_hmac = models.BinaryField(max_length=32)
    scope = models.CharField(max_length=20)
    reason = models.CharField(max_length=20, choices=Reason)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["address_hmac", "scope"], name="one_suppression_per_scope")]

    def __str__(self) -> str:
        return f"{self.scope}: {self.reason}"
