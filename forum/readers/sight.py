"""What a visitor's page hangs on, asked through the visibility rule before anything kept is looked at."""

from typing import Any, Final

from django.db.models.query import QuerySet

from accounts.standing import Anyone
from accounts.statements import ReadersStatement
from forum.models import Category, Topic


def sight_version(user: Anyone) -> str:
    """The visibility class: names the set of categories that this person may read. One statement."""
    return ",".join(str(pk) for (pk,) in _CATEGORIES.tuples(user))


def topic_version(user: Anyone, topic_id: int) -> str:
    """Empty where this person may not know of the topic. One statement."""
    return "".join(map(repr, _TOPIC.tuples(user, topic=topic_id)))


def category_version(user: Anyone, slug: str) -> str:
    """Empty where this person may not know of the category. One statement."""
    return "".join(map(repr, _CATEGORY.tuples(user, slug=slug)))


def _categories(user: Anyone) -> "QuerySet[Category, Any]":
    return Category.objects.visible_to(user).order_by("pk").values_list("pk")


def _topic(user: Anyone, *, topic: int) -> "QuerySet[Topic, Any]":
    wanted = ("state", "category", "category__access", "last_number", "title", "activity__last_posted_at")
    return Topic.objects.visible_to(user).filter(pk=topic).values_list(*wanted)


def _category(user: Anyone, *, slug: str) -> "QuerySet[Category, Any]":
    return Category.objects.visible_to(user).filter(slug=slug).values_list("pk", "access", "name")


_CATEGORIES: Final = ReadersStatement(_categories)
_TOPIC: Final = ReadersStatement(_topic)
_CATEGORY: Final = ReadersStatement(_category)
