from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower


class Address(models.Model):
    """An address that mail may go to, with an account or without one. `email` is lower case.

    `dead`: the receiving server said that there is no such mailbox; nothing is sent there until it is confirmed again.
    """

    class State(models.TextChoices):
        UNVERIFIED = "unverified"
        VERIFIED = "verified"
        DEAD = "dead"

    email = models.EmailField(max_length=254, unique=True)
    account = models.OneToOneField(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="mail_address")
    state = models.CharField(max_length=10, choices=State, default=State.UNVERIFIED)
    bounce_score = models.FloatField(default=0)
    verified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="address_is_lower_case", condition=models.Q(email=Lower("email"))),
            models.CheckConstraint(
                name="verified_address_says_since_when",
                condition=~models.Q(state="verified") | models.Q(verified_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"address {self.pk}"
