"""Mail that came back, or that nobody knows of; and an officer who was told, or has looked for it."""

from datetime import datetime

from accounts.permissions import can_see_returned_mail
from accounts.standing import Anyone
from mail.bounces import write_again
from mail.doubts import count_as_arrived, send_once_more
from mail.models import Address, Mail


def let_mail_go_again(address: Address, *, by: Anyone, at: datetime) -> None:
    """Write to the address again, as its owner asked on the telephone. Safe to call twice. Raises Refused, NotOursToLift (a
    complaint, or a wish of its owner), TriedToday."""
    can_see_returned_mail(by).enforce()
    write_again(address, by=by.pk or 0, own=False, at=at)


def settle_mail_in_doubt(mail: Mail, *, arrived: bool, by: Anyone, at: datetime) -> None:
    """It was handed over without an answer: found at the mail server, or not and sent once more. Raises Refused, NotInDoubt."""
    can_see_returned_mail(by).enforce()
    (count_as_arrived if arrived else send_once_more)(mail, by=by.pk or 0, at=at)
