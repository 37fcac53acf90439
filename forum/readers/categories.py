"""Categories, as their list and their own page show them."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.query import QuerySet

from accounts.standing import Anyone, standing_of
from accounts.statements import ReadersStatement
from forum.models import Category, CategoryMember, Level, Topic, TopicActivity
from forum.models.category import CategoryQuerySet
from forum.models.topic import topic_rule


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category and the topic in it that was last written in; None where there is none."""

    category: Category
    latest: Topic | None


def readable_category_ids(user: Anyone) -> tuple[int, ...]:
    """The ids of the categories that this person may read, rising. One statement."""
    return tuple(Category.objects.visible_to(user).order_by("pk").values_list("pk", flat=True))


def categories_with_latest(user: Anyone) -> list[CategoryRow]:
    """Every category that this person may read, in order. Two statements."""
    newest = (
        TopicActivity.objects.filter(topic_rule(standing_of(user), "topic__"), category=OuterRef("pk"))
        .order_by("-last_posted_at", "-topic")
        .values("topic")[:1]
    )
    categories = list(Category.objects.visible_to(user).in_order().annotate(newest=Subquery(newest)))
    ids = {category.pk: category.newest for category in categories}  # type: ignore[attr-defined]
    found = (
        Topic.objects.visible_to(user)
        .select_related("activity__last_author", "activity__last_persona")
        .in_bulk([number for number in ids.values() if number])
    )
    return [CategoryRow(category, found.get(ids[category.pk])) for category in categories]


def category_for(user: Anyone, slug: str) -> Category | None:
    """The category if this person may read it, with `level`: how closely they follow it. One statement."""
    return _BY_SLUG.first(user, slug=slug)


def readable_categories(user: Anyone) -> tuple[tuple[str, str], ...]:
    """Slug and name of every category that this person may read, in order. One statement."""
    return tuple((slug, name) for slug, name in _READABLE.tuples(user))


def _readable(user: Anyone) -> "QuerySet[Category, Any]":
    return Category.objects.visible_to(user).in_order().values_list("slug", "name")


_READABLE: Final = ReadersStatement(_readable)


def followed_categories(user: Anyone) -> list[Category]:
    """Every category that this person may read, with `level`. One statement."""
    return list(_followed(user).in_order())


def _followed(user: Anyone) -> CategoryQuerySet:
    level: Subquery | Value = Value(None, output_field=CharField())
    user_id = standing_of(user).user_id
    if user_id is not None:
        level = Subquery(CategoryMember.objects.filter(user=user_id, category=OuterRef("pk")).values("level")[:1])
    found: CategoryQuerySet = Category.objects.visible_to(user).annotate(level=level)
    return found


def _by_slug(user: Anyone, *, slug: str) -> CategoryQuerySet:
    return _followed(user).filter(slug=slug)


_BY_SLUG: Final = ReadersStatement(_by_slug)


def level_of(category: Category) -> str:
    """What `category_for` brought along."""
    return str(getattr(category, "level", None) or Level.NORMAL)
