from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.query import QuerySet

from forum.models.officer_key import OfficerKey
from forum.models.persona import Persona


class HandoverQuerySet(QuerySet["Handover"]):
    def waiting(self) -> Self:
        """For the second officer."""
        return self.filter(done_at=None)


class Handover(models.Model):
    """A seal on its way to the key of an officer who came after it. The first of two other officers left their half here: for
    each who may be the second two boxes, one to them and one to the new key (`forum.sealing.Handed`, in hex, by the second's
    key), until `done_at`. Neither the halves nor anything else here opens anything. `place`: of the new share."""

    persona = models.ForeignKey(Persona, models.CASCADE, related_name="+", db_index=False)
    key = models.ForeignKey(OfficerKey, models.CASCADE, related_name="handovers", db_index=False)
    place = models.PositiveSmallIntegerField()
    boxes = models.JSONField(default=dict)
    first_key = models.ForeignKey(OfficerKey, models.PROTECT, related_name="+", db_index=False)
    handed_at = models.DateTimeField()
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    done_at = models.DateTimeField(null=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "persona"], name="one_handover_per_key_and_persona"),
            models.UniqueConstraint(fields=["persona", "place"], name="a_place_is_handed_over_once"),
            models.CheckConstraint(name="nobody_hands_over_to_themselves", condition=~Q(key=F("first_key"))),
            models.CheckConstraint(
                name="finished_handover_says_by_whom_and_keeps_no_box",
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False, boxes={}),
            ),
        ]

    def __str__(self) -> str:
        return f"persona {self.persona_id} to key {self.key_id}"
