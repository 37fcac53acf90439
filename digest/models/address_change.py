from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models.query import QuerySet

from digest.models.subscription import Subscription
from mail.models import Address


class AddressChangeQuerySet(QuerySet["AddressChange"]):
    def waiting(self) -> Self:
        """Neither done nor called off; whether it is too late is asked with a moment."""
        return self.filter(moved_at=None, called_off_at=None)

    def waiting_since(self, moment: datetime) -> Self:
        return self.waiting().filter(asked_at__gt=moment)


class AddressChange(models.Model):
    """Somebody without an account wants their mail at another address. `subscription`: the one whose link they came by.
    Nothing moves before the owner of `after` says so."""

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="+")
    before = models.ForeignKey(Address, models.PROTECT, related_name="+")
    after = models.ForeignKey(Address, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    moved_at = models.DateTimeField(null=True)
    called_off_at = models.DateTimeField(null=True)

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["before"],
                condition=models.Q(moved_at=None, called_off_at=None),
                name="one_address_change_waits",
            ),
            models.CheckConstraint(name="address_change_changes_something", condition=~models.Q(before=models.F("after"))),
            models.CheckConstraint(
                name="address_change_ends_once", condition=models.Q(moved_at=None) | models.Q(called_off_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"address change {self.pk}"
