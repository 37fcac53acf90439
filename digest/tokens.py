"""Secrets in links: made, found, and never kept."""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Q

from digest.models import CapabilityToken, Delivery, Subscription
from mail.mailboxes import same_mailbox
from mail.tokens import seal, unseal

GOOD_FOR = timedelta(days=730)
CONFIRM_WITHIN = timedelta(days=7)
_MAKE: Final = """
INSERT INTO digest_capabilitytoken (id, digest, scope, delivery_id, subscription_id, made_at, expires_at)
SELECT id, digest, scope, delivery, subscription, %(at)s, %(until)s
FROM unnest(%(ids)s::uuid[], %(digests)s::bytea[], %(scopes)s::text[], %(deliveries)s::bigint[], %(subscriptions)s::uuid[])
    AS made (id, digest, scope, delivery, subscription)
ON CONFLICT DO NOTHING
"""


def standing_token(subscription: Subscription, scope: str, *, at: datetime) -> CapabilityToken:
    """The token of a subscription that belongs to no delivery: the same as long as it is valid. Safe to call twice."""
    lasts = CONFIRM_WITHIN if scope == CapabilityToken.Scope.CONFIRM else GOOD_FOR
    key = uuid.uuid4()
    token, made = CapabilityToken.objects.get_or_create(
        subscription=subscription,
        scope=scope,
        delivery=None,
        defaults={"id": key, "digest": _digest(_secret(key, scope)), "made_at": at, "expires_at": at + lasts},
    )
    if not made:
        token.expires_at = at + lasts
        token.save(update_fields=["expires_at"])
    return token


def tokens_for(deliveries: Iterable[Delivery], *, at: datetime) -> dict[tuple[int, str], str]:
    """The secrets of each delivery, by its id and scope, in two statements at most. A second attempt gets the same ones."""
    rows = {row.pk: row for row in deliveries}
    told = _kept(rows)
    missing = [pk for pk in rows if (pk, "unsubscribe") not in told or (pk, "pause") not in told]
    if missing:
        make_tokens([(pk, rows[pk].subscription_id) for pk in missing], at=at)
        told |= _kept(missing)
    return told


def make_tokens(deliveries: Sequence[tuple[int, uuid.UUID]], *, at: datetime) -> None:
    """The tokens of deliveries (id and subscription), where they are missing; one statement for all of them."""
    made = [(uuid.uuid4(), scope, *row) for row in deliveries for scope in ("unsubscribe", "pause")]
    with connection.cursor() as cursor:
        cursor.execute(
            _MAKE,
            {
                "ids": [each[0] for each in made],
                "digests": [_digest(_secret(each[0], each[1])) for each in made],
                "scopes": [each[1] for each in made],
                "deliveries": [each[2] for each in made],
                "subscriptions": [each[3] for each in made],
                "at": at,
                "until": at + GOOD_FOR,
            },
        )


def _kept(deliveries: Iterable[int]) -> dict[tuple[int, str], str]:
    kept = CapabilityToken.objects.filter(delivery__in=list(deliveries)).values_list("delivery_id", "scope", "id")
    return {(delivery_id, scope): secret_text(key, scope) for delivery_id, scope, key in kept if delivery_id is not None}


def secret_of(token: CapabilityToken) -> str:
    """What stands in the link: 22 letters."""
    return secret_text(token.pk, token.scope)


def secret_text(key: uuid.UUID, scope: str) -> str:
    return base64.urlsafe_b64encode(_secret(key, scope)).decode().rstrip("=")


def find_token(secret: str, *, scopes: Iterable[str], at: datetime) -> CapabilityToken | None:
    """The valid token behind a link, with the subscription that it is about now and its address; None for an unknown, expired or
    other one."""
    try:
        raw = base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
    except ValueError:
        return None
    found = (
        CapabilityToken.objects.filter(digest=_digest(raw), scope__in=list(scopes), expires_at__gt=at)
        .select_related("subscription__address")
        .first()
    )
    if found is not None:
        found.subscription = current(found.subscription)
    return found


def current(subscription: Subscription) -> Subscription:
    """What a link of this subscription is about now: where it has ended, the one by which its mailbox gets the stream again.
    Whoever left and came back stops it by any edition that they have."""
    if subscription.ended_at is None:
        return subscription
    email = subscription.address.email
    pattern, there = same_mailbox(email), Q(address=subscription.address_id)
    if pattern is not None:
        there |= Q(address__email__startswith=email[:1], address__email__regex=pattern)
    again = Subscription.objects.active().filter(there, stream=subscription.stream).select_related("address")
    return again.order_by("pk").first() or subscription


def subscription_of(delivery_id: int, *, at: datetime) -> Subscription | None:
    """Whose letter it was, for as long as the link in it that unsubscribes is valid."""
    keys = CapabilityToken.objects.filter(delivery=delivery_id, scope=CapabilityToken.Scope.UNSUBSCRIBE, expires_at__gt=at)
    token = keys.select_related("subscription__address").first()
    return token.subscription if token else None


def move_token(change_id: int) -> str:
    """What stands in the link to a new address: kept nowhere."""
    return seal("weekly move", change_id)


def moved_by(token: str) -> int | None:
    """The address change that such a link is for."""
    numbers = unseal("weekly move", token)
    return numbers[0] if numbers else None


def leave_token(delivery_id: int) -> str:
    """Of the address to which a mail unsubscribes: lower case, since mail servers may change that."""
    return seal("weekly leave", delivery_id)


def left_by(token: str) -> int | None:
    """The delivery whose stream such an address ends."""
    numbers = unseal("weekly leave", token)
    return numbers[0] if numbers else None


def reading_token(delivery_id: int) -> str:
    """Tells that the web copy of a delivery was read, and opens nothing."""
    return seal("weekly read", delivery_id)


def read_by(token: str) -> int | None:
    """The delivery whose web copy was read."""
    numbers = unseal("weekly read", token)
    return numbers[0] if numbers else None


def _secret(key: uuid.UUID, scope: str) -> bytes:
    return hmac.digest(settings.ADDRESS_KEY, b"weekly token " + key.bytes + scope.encode(), hashlib.sha256)[:16]


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
