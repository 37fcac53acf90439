"""The categories that a reader may choose from."""

from accounts.standing import Anyone
from forum.models import Category


def choosable(reader: Anyone) -> list[tuple[int, str]]:
    """Ids and names, in the forum's order, in one statement."""
    return list(Category.objects.visible_to(reader).in_order().values_list("pk", "name"))
