from typing import ClassVar, Final

from django.db import models
from django.db.models import Deferrable, Q

from consultation.models.consultation import Consultation

FACTS: Final = {
    "assessment": "How you are assessed",
    "evidence": "What you bring",
    "entry": "Who can start",
    "time": "Time from you",
    "cost": "Cost",
    "renewal": "Keeping it",
    "awarding_body": "Awarded by",
    "level": "Level",
    "suits": "Suits",
    "suits_not": "May not suit",
}
"""The facts of an option, with their labels, in the order in which they are compared."""


class Option(models.Model):
    """A route that is put to the members, with its facts in one shape for all. Frozen at opening by a trigger, all but its fate:
    what became of it, told when results are published."""

    class Fate(models.TextChoices):
        OPEN = "open", "Open"
        PREFERRED = "preferred", "Preferred"
        KEPT = "kept", "Kept for later"
        RULED_OUT = "ruled-out", "Ruled out"

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField()
    letter = models.CharField(max_length=1)
    key = models.SlugField(max_length=50)
    name = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, blank=True)
    assessment = models.CharField("how you are assessed", max_length=300, blank=True)
    evidence = models.CharField("what you bring", max_length=300, blank=True)
    entry = models.CharField("who can start", max_length=300, blank=True)
    time = models.CharField("time from you", max_length=300, blank=True)
    cost = models.CharField(max_length=300, blank=True)
    renewal = models.CharField("keeping it", max_length=300, blank=True)
    awarding_body = models.CharField("awarded by", max_length=300, blank=True)
    level = models.CharField(max_length=300, blank=True)
    suits = models.CharField("suits", max_length=300, blank=True)
    suits_not = models.CharField("may not suit", max_length=300, blank=True)
    fate = models.CharField(max_length=12, choices=Fate, default=Fate.OPEN)
    because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["consultation", "position"], name="one_option_per_position", deferrable=Deferrable.DEFERRED
            ),
            models.UniqueConstraint(
                fields=["consultation", "letter"], name="one_option_per_letter", deferrable=Deferrable.DEFERRED
            ),
            models.UniqueConstraint(fields=["consultation", "key"], name="one_option_per_key"),
            models.CheckConstraint(name="option_letter_is_a_to_z", condition=Q(letter__regex="^[A-Z]$")),
            models.CheckConstraint(name="option_fate_is_known", condition=Q(fate__in=["open", "preferred", "kept", "ruled-out"])),
            models.CheckConstraint(name="option_ruled_out_has_a_reason", condition=~Q(fate="ruled-out") | ~Q(because="")),
        ]

    def __str__(self) -> str:
        return f"{self.letter}: {self.name}"


class Discarded(models.Model):
    """A route that was looked at and is not put to the members, and why (rule G2)."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="discarded")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    reason = models.CharField(max_length=500)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [models.CheckConstraint(name="discarded_has_a_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """Something to read before answering. `url` is an address on the web or a path on this site."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="documents")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=160)
    url = models.CharField(max_length=500)
    note = models.CharField(max_length=160, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="document_url_is_web_or_path", condition=Q(url__regex=r"^(https?://[^\s]+|/([^/\\\s][^\s]*)?)$")
            )
        ]

    def __str__(self) -> str:
        return self.title
