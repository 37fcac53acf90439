from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.query import QuerySet


class RecoveryAddressQuerySet(QuerySet["RecoveryAddress"]):
    def confirmed(self) -> Self:
        return self.exclude(confirmed_at=None)


class RecoveryAddress(models.Model):
    """A second mailbox of somebody's own, since the first is often the employer's. The way back into the account (a new password,
    a code to sign in) and for word of changes to it; nothing else is ever sent there. One per person, made anew when changed."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_address")
    email = models.EmailField(max_length=254)
    added_at = models.DateTimeField()
    confirmed_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(null=True)

    objects = RecoveryAddressQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="recovery_address_is_lower_case", condition=Q(email=Lower("email"))),
            models.UniqueConstraint(
                fields=["email"], condition=Q(confirmed_at__isnull=False), name="a_confirmed_recovery_address_is_one_persons"
            ),
        ]

    def __str__(self) -> str:
        return self.email
