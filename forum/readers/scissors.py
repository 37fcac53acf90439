"""What a moderator has to know before a topic is cut."""

from collections.abc import Sequence

from django.db.models import QuerySet

from accounts.standing import Anyone
from forum.models import Category, Post, Topic


def kept_categories(user: Anyone) -> "QuerySet[Category]":
    """Those that this person reads and keeps in order."""
    return (Category.objects.visible_to(user) & Category.objects.moderated_by(user)).in_order()


def kept_topics(user: Anyone) -> "QuerySet[Topic]":
    """Topics on show in those, each with its category."""
    topics = Topic.objects.visible_to(user).filter(category__in=kept_categories(user), merged_into=None)
    return topics.filter(state=Topic.State.PUBLISHED).select_related("category")


def parents_in(topic: Topic) -> dict[int, int | None]:
    """The parent of every number of the topic. One statement."""
    return dict(Post.objects.filter(topic=topic).values_list("number", "parent_number"))


def sentences_about_move(topic: Topic, category: Category) -> list[str]:
    """Who will read it then."""
    if category.pk == topic.category_id:
        return [f"It stays in {category}: who may read it does not change."]
    told = [f"It goes from {topic.category} to {category}. {category.readers_sentence}"]
    if category.access != topic.category.access or category.is_private:
        told.append(
            "Whoever reads it now and may not read there finds it no more: not in search, feeds, notices or mail, and they are "
            "told nothing. Whoever may goes on following it."
        )
    return [*told, "Its address stays. You can move it back."]


def sentences_about_split(topic: Topic, numbers: Sequence[int], *, into: Topic | None, category: Category | None) -> list[str]:
    """Which posts go where, and what stays."""
    where = f"behind #{into.last_number} of “{into.title}”" if into else f"to a new topic in {category}"
    some = ", ".join(f"#{number}" for number in numbers[:30]) + (f" and {len(numbers) - 30} more" if len(numbers) > 30 else "")
    there = into.category if into else category
    told = [
        f"{len(numbers)} post{'' if len(numbers) == 1 else 's'} {'goes' if len(numbers) == 1 else 'go'} {where}: {some}.",
        "Under each old number stands a line that says so, and its old address leads to where it is.",
    ]
    if there is not None and there.pk != topic.category_id:
        told.append(there.readers_sentence)
    return told
