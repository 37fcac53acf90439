from typing import ClassVar, Self

from django.db import models
from django.db.models.query import QuerySet

from accounts.standing import Anyone, standing_of


class CategoryQuerySet(QuerySet["Category"]):
    def visible_to(self, user: Anyone) -> Self:
        """Those that this person may read. The other face of `forum.permissions.can_see_category`."""
        return self if standing_of(user).is_member else self.filter(access=Category.Access.PUBLIC)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class Category(models.Model):
    """A room for topics, and the one place that says who may read them."""

    class Access(models.TextChoices):
        PUBLIC = "public", "Everybody may read"
        MEMBERS = "members", "Members only"

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    access = models.CharField(max_length=10, choices=Access)
    position = models.PositiveSmallIntegerField(default=0)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="category_access_is_known", condition=models.Q(access__in=["public", "members"])),
            models.CheckConstraint(name="category_has_a_name", condition=~models.Q(name="") & ~models.Q(slug="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_public(self) -> bool:
        return self.access == self.Access.PUBLIC
