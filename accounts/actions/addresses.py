"""An account's own address, once its mailbox answered."""

from datetime import datetime

from django.db import transaction

from accounts.actions.claiming import admit_by_address
from accounts.models import RecoveryAddress, User
from mail import addresses
from mail.bounces import forgive_what_came_back


@transaction.atomic
def settle_confirmed_address(user: User, *, email: str, at: datetime) -> None:
    """This confirmed address is the account's: tell the book of addresses, and let it in as far as the register or
    settings.SIGN_UP_GRANTS_MEMBER say. A second address equal to it is not a second one any more. It is
    written to again, if mail came back or its owner had closed an account: our mail arrived. Safe to call twice."""
    forgive_what_came_back(addresses.attach(user, email=email, at=at), at=at)
    RecoveryAddress.objects.filter(user=user, email=email.lower()).delete()
    admit_by_address(user, email=email, at=at)
