"""Taking one thing out of an edition that is on its way."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from common import audit
from digest.models import Item
from digest.permissions import can_edit_weekly


@transaction.atomic
def recall_item(item: Item, *, by: User, at: datetime) -> Item:
    """Out of every letter that was not begun, and out of the web copy. What is sent is sent. Recalled already: nothing
    happens."""
    can_edit_weekly(by).enforce()
    item = Item.objects.select_for_update().get(pk=item.pk)
    if item.recalled_at is None:
        item.recalled_at, item.recalled_by = at, by
        item.save(update_fields=["recalled_at", "recalled_by"])
        audit.record("item.recall", subject=("item", item.pk), by=by.pk, at=at)
    return item


@transaction.atomic
def put_item_back(item: Item, *, by: User, at: datetime) -> Item:
    """Recalled by mistake: who gets their letter from now on finds it again. Not recalled: nothing happens."""
    can_edit_weekly(by).enforce()
    item = Item.objects.select_for_update().get(pk=item.pk)
    if item.recalled_at is not None:
        item.recalled_at, item.recalled_by = None, None
        item.save(update_fields=["recalled_at", "recalled_by"])
        audit.record("item.put_back", subject=("item", item.pk), by=by.pk, at=at)
    return item
