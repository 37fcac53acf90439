from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.query import QuerySet

_OPEN = Q(called_off_at=None, erased_at=None)
_BY_OTHERS = Q(agreed_at=None, agreed_by=None, due_at=None) | (
    Q(agreed_at__isnull=False, agreed_by__isnull=False, due_at__isnull=False)
    & ~Q(agreed_by=F("asked_by"))
    & ~Q(agreed_by=F("user"))
)


class ClosingQuerySet(QuerySet["Closing"]):
    def open(self) -> Self:
        """Neither called off nor done."""
        return self.filter(_OPEN)

    def to_agree(self) -> Self:
        """Asked by one officer, and waiting for a second one."""
        return self.open().filter(due_at=None)

    def due(self, at: datetime) -> Self:
        return self.open().filter(due_at__lte=at)

    def longest_untried_first(self) -> Self:
        return self.order_by(F("tried_at").asc(nulls_first=True), "due_at", "pk")


class Closing(models.Model):
    """An account is to end for good: its owner asked, or one officer did and a second one agreed. Until `due_at` it can be called
    off (`called_off_by` is empty where that came by the link in the mail). `begun_at`: from here on there is no way back;
    `tried_at`: when it was last gone on with; `done` names the doors of settings.ACCOUNT_ERASED that are through, so that whoever
    goes on after a crash begins where it was. The row stays, and names nobody: the row of the person is blanked."""

    class Why(models.TextChoices):
        OWN = "own", "They asked on their account page"
        ASKED = "asked", "They asked by letter, mail or telephone, and I know that it was they"
        DIED = "died", "They have died"
        TWICE = "twice", "It is a second account of the same person"
        NOBODY = "nobody", "Nobody stands behind it: made up, or made by a machine"

    BY_OFFICERS: ClassVar = (Why.ASKED, Why.DIED, Why.TWICE, Why.NOBODY)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="closings")
    why = models.CharField(max_length=10, choices=Why)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    called_off_at = models.DateTimeField(null=True)
    called_off_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    done = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    erased_at = models.DateTimeField(null=True)

    objects = ClosingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user"], condition=_OPEN, name="one_open_closing_per_account"),
            models.CheckConstraint(
                name="account_is_closed_by_its_owner_or_by_two_officers",
                condition=Q(why="own", asked_by=F("user"), agreed_at=None, agreed_by=None, due_at__isnull=False)
                | (Q(why__in=["asked", "died", "twice", "nobody"]) & ~Q(asked_by=F("user")) & _BY_OTHERS),
            ),
            models.CheckConstraint(
                name="closing_ends_once_and_not_after_it_began",
                condition=Q(called_off_at=None, called_off_by=None, erased_at=None)
                | Q(called_off_at=None, called_off_by=None, begun_at__isnull=False)
                | Q(called_off_at__isnull=False, erased_at=None, begun_at=None),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["due_at"], name="closing_due", condition=_OPEN)]

    def __str__(self) -> str:
        return f"closing of user {self.user_id}"
