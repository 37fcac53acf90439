from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.query import QuerySet
from django.urls import reverse


class GroupQuerySet(QuerySet["Group"]):
    def standing(self) -> Self:
        return self.filter(closed_at=None)

    def by_name(self) -> Self:
        return self.order_by("name", "pk")


class Group(models.Model):
    """Some members with a place or a task of their own: a panel, a board, a region. Its owners add and remove people."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="group_has_a_name", condition=~models.Q(name="") & ~models.Q(slug="")),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:group", args=[self.slug])


class GroupMemberQuerySet(QuerySet["GroupMember"]):
    def standing(self) -> Self:
        """Who belongs now, to groups that are not closed."""
        return self.filter(removed_at=None, group__closed_at=None)


class GroupMember(models.Model):
    """Somebody's time in a group. Ended, never deleted; who comes back gets another row."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="group_memberships")
    is_owner = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = GroupMemberQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["group", "user"], condition=models.Q(removed_at=None), name="in_a_group_once_at_a_time"
            ),
            models.CheckConstraint(
                name="leaves_a_group_after_joining",
                condition=models.Q(removed_at=None) | models.Q(removed_at__gte=models.F("added_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} in group {self.group_id}"
