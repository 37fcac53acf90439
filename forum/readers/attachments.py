"""Files, as far as somebody may have them."""

from uuid import UUID

from accounts.standing import Anyone
from forum.models import Attachment
from forum.models.attachment import owner_tag


def file_for(user: Anyone, pk: UUID) -> Attachment | None:
    """A file by the right to read its post; before it is in one, for whoever sent it alone. Two statements at most."""
    found = Attachment.objects.visible_to(user).filter(pk=pk).first()
    if found is not None or not user.is_authenticated:
        return found
    waiting = Attachment.objects.unbound().filter(pk=pk).first()
    is_theirs = waiting is not None and waiting.owner_tag is not None and bytes(waiting.owner_tag) == owner_tag(pk, user)
    return waiting if is_theirs else None
