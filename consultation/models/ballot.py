from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from consultation.models.consultation import Consultation


class Ledger(models.Model):
    """Somebody who may take part in a detached consultation, and whether they have. There from the opening in random order, under
    an id that says nothing; taking part changes one boolean. No time stands here. A trigger refuses all else; mixing
    (`consultation.actions.mixing`) writes anew those who took part."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="ledger")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    took_part = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["consultation", "user"], name="on_the_ledger_once")]

    def __str__(self) -> str:
        return f"user {self.user_id}"


class Ballot(models.Model):
    """What somebody sent in a detached consultation; nothing leads to who. Until the close it is `sealed` under the key of the
    ballot box, padded; at the close it is opened into `answers` (canonical form by question key) and banded facts, as far as
    five ballots share them. `nonce` is what its leaf is hashed with. Ids are random and new at each mixing."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="ballots")
    sealed = models.BinaryField(null=True)
    answers = models.JSONField(null=True)
    nonce = models.BinaryField(max_length=32, null=True)
    nation = models.CharField(max_length=20, blank=True, default="", db_default="")
    list_size = models.CharField(max_length=10, blank=True, default="", db_default="")
    job = models.CharField(max_length=30, blank=True, default="", db_default="")
    years = models.CharField(max_length=10, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="ballot_is_sealed_or_opened",
                condition=Q(sealed__isnull=False, answers=None, nonce=None, nation="", list_size="", job="", years="")
                | Q(sealed=None, answers__isnull=False, nonce__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return "a ballot"


class BallotBox(models.Model):
    """The key that ballots are sealed with until the close, wrapped under CONSULTATION_KEY; none once they are opened, or will
    never be. `mixed` ballots were there when they were last mixed, in the transaction `mixed_in`; `is_swept`: nothing of before
    is left in the tables."""

    consultation = models.OneToOneField(Consultation, models.PROTECT, primary_key=True, related_name="ballot_box")
    wrapped = models.BinaryField(null=True)
    mixed = models.PositiveIntegerField(default=0, db_default=0)
    mixed_in = models.CharField(max_length=20, blank=True, default="", db_default="")
    is_swept = models.BooleanField(default=True, db_default=True)

    class Meta:
        verbose_name_plural = "ballot boxes"

    def __str__(self) -> str:
        return "a ballot box"


class SealedDraft(models.Model):
    """What somebody has given so far and not sent, in a detached consultation: opened by the key in their browser alone, which
    its id is worked out of, too. No member, no time. Gone when it is sent, and at the close."""

    id = models.UUIDField(primary_key=True, editable=False)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="+")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return "a sealed draft"
