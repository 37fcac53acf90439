"""Mail that came back, and an officer who was told that the mailbox works."""

from datetime import datetime

from accounts.permissions import can_see_returned_mail
from accounts.standing import Anyone
from mail.bounces import write_again
from mail.models import Address


def let_mail_go_again(address: Address, *, by: Anyone, at: datetime) -> None:
    """Write to the address again, as its owner asked on the telephone. Safe to call twice. Raises Refused, NotOursToLift (a
    complaint, or a wish of its owner), TriedToday."""
    can_see_returned_mail(by).enforce()
    write_again(address, by=by.pk or 0, own=False, at=at)
