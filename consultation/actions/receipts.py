"""A receipt for what was sent, so that its owner can check later that it was counted as it was given."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from consultation.models import Receipt, Response, SigningKey
from consultation.proof.receipts import NONCE_BYTES, instant, leaf_of, public_key, receipt_lines, sign
from consultation.readers.receipts import canonical_of


def give_receipts(responses: Iterable[Response], *, at: datetime) -> None:
    """One each, inside the transaction that wrote them. `responses` come with `consultation`, `version` and, where they are many,
    their answers prefetched with their questions."""
    key = signing_key(at=at)
    Receipt.objects.bulk_create((_receipt(response, key) for response in responses), batch_size=1_000)


def signing_key(*, at: datetime) -> SigningKey:
    """The key that signs now; kept with the day on which it first did."""
    return SigningKey.objects.get_or_create(public=public_key(settings.SIGNING_KEY), defaults={"since": at})[0]


def _receipt(response: Response, key: SigningKey) -> Receipt:
    nonce = secrets.token_bytes(NONCE_BYTES)
    leaf = leaf_of(nonce, canonical_of(response))
    lines = receipt_lines(consultation=response.consultation.slug, leaf=leaf, sent=instant(response.submitted_at))
    return Receipt(response=response, nonce=nonce, leaf=leaf, key=key, signature=sign(lines, seed=settings.SIGNING_KEY))
