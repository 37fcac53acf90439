from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.db.models.query import QuerySet

from accounts.models.facts import Job, ListSize, Nation, Years


class MembershipQuerySet(QuerySet["Membership"]):
    def standing_at(self, at: datetime) -> Self:
        """Those whom the register names as members at this moment."""
        return self.filter(ended_at=None).filter(models.Q(ends_at=None) | models.Q(ends_at__gt=at))

    def unclaimed(self) -> Self:
        return self.filter(user=None)

    def to_invite(self, at: datetime) -> Self:
        """Members without an account to whom nobody has written."""
        return self.standing_at(at).unclaimed().filter(invited_at=None).exclude(email="")


class Membership(models.Model):
    """One line of the institute's register as last imported. `number` never changes and keeps the account through every change
    of practice, name and address. `ends_at`: the London midnight after the last paid day, from the register; `ended_at`: since
    when the register no longer names the person."""

    number = models.CharField(max_length=40, unique=True)
    email = models.EmailField(max_length=254, blank=True)
    name = models.CharField(max_length=60, blank=True)
    grade = models.CharField(max_length=40, blank=True)
    nation = models.CharField(max_length=20, choices=Nation, blank=True)
    region = models.CharField(max_length=60, blank=True)
    list_size = models.CharField(max_length=10, choices=ListSize, blank=True)
    job = models.CharField(max_length=30, choices=Job, blank=True)
    years = models.CharField(max_length=10, choices=Years, blank=True)
    practice = models.CharField(max_length=10, blank=True, default="", db_default="")
    ends_at = models.DateTimeField(null=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="membership")
    claimed_at = models.DateTimeField(null=True)
    invited_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="membership_has_a_number", condition=~models.Q(number="")),
            models.CheckConstraint(name="membership_email_is_lower_case", condition=models.Q(email=Lower("email"))),
            models.CheckConstraint(
                name="claimed_membership_says_when",
                condition=models.Q(user=None, claimed_at=None) | models.Q(user__isnull=False, claimed_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["email"], name="membership_by_email", condition=~models.Q(email="")),
        ]

    def __str__(self) -> str:
        return f"member {self.number}"

    @property
    def last_moment(self) -> datetime | None:
        """Falls on the last paid day."""
        return self.ends_at - timedelta(seconds=1) if self.ends_at else None
