from typing import ClassVar, Final

from django.db import models
from django.db.models import F, Q

from consultation.models.consultation import Consultation
from consultation.models.party import Party
from consultation.models.response import Response

MEMBERS: Final = "member"
"""The kind of who answers as an individual member, beside those of `Party.Kind`."""
_NOTHING: Final = models.Value({}, models.JSONField())


class SigningKey(models.Model):
    """A public key that signed something of ours, kept for good: what it signed stays verifiable. Insert-only."""

    public = models.BinaryField(max_length=32, unique=True)
    since = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["since", "pk"]


class Receipt(models.Model):
    """The proof of one response, for its owner alone: without the nonce its leaf says nothing. It goes with its response.
    Rows are never rewritten."""

    response = models.OneToOneField(Response, models.CASCADE, primary_key=True, related_name="receipt")
    nonce = models.BinaryField(max_length=32)
    leaf = models.BinaryField(max_length=32)
    key = models.ForeignKey(SigningKey, models.PROTECT, related_name="+")
    signature = models.BinaryField(max_length=64)


class Leaf(models.Model):
    """One of the leaves that were fixed at the close, in random order; nothing leads from here to a response but its receipt.
    Insert-only: whoever takes their response back later leaves it behind."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="leaves")
    position = models.PositiveIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        ordering: ClassVar = ["consultation", "position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["consultation", "position"], name="one_leaf_per_position")]


class Root(models.Model):
    """The root of the tree over a consultation's leaves, signed. Insert-only: never computed anew. Of its `size` leaves so many
    are of organisations and of the public; all others are of members."""

    consultation = models.OneToOneField(Consultation, models.PROTECT, primary_key=True, related_name="root")
    size = models.PositiveIntegerField()
    of_organisations = models.PositiveIntegerField(default=0, db_default=0)
    of_public = models.PositiveIntegerField(default=0, db_default=0)
    hash = models.BinaryField(max_length=32)
    fixed_at = models.DateTimeField()
    key = models.ForeignKey(SigningKey, models.PROTECT, related_name="+")
    signature = models.BinaryField(max_length=64)

    def leaves_of(self, kind: str) -> int:
        """How many of them are of one kind."""
        others = {Party.Kind.ORGANISATION: self.of_organisations, Party.Kind.PUBLIC: self.of_public}
        return self.size - sum(others.values()) if kind == MEMBERS else others[Party.Kind(kind)]

    @property
    def spelt(self) -> str:
        """In hexadecimal, as everybody compares it."""
        return bytes(self.hash).hex()


class Departure(models.Model):
    """A response whose leaf was fixed and that is not counted after all. Whose it was is not kept, nor the hour. Insert-only."""

    class Why(models.TextChoices):
        WITHDRAWN = "withdrawn", "Withdrawn by its member"
        ERASED = "erased", "Erased with its member’s account"
        EXCLUDED = "excluded", "Excluded, with a public reason"

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="departures")
    why = models.CharField(max_length=10, choices=Why)
    kind = models.CharField(max_length=12, default=MEMBERS, db_default=MEMBERS)
    day = models.DateField()
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="departure_reason_is_known", condition=Q(why__in=["withdrawn", "erased", "excluded"])),
            models.CheckConstraint(name="departure_excluded_has_a_reason", condition=~Q(why="excluded") | ~Q(reason="")),
        ]


class Books(models.Model):
    """How the leaves of members come to the number that was published (rule R7), as it stood when it was counted. Insert-only;
    the database itself refuses books that do not balance. `segments`: over how many of nation by list size the counted were
    added up once more. `by_version`: how many of those counted answered each version of the questionnaire, by its number, where
    there were several; the parts make `counted`."""

    consultation = models.OneToOneField(Consultation, models.PROTECT, primary_key=True, related_name="books")
    leaves = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField()
    erased = models.PositiveIntegerField()
    excluded = models.PositiveIntegerField()
    counted = models.PositiveIntegerField()
    segments = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField()
    by_version = models.JSONField(default=dict, db_default=_NOTHING)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="books_balance",
                condition=Q(leaves=F("counted") + F("withdrawn") + F("erased") + F("excluded")),
            )
        ]

    @property
    def told_by_version(self) -> list[tuple[int, int]]:
        """Number of a version and how many answered it, the first on top; empty where there was one alone."""
        return sorted((int(number), counted) for number, counted in self.by_version.items())


class OtherBooks(models.Model):
    """The same of organisations, or of the public: a line of their own, in no sum with members. Insert-only."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="other_books")
    kind = models.CharField(max_length=12, choices=Party.Kind)
    leaves = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField()
    erased = models.PositiveIntegerField()
    excluded = models.PositiveIntegerField()
    counted = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["kind"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consultation", "kind"], name="other_books_once_for_each_kind"),
            models.CheckConstraint(
                name="other_books_balance",
                condition=Q(leaves=F("counted") + F("withdrawn") + F("erased") + F("excluded")),
            ),
        ]
