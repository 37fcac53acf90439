"""A line of the register finds its account: by a link in the mailbox that the register knows, or by a confirmed address."""

from datetime import datetime
from typing import Final

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from accounts.actions.people import create_account
from accounts.actions.roles import grant_role
from accounts.actions.terms import accept_terms
from accounts.models import Membership, RegisterRun, RoleGrant, User
from accounts.permissions import can_claim_membership
from accounts.register.links import read_claim_token
from accounts.staging.rights import align_rights
from common import audit
from common.errors import DomainError
from mail import addresses
from mail.outbox import queue_mail

_WORN_OUT: Final = (
    "This link no longer works: it was used, it is too old, or the register has another address now. Ask for a new one."
)


class LinkWornOut(DomainError):
    """Used, too old, changed, or for an address that the register no longer has."""


class AlreadyAMember(DomainError):
    """The account has a membership already, or there is an account with that address."""


@transaction.atomic
def ask_for_claim(*, number: str, email: str, at: datetime) -> None:
    """Send a link where number and address are those of a standing line without an account, and else word that they are not.
    Both ways the same work is done, so that neither the answer nor its time tells a stranger who is a member. A second one
    within the minute is the same mail."""
    if not addresses.is_reachable(email.strip()):
        return
    number, email = " ".join(number.split()).upper(), email.strip().lower()
    line = Membership.objects.standing_at(at).unclaimed().filter(number=number, email=email).first()
    found = line.pk if line is not None else 0
    key = f"accounts.claim:{found}:{at:%Y%m%d%H%M}"
    queue_mail(addresses.address_for(email, at=at), kind="accounts.claim", key=key, params={"membership": found}, at=at)


def line_of_link(token: str, *, at: datetime) -> Membership:
    """The line that a link of a mail opens. Changes nothing. Raises LinkWornOut."""
    link = read_claim_token(token, at=at)
    line = Membership.objects.standing_at(at).unclaimed().filter(pk=link.membership_id).first() if link else None
    if link is None or line is None or not link.is_for(line.email):
        raise LinkWornOut(_WORN_OUT)
    return line


@transaction.atomic
def claim_membership(token: str, *, by: User, at: datetime) -> Membership:
    """Attach the line of a link to the account of whoever followed it, once. Raises LinkWornOut and AlreadyAMember."""
    can_claim_membership(by).enforce()
    line = line_of_link(token, at=at)
    return _attach(line.pk, by, at=at, how="link")


@transaction.atomic
def open_account_by_link(token: str, *, display_name: str, password: str, at: datetime) -> User:
    """A new account for the line of a link, its address confirmed: the link was in that mailbox; whoever opens it accepted the
    terms. Raises LinkWornOut, and AlreadyAMember where there is an account with the address."""
    line = line_of_link(token, at=at)
    if User.objects.filter(email=line.email).exists() or EmailAddress.objects.filter(email=line.email).exists():
        raise AlreadyAMember("There is an account with this address already. Sign in to it, then open the link again.")
    user = create_account(email=line.email, display_name=display_name, password=password, at=at)
    accept_terms(user, at=at)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    addresses.attach(user, email=user.email, at=at)
    _attach(line.pk, user, at=at, how="invitation")
    return user


@transaction.atomic
def admit_by_address(user: User, *, email: str, at: datetime) -> None:
    """Somebody confirmed an address. A standing line with it, and only one, is attached. Where no register was ever applied,
    settings.SIGN_UP_GRANTS_MEMBER makes everybody a member who never was one."""
    lines = list(Membership.objects.standing_at(at).unclaimed().filter(email=email.lower()).exclude(email="")[:2])
    if len(lines) == 1 and not Membership.objects.filter(user=user).exists():
        _attach(lines[0].pk, user, at=at, how="address")
        return
    by_sign_up = settings.SIGN_UP_GRANTS_MEMBER and not RegisterRun.objects.applied().exists()
    if by_sign_up and not RoleGrant.objects.filter(user=user).exists():  # who lapsed does not come back by a new address
        grant_role(user, role=RoleGrant.Role.MEMBER, by=None, at=at)


def _attach(line_id: int, user: User, *, at: datetime, how: str) -> Membership:
    """One line, one account, once; the database holds it too. Word goes to the account's address."""
    User.objects.select_for_update().get(pk=user.pk)
    line = Membership.objects.select_for_update().get(pk=line_id)
    if line.user_id is not None:
        raise LinkWornOut(_WORN_OUT)
    if Membership.objects.filter(user=user).exists():
        raise AlreadyAMember("Your account has a membership already. Write to the office if the two should be one.")
    line.user, line.claimed_at = user, at
    line.save(update_fields=["user", "claimed_at"])
    align_rights(at=at, by=None, user=user.pk)
    audit.record("membership.claim", subject=("user", user.pk), by=user.pk, at=at, membership=line.pk, how=how)
    to = addresses.address_for(user.email, at=at)
    params: dict[str, int | str] = {"user": user.pk, "what": "membership_attached"}
    queue_mail(to, kind="accounts.account_changed", key=f"membership_attached:{line.pk}", params=params, at=at)
    return line
