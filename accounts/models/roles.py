from datetime import datetime, timedelta
from typing import ClassVar, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.query import QuerySet


class Role(models.TextChoices):
    MEMBER = "member", "Member"
    MODERATOR = "moderator", "Moderator"
    ORGANISER = "organiser", "Organiser"
    DIRECTOR = "director", "Director"
    ADMINISTRATOR = "administrator", "Administrator"
    TRUSTEE = "trustee", "Trustee"


WEIGHTY: Final = frozenset({"director", "administrator"})
"""Given by two persons, and for a time."""
STAFF: Final = frozenset({"moderator", "organiser", "director", "administrator", "trustee"})
"""Whoever holds one signs in with a second factor."""

_WEIGHTY = Q(role__in=sorted(WEIGHTY))
_BY_TWO = (
    Q(granted_by__isnull=False, seconded_by__isnull=False)
    & ~Q(granted_by=F("seconded_by"))
    & ~Q(granted_by=F("user"))
    & ~Q(seconded_by=F("user"))
)
_BY_THE_SYSTEM = Q(granted_by=None, seconded_by=None)


class RoleGrantQuerySet(QuerySet["RoleGrant"]):
    def held_at(self, at: datetime | models.functions.Now) -> Self:
        return self.filter(revoked_at=None).filter(Q(ends_at=None) | Q(ends_at__gt=at))

    def of_staff(self) -> Self:
        """Those that concern the running of the site: all but plain membership."""
        return self.filter(role__in=sorted(STAFF))


class RoleGrant(models.Model):
    """A role somebody holds: who gave it, when, until when. Ended by a date or a revocation, never deleted. A weighty role has a
    proposer, a seconder and an end; only the system, from the machine itself, gives one alone."""

    Role = Role

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    seconded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ends_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ending_told_at = models.DateTimeField(null=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(revoked_at=None), name="one_standing_grant_per_user_and_role"
            ),
            models.CheckConstraint(condition=Q(ends_at=None) | Q(ends_at__gt=F("granted_at")), name="role_ends_after_it_begins"),
            models.CheckConstraint(name="role_is_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="weighty_role_is_given_by_two_and_ends",
                condition=~_WEIGHTY | (Q(ends_at__isnull=False) & (_BY_TWO | _BY_THE_SYSTEM)),
            ),
        ]

    def __str__(self) -> str:
        return self.role

    @property
    def last_moment(self) -> datetime | None:
        """Falls on the last day: a role ends with the midnight after it."""
        return self.ends_at - timedelta(seconds=1) if self.ends_at else None


class RoleProposal(models.Model):
    """One person proposes somebody for a weighty role; another decides. The outcome stays."""

    class Outcome(models.TextChoices):
        GRANTED = "granted", "Granted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="role_proposals")
    role = models.CharField(max_length=20, choices=Role)
    reason = models.CharField(max_length=300)
    ends_at = models.DateTimeField()
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "role"], condition=Q(outcome=""), name="one_open_proposal_per_user_and_role"),
            models.CheckConstraint(name="only_weighty_roles_are_proposed", condition=_WEIGHTY),
            models.CheckConstraint(name="nobody_proposes_themselves", condition=~Q(user=F("proposed_by"))),
            models.CheckConstraint(
                name="proposal_is_decided_by_another",
                condition=Q(outcome="", decided_at=None, decided_by=None)
                | Q(outcome="withdrawn", decided_at__isnull=False, decided_by__isnull=False)
                | (
                    Q(outcome__in=["granted", "declined"], decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(decided_by=F("proposed_by"))
                    & ~Q(decided_by=F("user"))
                ),
            ),
        ]

    @property
    def last_moment(self) -> datetime:
        return self.ends_at - timedelta(seconds=1)

    def __str__(self) -> str:
        return f"{self.role} for user {self.user_id}"
