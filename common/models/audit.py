"""The audit: what was decided, by whom, in an order that cannot be rewritten without being seen.

An entry is inserted in the deciding transaction and is not hashed there (hashing inside cost 7.7 times the throughput).
One sealer per tick chains entries in commit order and signs the head. Details lie apart, so that they can be erased:
the entry keeps SHA-256(salt ‖ details), which means nothing once the salt is gone.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Func


class CurrentTransaction(Func):
    """The number of the running transaction, 64 bits, never reused."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


class AuditEntry(models.Model):
    """One decision. `verb` is `noun.verb` (`consultation.open`); `actor` is a kind and an id, never a name."""

    class ActorKind(models.TextChoices):
        PERSON = "person"
        PERSONA = "persona"
        SYSTEM = "system"

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    digest = models.BinaryField(max_length=32)
    transaction = models.BigIntegerField(db_default=CurrentTransaction())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="audit_actor_has_an_id_unless_system",
                condition=models.Q(actor_kind="system", actor_id=None)
                | (~models.Q(actor_kind="system") & models.Q(actor_id__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("subject_kind"), F("subject_id"), F("id"), name="audit_by_subject"),
            models.Index(F("transaction"), F("id"), name="audit_in_commit_order"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind}:{self.subject_id}"


class AuditDetail(models.Model):
    """What an entry says beyond its ids. Deleting it is erasure: the chain still holds."""

    entry = models.OneToOneField(AuditEntry, models.CASCADE, primary_key=True, related_name="detail")
    salt = models.BinaryField(max_length=16)
    details = models.JSONField()


class AuditLink(models.Model):
    """An entry's place in the chain. `hash` = SHA-256(previous hash ‖ canonical entry); the first follows 32 zero bytes."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="link")
    hash = models.BinaryField(max_length=32)


class AuditHead(models.Model):
    """The chain's end at a sealing, signed with SIGNING_KEY (Ed25519 over position ‖ hash). Each weekly prints the latest."""

    position = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)
    at = models.DateTimeField()
