from typing import ClassVar, Self

from django.db import models
from django.db.models.query import QuerySet

from accounts.models import Group
from accounts.standing import Anyone, Standing, standing_of


class CategoryQuerySet(QuerySet["Category"]):
    def visible_to(self, user: Anyone) -> Self:
        """Those that this person may read. The other face of `forum.permissions.can_see_category`."""
        return self.filter(readable_rule(standing_of(user)))

    def moderated_by(self, user: Anyone) -> Self:
        """Those that this person keeps in order. The other face of `forum.permissions.can_moderate`."""
        return self.filter(moderated_rule(standing_of(user)))

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


def readable_rule(standing: Standing, prefix: str = "") -> models.Q:
    """The condition by which a category may be read; `prefix` leads to it (`topic__category__`)."""
    access = Category.Access
    rule = models.Q(**{f"{prefix}access": access.PUBLIC})
    if standing.is_member:
        rule = models.Q(**{f"{prefix}access__in": [access.PUBLIC, access.MEMBERS]})
    if standing.groups:
        mine = models.Q(**{f"{prefix}group__in": standing.groups}) | models.Q(**{f"{prefix}moderate_group__in": standing.groups})
        rule |= models.Q(**{f"{prefix}access": access.GROUP}) & mine
    return rule


def moderated_rule(standing: Standing, prefix: str = "") -> models.Q:
    """The condition by which somebody keeps a category in order. The site's moderators keep what is not private; a private one
    is kept by its moderating group, and by the owners of the group it belongs to."""
    rule = models.Q(pk__in=[])
    if standing.is_moderator:
        rule |= ~models.Q(**{f"{prefix}access": Category.Access.GROUP})
    if standing.groups and standing.takes_part:
        rule |= models.Q(**{f"{prefix}moderate_group__in": standing.groups})
        rule |= models.Q(**{f"{prefix}access": Category.Access.GROUP, f"{prefix}group__in": standing.owns})
    return rule


class Category(models.Model):
    """A room for topics, and the one place that says who may read them. `group`: whose it is, where it is private;
    `start_group`, `reply_group`: who alone may start and answer (empty: whoever reads it and takes part); `moderate_group`: who
    keeps it in order beside the site's moderators."""

    class Access(models.TextChoices):
        PUBLIC = "public", "Everybody may read"
        MEMBERS = "members", "Members only"
        GROUP = "group", "Private to a group"

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    access = models.CharField(max_length=10, choices=Access)
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+")
    start_group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+")
    reply_group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+")
    moderate_group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="category_access_is_known", condition=models.Q(access__in=["public", "members", "group"])
            ),
            models.CheckConstraint(
                name="private_category_belongs_to_a_group",
                condition=models.Q(access="group", group__isnull=False) | (~models.Q(access="group") & models.Q(group=None)),
            ),
            models.CheckConstraint(name="category_has_a_name", condition=~models.Q(name="") & ~models.Q(slug="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_public(self) -> bool:
        return self.access == self.Access.PUBLIC

    @property
    def is_private(self) -> bool:
        return self.access == self.Access.GROUP

    @property
    def readers(self) -> str:
        """Who reads what is written here, for a pill."""
        return {self.Access.PUBLIC: "Public", self.Access.MEMBERS: "Members only"}.get(self.Access(self.access), "Private group")

    @property
    def readers_sentence(self) -> str:
        """The same, for the line under a composer."""
        told = {
            self.Access.PUBLIC: "Everybody can read this.",
            self.Access.MEMBERS: "Members can read this.",
            self.Access.GROUP: "Only the people of this group can read this.",
        }
        return told[self.Access(self.access)]
