"""Writing the audit and proving it."""

import hashlib
import json
import os
import struct
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction

from common.models import AuditDetail, AuditEntry, AuditHead, AuditLink

_START: Final = bytes(32)
_SEALER_LOCK: Final = 0x506C656E  # pg advisory lock: one sealer at a time


def record(
    verb: str, *, subject: tuple[str, object], by: int | None, at: datetime, persona: bool = False, **details: object
) -> AuditEntry:
    """Insert one audit entry in the running transaction. `by` is the actor's id (a persona's id with `persona=True`), None for
    the system; `subject` a kind and an id. Details hold what a later reader needs and no secret; they can be erased."""
    salt = os.urandom(16)
    kind = AuditEntry.ActorKind.SYSTEM if by is None else AuditEntry.ActorKind.PERSONA if persona else AuditEntry.ActorKind.PERSON
    with transaction.atomic():
        entry = AuditEntry.objects.create(
            at=at,
            actor_kind=kind,
            actor_id=by,
            verb=verb,
            subject_kind=subject[0],
            subject_id=str(subject[1]),
            digest=hashlib.sha256(salt + canonical(details)).digest(),
        )
        AuditDetail.objects.create(entry=entry, salt=salt, details=details)
    return entry


def seal(*, at: datetime, batch: int = 5_000) -> int:
    """Chain the entries whose transaction is older than every running one, in commit order, and sign the head. Returns how
    many were chained. Safe to call twice and in parallel: the second finds the lock taken and returns 0."""
    with transaction.atomic():
        if not _take_the_lock():
            return 0
        last = AuditLink.objects.order_by("-position").values_list("position", "hash").first()
        position, previous = (last[0], bytes(last[1])) if last else (0, _START)
        entries = list(_unsealed(batch))
        links = []
        for entry in entries:
            position += 1
            previous = link_hash(previous, entry)
            links.append(AuditLink(position=position, entry=entry, hash=previous))
        if links:
            AuditLink.objects.bulk_create(links)
            signature = _key().sign(_signed_bytes(position, previous))
            AuditHead.objects.create(position=position, hash=previous, signature=signature, at=at)
        return len(links)


def first_break() -> int | None:
    """The first position at which the chain, a detail's digest or a signed head does not hold; None where all holds."""
    previous = _START
    heads = {head.position: head for head in AuditHead.objects.order_by("position")}
    links = AuditLink.objects.select_related("entry__detail").order_by("position")
    for expected, link in enumerate(links.iterator(2_000), start=1):
        previous = link_hash(previous, link.entry)
        detail: AuditDetail | None = getattr(link.entry, "detail", None)
        told = detail is None or (
            hashlib.sha256(bytes(detail.salt) + canonical(detail.details)).digest() == bytes(link.entry.digest)
        )
        head = heads.pop(link.position, None)
        if link.position != expected or bytes(link.hash) != previous or not told or not (head is None or _holds(head, previous)):
            return expected
    return min(heads) if heads else None


def link_hash(previous: bytes, entry: AuditEntry) -> bytes:
    """SHA-256(previous ‖ canonical JSON of the entry's columns), 32 bytes."""
    told = {
        "id": entry.pk,
        "at": int(entry.at.timestamp() * 1_000_000),
        "actor": [entry.actor_kind, entry.actor_id],
        "verb": entry.verb,
        "subject": [entry.subject_kind, entry.subject_id],
        "digest": bytes(entry.digest).hex(),
    }
    return hashlib.sha256(previous + canonical(told)).digest()


def canonical(value: object) -> bytes:
    """One spelling for one value: JSON, keys sorted, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()


def _unsealed(batch: int) -> Iterable[AuditEntry]:
    """Entries without a link whose transaction ended before the oldest running one began: nothing can still slip in before."""
    return AuditEntry.objects.raw(
        """
        SELECT entry.* FROM common_auditentry entry LEFT JOIN common_auditlink link ON link.entry_id = entry.id
        WHERE link.position IS NULL AND entry.transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        ORDER BY entry.transaction, entry.id LIMIT %s
        """,
        [batch],
    )


def _take_the_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER_LOCK])
        return bool(cursor.fetchone()[0])


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(settings.SIGNING_KEY)


def _signed_bytes(position: int, head: bytes) -> bytes:
    return b"plenary audit head" + struct.pack(">q", position) + head


def _holds(head: AuditHead, expected: bytes) -> bool:
    try:
        _key().public_key().verify(bytes(head.signature), _signed_bytes(head.position, expected))
    except InvalidSignature:
        return False
    return bytes(head.hash) == expected
