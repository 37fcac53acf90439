from typing import ClassVar

from django.conf import settings
from django.db import models


class RoleGrant(models.Model):
    """A role somebody holds: who gave it, when, until when. Ended by a date or a revocation, never deleted."""

    class Role(models.TextChoices):
        MEMBER = "member", "Member"
        MODERATOR = "moderator", "Moderator"
        ORGANISER = "organiser", "Organiser"
        DIRECTOR = "director", "Director"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ends_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(revoked_at=None), name="one_standing_grant_per_user_and_role"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gt=models.F("granted_at")), name="role_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.role
