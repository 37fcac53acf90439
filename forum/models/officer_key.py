from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.db.models.query import QuerySet

from accounts.models import RoleGrant
from accounts.models.roles import WEIGHTY


class OfficerKeyQuerySet(QuerySet["OfficerKey"]):
    def standing(self) -> Self:
        """Those of officers in force that were not replaced: what is sealed from now on is sealed to them."""
        grants = RoleGrant.objects.held_at(Now()).filter(user=OuterRef("user"), role__in=sorted(WEIGHTY))
        return self.filter(Exists(grants), replaced_at=None, user__is_active=True)

    def of_officers(self) -> Self:
        """Of whoever has a standing one: also those that it replaced."""
        return self.filter(user__in=OfficerKey.objects.standing().values("user"))


class OfficerKey(models.Model):
    """The key pair by which an officer has a part in opening pseudonyms. The private half is encrypted under a passphrase that is
    kept nowhere (`forum.sealing`). Replaced, never deleted: what was sealed to an old key needs it. `left_at`: since when its
    holder is no officer, as the last look found; `dropped_at`: since when nothing is sealed to it any more."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    public = models.BinaryField(max_length=32)
    locked_private = models.BinaryField()
    made_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    objects = OfficerKeyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user"], condition=Q(replaced_at=None), name="one_standing_key_per_officer"),
        ]

    def __str__(self) -> str:
        return f"key {self.pk} of user {self.user_id}"
