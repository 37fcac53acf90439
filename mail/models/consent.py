from typing import ClassVar

from django.db import models

from mail.models.address import Address


class ConsentEvent(models.Model):
    """What somebody agreed to or ended, when, and in answer to which words: proof, insert-only (a trigger refuses the rest).

    `given_on` and `source`: when and where it was given, if not here but before, as the list that an officer brought in says.
    """

    class Action(models.TextChoices):
        ASKED = "asked"
        CONFIRMED = "confirmed"
        CHANGED = "changed"
        ENDED = "ended"

    class Basis(models.TextChoices):
        CONSENT = "consent"
        COMMERCIAL_SOFT_OPT_IN = "commercial_soft_opt_in"
        CHARITY_SOFT_OPT_IN = "charity_soft_opt_in"
        SERVICE = "service"

    address = models.ForeignKey(Address, models.PROTECT, related_name="consent_events")
    stream = models.CharField(max_length=20)
    action = models.CharField(max_length=10, choices=Action)
    basis = models.CharField(max_length=30, choices=Basis)
    wording_id = models.CharField(max_length=40)
    form = models.CharField(max_length=60)
    ip_trunc = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    given_on = models.DateField(null=True)
    source = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        indexes: ClassVar = [models.Index("address", "stream", "id", name="consent_by_address")]

    def __str__(self) -> str:
        return f"{self.action} {self.stream}"
