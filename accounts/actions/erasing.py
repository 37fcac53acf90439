"""The day has come: the account is erased, room by room, and what is left of the person is a number.

Each door of settings.ACCOUNT_ERASED is a transaction, or several, of its own, safe to call twice and in parallel; what is through
is noted in another one. So whoever dies anywhere leaves something that the next tick goes on with, and what a room writes without
a name (a departure from a confidential consultation) is never written in the transaction of a row that has one.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet

from accounts.handles import erased_key, sort_key
from accounts.models import (
    AuthorshipClaim,
    Avatar,
    Block,
    Closing,
    Facts,
    FeedToken,
    GroupMember,
    Membership,
    RecoveryAddress,
    RegisterRow,
    RoleGrant,
    TermsAcceptance,
    User,
)
from common import audit
from common.doors import open_door
from common.leavers import Leaver
from mail.models import Address

NAME: Final = "A former member"
_AT_ONCE: Final = 50
_GO: Final[tuple[type[Model], ...]] = (
    Facts,
    Avatar,
    FeedToken,
    RecoveryAddress,
    GroupMember,
    TermsAcceptance,
    EmailAddress,
    Authenticator,
    SocialAccount,
)
"""What goes whole; each has a `user`."""


def erase_due_accounts(*, clock: Callable[[], datetime]) -> int:
    """Those whose day has come. Returns how many are through; the others are tried again at the next tick. What a door raises
    passes through, for the log; the next tick begins with those that wait longer, so that one holds up no other."""
    due = list(Closing.objects.due(clock()).longest_untried_first().values_list("pk", flat=True)[:_AT_ONCE])
    return sum(erase_account(pk, at=clock()) for pk in due)


def erase_account(closing_id: int, *, at: datetime) -> bool:
    """Go on with one, from wherever it was left. False where it has to be tried again, or there is nothing to do."""
    closing = _begin(closing_id, at=at)
    if closing is None:
        return False
    leaver = leaver_of(closing.user_id)
    for door in settings.ACCOUNT_ERASED:
        if door not in closing.done:
            if not open_door(door)(leaver, at=at):
                return False
            closing = _note(closing_id, door)
    return _blank(closing_id, leaver, at=at)


def leaver_of(user_id: int) -> Leaver:
    """Who they are, as the rooms have to know it to forget it."""
    claims = AuthorshipClaim.objects.filter(user=user_id, outcome=AuthorshipClaim.Outcome.GRANTED)
    accounts = (user_id, *claims.order_by("author").values_list("author", flat=True))
    people = list(User.objects.filter(pk__in=accounts))
    proven = [person.email for person in people]
    proven += EmailAddress.objects.filter(user=user_id, verified=True).values_list("email", flat=True)
    proven += RecoveryAddress.objects.confirmed().filter(user=user_id).values_list("email", flat=True)
    proven += Address.objects.filter(account=user_id).values_list("email", flat=True)
    proven += Address.objects.filter(account=None, former_account=user_id).values_list("email", flat=True)
    named = [*EmailAddress.objects.filter(user=user_id).values_list("email", flat=True)]
    named += RecoveryAddress.objects.filter(user=user_id).values_list("email", flat=True)
    old_names = [person.claim_key.rpartition(":")[2] for person in people if person.claim_key]
    return Leaver(
        accounts=accounts,
        proven=_lower(proven),
        named=_lower(named),
        handles=_lower([*(person.handle for person in people), *old_names]),
        names=tuple(dict.fromkeys(person.display_name for person in people)),
    )


@transaction.atomic
def _begin(closing_id: int, *, at: datetime) -> Closing | None:
    """From here on there is no way back: nobody signs in any more, and whoever is, is out."""
    user_id = Closing.objects.values_list("user", flat=True).get(pk=closing_id)
    user = User.objects.select_for_update().get(pk=user_id)
    closing = Closing.objects.due(at).select_for_update(of=("self",)).filter(pk=closing_id).first()
    if closing is None:
        return None
    closing.begun_at, closing.tried_at = closing.begun_at or at, at
    closing.save(update_fields=["begun_at", "tried_at"])
    user.is_active, user.card_version = False, user.card_version + 1
    user.set_unusable_password()
    user.save(update_fields=["is_active", "card_version", "password"])
    for session in UserSession.objects.filter(user=user):
        session.end()
    return closing


@transaction.atomic
def _note(closing_id: int, door: str) -> Closing:
    closing = Closing.objects.select_for_update(of=("self",)).get(pk=closing_id)
    if door not in closing.done:
        closing.done = [*closing.done, door]
        closing.save(update_fields=["done"])
    return closing


@transaction.atomic
def _blank(closing_id: int, leaver: Leaver, *, at: datetime) -> bool:
    """Our own rows, at last: they are where the rooms learned who it is."""
    people = list(User.objects.select_for_update().filter(pk__in=leaver.accounts).order_by("pk"))
    closing = Closing.objects.select_for_update(of=("self",)).get(pk=closing_id)
    if closing.erased_at is not None:
        return False
    theirs: dict[str, Any] = {"user__in": people}
    for model in _GO:
        QuerySet(model).filter(**theirs).delete()
    Block.objects.filter(**theirs).delete()
    Block.objects.filter(blocked__in=people).delete()
    AuthorshipClaim.objects.filter(**theirs, outcome="").delete()
    AuthorshipClaim.objects.filter(**theirs).update(proof="", reason="-")
    RoleGrant.objects.filter(**theirs, revoked_at=None).update(revoked_at=at)
    Membership.objects.filter(**theirs).update(user=None, claimed_at=None)
    RegisterRow.objects.filter(**theirs).update(user=None)
    for person in people:
        _blank_row(person, at=at)
    closing.erased_at = at
    closing.save(update_fields=["erased_at"])
    audit.record("account.erase", subject=("user", leaver.account), by=None, at=at, closing=closing.pk)
    return True


def _blank_row(person: User, *, at: datetime) -> None:
    person.email, person.handle = f"erased-{person.pk}@erased.invalid", f"former-member-{person.pk}"
    person.display_name, person.sort_key = NAME, sort_key(NAME)
    person.claim_key = _without_name(person.claim_key)
    person.avatar, person.topic_face, person.terms_version = "", "", ""
    person.is_active, person.closes_at, person.erased_at, person.last_login = False, None, person.erased_at or at, None
    person.card_version += 1
    person.set_unusable_password()
    person.save()


def _without_name(claim_key: str | None) -> str | None:
    """Kept, in a form that says nothing: so that the archive, imported again, makes no new account of that name."""
    if claim_key is None or claim_key.startswith("erased:"):
        return claim_key
    return erased_key(claim_key, key=settings.ADDRESS_KEY)


def _lower(told: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.lower() for word in told if word))
