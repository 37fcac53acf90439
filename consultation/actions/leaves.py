"""What is fixed at the close: one leaf for each current response, and the root over all of them."""

from datetime import datetime
from random import SystemRandom

from django.conf import settings

from consultation.actions.receipts import give_receipts, signing_key
from consultation.models import Consultation, Leaf, Party, Receipt, Response, Root
from consultation.proof.merkle import root as root_over
from consultation.proof.receipts import instant, root_lines, sign
from consultation.readers.holders import is_detached
from consultation.readers.receipts import leaves_of_ballots

BATCH = 1_000


def fix_leaves(consultation: Consultation, *, at: datetime) -> Root:
    """Inside the transaction of the closing work, which holds the consultation: the leaves of the current responses in random
    order, and their root, signed. A revision that was sent instead of an earlier one has the only leaf. Safe to call twice: the
    root is never computed anew."""
    fixed: Root | None = getattr(consultation, "root", None)
    if fixed is not None:
        return fixed
    leaves = leaves_of_ballots(consultation) if is_detached(consultation) else _of_receipts(consultation, at=at)
    SystemRandom().shuffle(leaves)
    Leaf.objects.bulk_create(
        (Leaf(consultation=consultation, position=position, hash=leaf) for position, leaf in enumerate(leaves)), batch_size=5_000
    )
    sent = Response.objects.filter(consultation=consultation, is_current=True)
    whole, key = root_over(leaves), signing_key(at=at)
    lines = root_lines(consultation=consultation.slug, size=len(leaves), root=whole, fixed=instant(at))
    return Root.objects.create(
        consultation=consultation,
        size=len(leaves),
        of_organisations=sent.of_kind(Party.Kind.ORGANISATION).count(),
        of_public=sent.of_kind(Party.Kind.PUBLIC).count(),
        hash=whole,
        fixed_at=at,
        key=key,
        signature=sign(lines, seed=settings.SIGNING_KEY),
    )


def _of_receipts(consultation: Consultation, *, at: datetime) -> list[bytes]:
    _give_missing_receipts(consultation, at=at)
    current = Receipt.objects.filter(response__consultation=consultation, response__is_current=True)
    return [bytes(leaf) for leaf in current.values_list("leaf", flat=True).iterator(BATCH)]


def _give_missing_receipts(consultation: Consultation, *, at: datetime) -> None:
    """What was sent before there were receipts has its own from now on. Bounded memory."""
    lacking = Response.objects.filter(consultation=consultation, is_current=True, receipt=None)
    ids = list(lacking.order_by("pk").values_list("pk", flat=True))
    for begin in range(0, len(ids), BATCH):
        some = Response.objects.filter(pk__in=ids[begin : begin + BATCH]).select_related("consultation", "version")
        give_receipts(some.prefetch_related("answers__question"), at=at)
