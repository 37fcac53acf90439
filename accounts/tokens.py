"""Secrets in links. Made at hand-over, checked when they come back, never kept."""

from allauth.account.models import EmailAddress
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.signing import BadSignature, Signer, TimestampSigner

from accounts.models import Closing, FeedToken, RecoveryAddress, User
from accounts.permissions import can_have_own_feeds

_CONFIRM_WITHIN = 3 * 86_400  # seconds
_SIGNER = TimestampSigner(salt="accounts.recovery")
_KEEPER = Signer(salt="accounts.keep")


class ResetTokens(PasswordResetTokenGenerator):
    """The link to choose a new password: dead once used, and once any address of the account changes, the second one included."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        addresses = sorted(EmailAddress.objects.filter(user_id=user.pk).values_list("email", flat=True))
        second = sorted(RecoveryAddress.objects.confirmed().filter(user_id=user.pk).values_list("email", flat=True))
        return super()._make_hash_value(user, timestamp) + "|".join([*addresses, "", *second])


def recovery_key(address: RecoveryAddress) -> str:
    """The secret in the link that confirms a second address."""
    return _SIGNER.sign(f"{address.pk}")


def recovery_address_of(key: str) -> RecoveryAddress | None:
    """The address a key was made for; None where the key is false, older than three days, or the address is gone."""
    try:
        number = _SIGNER.unsign(key, max_age=_CONFIRM_WITHIN)
    except BadSignature:
        return None
    return RecoveryAddress.objects.filter(pk=int(number)).select_related("user").first()


def keeping_key(closing: Closing) -> str:
    """The secret in the link that keeps an account which is to be closed. It opens nothing else, and signs nobody in."""
    return _KEEPER.sign(f"{closing.pk}")


def closing_of(key: str) -> Closing | None:
    """The closing that a key calls off, as long as that can be done; None where the key is false or it is over."""
    try:
        number = _KEEPER.unsign(key)
    except BadSignature:
        return None
    return Closing.objects.open().filter(pk=int(number), begun_at=None).select_related("user").first()


def feed_reader(token: str) -> User | None:
    """Whose feeds a secret opens, as they stand now; None where it is nobody's, or its owner is suspended, lapsed or gone. One
    statement."""
    mine = FeedToken.objects.filter(digest=FeedToken.digest_of(token)).values("user")
    user: User | None = User.objects.with_roles().filter(pk__in=mine, is_active=True).first()
    return user if user is not None and can_have_own_feeds(user) else None
