from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower


class Address(models.Model):
    """An address that mail may go to, with an account or without one. `email` is lower case.

    `dead`: the receiving server said that there is no such mailbox; nothing is sent there until it is confirmed again.
    `former_account`: whose it was until they took another one. `erased_at`: since when `email` says nothing any more, and
    `erased_hmac` is HMAC-SHA256(ADDRESS_KEY, what it was): whoever has the address in hand finds what was agreed to by it.
    """

    class State(models.TextChoices):
        UNVERIFIED = "unverified"
        VERIFIED = "verified"
        DEAD = "dead"

    email = models.EmailField(max_length=254, unique=True)
    account = models.OneToOneField(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="mail_address")
    former_account = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.UNVERIFIED)
    bounce_score = models.FloatField(default=0)
    verified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)
    erased_hmac = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="address_is_lower_case", condition=models.Q(email=Lower("email"))),
            models.CheckConstraint(
                name="erased_address_is_nobodys",
                condition=models.Q(erased_at=None, erased_hmac=None)
                | models.Q(
                    erased_at__isnull=False,
                    erased_hmac__isnull=False,
                    account=None,
                    former_account=None,
                    state="dead",
                    email__endswith="@erased.invalid",
                ),
            ),
            models.CheckConstraint(
                name="verified_address_says_since_when",
                condition=~models.Q(state="verified") | models.Q(verified_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"address {self.pk}"
