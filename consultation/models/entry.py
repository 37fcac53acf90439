from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consultation.models.consultation import Consultation
from consultation.models.party import Party
from consultation.models.response import Response
from consultation.models.version import Version


class Entry(models.Model):
    """An answer that came on paper or by e-mail, on its way in: typed by one organiser, checked against its source by another,
    and counted only once it is released. Whose it is says `user`, in a confidential consultation `holder_tag` alone, or `party`.

    `version` is the one that stands on the paper, whichever is asked by now: it counts under that.

    `text` is the e-mail as it was pasted; files are `EntrySource`s. Once a confidential one is released the source is `sealed`
    under the consultation's own key, and `text` is empty. The facts are those that go with the answer. Waiting for its check:
    `handed_in_at`; what was sent back has `returned_at` and waits for nobody but who typed it."""

    class Way(models.TextChoices):
        PAPER = "paper", "On paper"
        MAIL = "mail", "By e-mail"

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="entries")
    way = models.CharField(max_length=5, choices=Way)
    received_on = models.DateField()
    version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    holder_tag = models.BinaryField(max_length=32, null=True)
    party = models.ForeignKey(Party, models.CASCADE, null=True, related_name="entries")
    text = models.TextField(blank=True)
    sealed = models.BinaryField(null=True)
    job = models.CharField(max_length=30, blank=True)
    nation = models.CharField(max_length=20, blank=True)
    list_size = models.CharField(max_length=10, blank=True)
    years = models.CharField(max_length=10, blank=True)
    consent = models.CharField(max_length=10, choices=Response.Consent, default=Response.Consent.ANALYSIS)
    kept_back = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    returned_because = models.CharField(max_length=500, blank=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    response = models.OneToOneField(Response, models.SET_NULL, null=True, related_name="entry")

    class Meta:
        verbose_name_plural: ClassVar = "entries"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="entry_is_named_held_or_a_partys",
                condition=Q(user__isnull=False, holder_tag=None, party=None)
                | Q(user=None, holder_tag__isnull=False, party=None)
                | Q(user=None, holder_tag=None, party__isnull=False),
            ),
            models.CheckConstraint(name="entry_way_is_known", condition=Q(way__in=["paper", "mail"])),
            models.CheckConstraint(
                name="entry_is_checked_by_another",
                condition=~Q(released_by=F("entered_by")) & ~Q(returned_by=F("entered_by")) & ~Q(user=F("entered_by")),
            ),
            models.CheckConstraint(
                name="entry_released_was_handed_in",
                condition=Q(released_at=None, released_by=None, response=None)
                | Q(released_at__isnull=False, released_by__isnull=False, handed_in_at__isnull=False),
            ),
            models.CheckConstraint(
                name="entry_returned_says_why",
                condition=Q(returned_at=None, returned_by=None, returned_because="")
                | (Q(returned_at__isnull=False, returned_by__isnull=False) & ~Q(returned_because="")),
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"

    @property
    def state(self) -> str:
        """`released`, `waiting`, `returned` or `begun`."""
        if self.released_at is not None:
            return "released"
        if self.handed_in_at is not None:
            return "waiting"
        return "returned" if self.returned_at is not None else "begun"

    @property
    def is_sealed(self) -> bool:
        return self.sealed is not None


class EntrySource(models.Model):
    """A file that such an answer came as: a scan, a letter. Its place in the storage (settings.STORAGES, "attachments") tells its
    id alone. `sealed`: encrypted under the consultation's key, and no page gives it out. `harmful`: a scanner that was set up
    later found something, and the bytes are deleted."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="sources")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    scanned_with = models.CharField(max_length=40, blank=True)
    harmful = models.BooleanField(default=False, db_default=False)
    sealed = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return f"source {self.pk}"

    @property
    def stored(self) -> str:
        """Its name in the storage."""
        return f"sources/{self.pk.hex[:2]}/{self.pk.hex}{'.sealed' if self.sealed else ''}"


class EntryLook(models.Model):
    """An organiser who did not type it opened such an answer before the close, to check it. Counted on “How this was run”, also
    once the entry is gone."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="entry_looks")
    entry = models.ForeignKey(Entry, models.SET_NULL, null=True, related_name="looks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "by"], name="one_look_into_an_entry_each")]

    def __str__(self) -> str:
        return f"look into entry {self.entry_id}"
