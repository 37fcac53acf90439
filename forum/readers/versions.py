"""What a visitor's page hangs on, asked through the visibility rule before anything kept is looked at."""

from accounts.standing import Anyone
from forum.models import Category, Topic


def sight_version(user: Anyone) -> str:
    """The visibility class: names the set of categories that this person may read. One statement."""
    return ",".join(map(str, Category.objects.visible_to(user).order_by("pk").values_list("pk", flat=True)))


def topic_version(user: Anyone, topic_id: int) -> str:
    """Empty where this person may not know of the topic. One statement."""
    wanted = ("state", "category", "category__access", "last_number", "title", "activity__last_posted_at")
    found = Topic.objects.visible_to(user).filter(pk=topic_id).values_list(*wanted).first()
    return repr(found) if found else ""


def category_version(user: Anyone, slug: str) -> str:
    """Empty where this person may not know of the category. One statement."""
    found = Category.objects.visible_to(user).filter(slug=slug).values_list("pk", "access", "name").first()
    return repr(found) if found else ""
