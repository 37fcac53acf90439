"""Categories, as their list and their own page show them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import DateTimeField, OuterRef, Subquery, Value

from accounts.standing import Anyone, standing_of
from forum.models import Category, CategoryMember, Topic, TopicActivity
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
    """The category if this person may read it, with `watermark`: up to when they have seen it, None where they never said so.
    One statement."""
    mark: Subquery | Value = Value(None, output_field=DateTimeField())
    user_id = standing_of(user).user_id
    if user_id is not None:
        mark = Subquery(CategoryMember.objects.filter(user=user_id, category=OuterRef("pk")).values("watermark")[:1])
    return Category.objects.visible_to(user).annotate(watermark=mark).filter(slug=slug).first()


def watermark_of(category: Category) -> datetime | None:
    """What `category_for` brought along."""
    found: datetime | None = getattr(category, "watermark", None)
    return found
