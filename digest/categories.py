"""The categories that a reader may choose from."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.standing import Anyone
from forum.models import Category


def choosable(reader: Anyone) -> list[tuple[int, str]]:
    """Ids and names, in the forum's order, in one statement."""
    return list(Category.objects.visible_to(reader).in_order().values_list("pk", "name"))


def choosable_by_account(account: int | None) -> list[tuple[int, str]]:
    """The same for an address: of its account, where it has one that is open; else what visitors may read."""
    user = None if account is None else User.objects.with_roles().filter(pk=account, is_active=True).first()
    return choosable(user or AnonymousUser())
