"""What the pages about signing in need to know."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from accounts.devices import device_name
from accounts.models import RecoveryAddress, User
from accounts.models.user import SECOND_FACTORS


def people_behind(email: str) -> list[User]:
    """Whose account this address leads back into: by the account's own confirmed address, else by a confirmed second one, else by
    one that nobody confirmed: anybody can sign up with somebody's second address, and must not bar their way by it."""
    people: list[User] = filter_users_by_email(email, is_active=True, prefer_verified=True, for_login=True)
    taken = EmailAddress.objects.filter(email=OuterRef("email"), verified=True, user__is_active=True)
    seconds = RecoveryAddress.objects.confirmed().filter(~Exists(taken), email=email.lower(), user__is_active=True)
    second = seconds.select_related("user").first()
    return [second.user] if second else people


def addresses_for_word(user: User, *, before: str | None = None) -> list[str]:
    """Where word of a change goes: the account's address (or the one it had `before`), and the confirmed second one."""
    second = RecoveryAddress.objects.confirmed().filter(user=user).values_list("email", flat=True)
    return list(dict.fromkeys([before or user.email, *second]))


def is_first_factor(user: User) -> bool:
    """Right after one was added: was there none before it?"""
    return bool(Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).count() == 1)


@dataclass(frozen=True, slots=True)
class SignedInDevice:
    """One session: where and since when. `is_this`: the one that asks."""

    id: int
    device: str
    ip: str
    since: datetime
    is_this: bool


def signed_in_devices(user: User, *, this: str | None, at: datetime) -> list[SignedInDevice]:
    """The sessions of somebody that still hold, this one (`this`: its key) first, then the youngest. One statement."""
    alive = Session.objects.filter(expire_date__gt=at).values("session_key")
    rows = UserSession.objects.filter(user=user, session_key__in=alive).order_by("-created_at", "-pk")
    found = [SignedInDevice(row.pk, device_name(row.user_agent), row.ip, row.created_at, row.session_key == this) for row in rows]
    return sorted(found, key=lambda device: not device.is_this)
