"""An account's own address, once its mailbox answered."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.actions.roles import grant_role
from accounts.models import RecoveryAddress, RoleGrant, User
from mail import addresses


@transaction.atomic
def settle_confirmed_address(user: User, *, email: str, at: datetime) -> None:
    """This confirmed address is the account's: tell the book of addresses, and make whoever never had a role a member where
    settings.SIGN_UP_GRANTS_MEMBER. A second address equal to it is not a second one any more. Safe to call twice."""
    addresses.attach(user, email=email, at=at)
    RecoveryAddress.objects.filter(user=user, email=email.lower()).delete()
    if settings.SIGN_UP_GRANTS_MEMBER and not user.role_grants.exists():  # who lapsed does not come back by a new address
        grant_role(user, role=RoleGrant.Role.MEMBER, by=None, at=at)
