from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from consultation.models.consultation import Consultation
from mail.models import Address


class Party(models.Model):
    """Who answers and is no individual member: an organisation, or somebody of the public. Never added to members: counted apart,
    told apart.

    An organisation says on whose behalf, by what authority, how its view was agreed and for how many it speaks; its answer is
    named by nature. `name_key` is its name as it is compared (`words.name_key`): two of one name are told of each other, never
    merged. `sort` is what kind of organisation it is, or as what somebody of the public answers."""

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", "Organisations"
        PUBLIC = "public", "The public"

    class OrganisationSort(models.TextChoices):
        PRACTICE = "practice", "A practice"
        NETWORK = "network", "A primary care network or cluster"
        FEDERATION = "federation", "A federation or provider group"
        COMMITTEE = "committee", "A local committee (LMC)"
        BOARD = "board", "An ICB, health board or trust"
        TRAINING = "training", "A training hub or educator"
        PROFESSION = "profession", "A professional body or union"
        PATIENTS = "patients", "A patients’ group or charity"
        SUPPLIER = "supplier", "A supplier"
        OTHER = "other", "Another organisation"

    class PublicSort(models.TextChoices):
        PATIENT = "patient", "A patient or carer"
        CLINICIAN = "clinician", "A clinician"
        STAFF = "staff", "Somebody who works in general practice"
        SUPPLIER = "supplier", "A supplier"
        OTHER = "other", "Somebody else"

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="parties")
    kind = models.CharField(max_length=12, choices=Kind)
    sort = models.CharField(max_length=12)
    name = models.CharField(max_length=150, blank=True)
    name_key = models.CharField(max_length=150, blank=True)
    on_behalf_of = models.CharField(max_length=300, blank=True)
    authority = models.CharField(max_length=300, blank=True)
    agreed = models.CharField(max_length=500, blank=True)
    speaks_for = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural: ClassVar = "parties"
        indexes: ClassVar = [models.Index(fields=["consultation", "name_key"], name="party_by_name")]
        constraints: ClassVar = [
            models.CheckConstraint(name="party_kind_is_known", condition=Q(kind__in=["organisation", "public"])),
            models.CheckConstraint(
                name="organisation_says_who_and_by_what_authority",
                condition=Q(kind="public") | ~(Q(name="") | Q(name_key="") | Q(on_behalf_of="") | Q(authority="") | Q(agreed="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"party {self.pk}"

    @property
    def is_organisation(self) -> bool:
        return self.kind == self.Kind.ORGANISATION

    @property
    def sort_label(self) -> str:
        """In words."""
        known = self.OrganisationSort if self.is_organisation else self.PublicSort
        return str(known(self.sort).label)


class Colleague(models.Model):
    """A member who writes an organisation's answer with others: asked by a colleague, in once they said yes. Whoever began it was
    asked by nobody. Rows are kept: who left, or was taken out (`ended_by` another), stands in the history."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="colleagues")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    may_send = models.BooleanField(default=False, db_default=False)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["invited_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["party", "user"], condition=Q(ended_at=None), name="colleague_once_at_a_time"),
            models.CheckConstraint(
                name="colleague_ended_by_somebody",
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} in party {self.party_id}"

    @property
    def is_in(self) -> bool:
        return self.joined_at is not None and self.ended_at is None


class Guest(models.Model):
    """Somebody of the public who confirmed an address: the address stands here, and nowhere beside the answer. Named: the
    `address`; confidential: `address_tag` alone, worked out like a member's. `link`: which of the links sent to it was used last;
    older ones open nothing any more. `wants_news`: they are written to of what concerns their answer (`News`)."""

    party = models.OneToOneField(Party, models.CASCADE, primary_key=True, related_name="guest")
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="guests")
    address = models.ForeignKey(Address, models.PROTECT, null=True, related_name="+")
    address_tag = models.BinaryField(max_length=32, null=True)
    link = models.PositiveSmallIntegerField()
    confirmed_at = models.DateTimeField()
    wants_news = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consultation", "address"], name="guest_once_by_address"),
            models.UniqueConstraint(fields=["consultation", "address_tag"], name="guest_once_by_tag"),
            models.CheckConstraint(
                name="guest_has_an_address_or_a_tag",
                condition=Q(address__isnull=False, address_tag=None) | Q(address=None, address_tag__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"guest {self.pk}"
