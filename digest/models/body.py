from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from digest.models.edition import Edition


class Body(models.Model):
    """A selection of an edition's items, kept once for all who get the same. `signature` is the hash of `item_ids`."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="bodies")
    signature = models.CharField(max_length=64)
    item_ids = ArrayField(models.BigIntegerField(), default=list)
    subject = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "signature"], name="one_body_per_selection"),
        ]

    def __str__(self) -> str:
        return f"body {self.pk}"
