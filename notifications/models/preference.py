from typing import ClassVar

from django.conf import settings
from django.db import models


class Way(models.TextChoices):
    """How somebody wants to hear of something. Each holds the ones before it: what comes by mail stands on the site too."""

    OFF = "off", "Off"
    SITE = "site", "On the site"
    DAILY = "daily", "Daily mail"
    MAIL = "mail", "Mail at once"


class NoticePreference(models.Model):
    """How somebody wants a kind of notice. No row: the kind's own default."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=60)
    way = models.CharField(max_length=5, choices=Way, db_default=Way.SITE)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind"], name="one_preference_per_person_and_kind"),
            models.CheckConstraint(name="preference_is_a_known_way", condition=models.Q(way__in=Way.values)),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.way}"
