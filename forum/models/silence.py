from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.db.models.query import QuerySet

from forum.models.persona import Persona


class SilenceQuerySet(QuerySet["Silence"]):
    def in_force_at(self, at: datetime | Now) -> Self:
        return self.filter(lifted_at=None, imposed_at__lte=at, ends_at__gt=at)


class Silence(models.Model):
    """Whoever is behind this persona writes nothing in the forum until `ends_at`, under any name. Found when they try: their tags
    are compared with the silenced personas'. Who it is, nobody is told and no row says. Lifted, never deleted."""

    persona = models.ForeignKey(Persona, models.CASCADE, related_name="silences")
    reason = models.CharField(max_length=500)
    imposed_at = models.DateTimeField()
    imposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ends_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = SilenceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="silence_says_why", condition=~Q(reason="")),
            models.CheckConstraint(name="silence_ends_after_it_begins", condition=Q(ends_at__gt=F("imposed_at"))),
            models.CheckConstraint(
                name="lifted_silence_says_by_whom",
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="silence_in_force", condition=Q(lifted_at=None))]

    def __str__(self) -> str:
        return f"silence of persona {self.persona_id}"
