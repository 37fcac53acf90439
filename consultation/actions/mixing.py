"""Writing ledger and ballots anew, so that neither a transaction's number nor the place of a row leads from one to the other.

PostgreSQL keeps with each row the number of the transaction that wrote it (`xmin`) and its place (`ctid`): the row of the ledger
and the ballot of one submission share the first, and stand in one order by the second. So after every twenty submissions, and at
the close, one transaction writes all of them once more in an order drawn by lot; what they were before is then swept out of the
tables (docs/adr/0031-detached.md).
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from random import SystemRandom
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, F

from consultation.actions.holding import hold_for_a_step
from consultation.confidentiality import FACTS
from consultation.detachment import BATCH, opened, together
from consultation.models import Ballot, BallotBox, Consultation, SealedDraft
from consultation.proof.receipts import NONCE_BYTES
from consultation.readers.ballots import about_ballot, box_key

_LEDGER: Final = (
    "WITH gone AS (DELETE FROM consultation_ledger WHERE consultation_id = %s AND took_part RETURNING consultation_id, user_id) "
    "INSERT INTO consultation_ledger (id, consultation_id, user_id, took_part) "
    "SELECT gen_random_uuid(), consultation_id, user_id, true FROM gone ORDER BY 1"
)
_BALLOTS: Final = (
    "WITH gone AS (DELETE FROM consultation_ballot WHERE consultation_id = %s RETURNING consultation_id, sealed) "
    "INSERT INTO consultation_ballot (id, consultation_id, sealed) "
    "SELECT gen_random_uuid(), consultation_id, sealed FROM gone ORDER BY 1"
)
_TABLES: Final = "consultation_ledger, consultation_ballot, consultation_sealeddraft"


def mix_what_is_due() -> int:
    """Mix every open consultation in which twenty ballots came in since it was mixed. By the clock's own task and never in the
    request of a member: who waited for it would be the twentieth. Returns how many. Safe twice, in parallel, and when it dies."""
    waiting = BallotBox.objects.filter(wrapped__isnull=False, consultation__closed_at=None, consultation__withdrawn_at=None)
    due = waiting.annotate(there=Count("consultation__ballots")).filter(there__gte=F("mixed") + BATCH)
    return sum(_mix(pk) for pk in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _mix(consultation_id: int) -> bool:
    """Waits for every ballot that is being sent: they hold the consultation for sharing."""
    hold_for_a_step(consultation_id)
    box = BallotBox.objects.get(pk=consultation_id)
    there = Ballot.objects.filter(consultation=consultation_id).count()
    if box.wrapped is None or there < box.mixed + BATCH:
        return False
    with _written_anew(box) as cursor:
        cursor.execute(_BALLOTS, [consultation_id])
    return True


def open_the_box(consultation: Consultation) -> int:
    """At the close, inside its transaction, which holds the consultation: open every ballot in an order drawn by lot, with facts
    only as far as five carry the same. The key goes, and what was begun and not sent. Returns how many. Safe to call twice."""
    box = BallotBox.objects.get(pk=consultation.pk)
    key = box_key(box)
    if key is None:
        return box.mixed
    kept = Ballot.objects.filter(consultation=consultation).values_list("sealed", flat=True)
    about = about_ballot(consultation)
    told = [opened(bytes(sealed), key=key, about=about) for sealed in kept.iterator(1_000) if sealed is not None]
    SystemRandom().shuffle(told)
    facts = together([tuple(each["facts"][name] for name in FACTS) for each in told])
    box.wrapped = None
    with _written_anew(box):
        Ballot.objects.filter(consultation=consultation).delete()
        Ballot.objects.bulk_create(
            (
                Ballot(
                    consultation=consultation,
                    answers=each["answers"],
                    nonce=secrets.token_bytes(NONCE_BYTES),
                    **dict(zip(FACTS, kept_facts, strict=True)),
                )
                for each, kept_facts in zip(told, facts, strict=True)
            ),
            batch_size=1_000,
        )
    SealedDraft.objects.filter(consultation=consultation).delete()
    return len(told)


@contextmanager
def _written_anew(box: BallotBox) -> Iterator[Any]:
    """Around the ballots: the triggers let them be written anew until it ends, the ledger is, and the box says when."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('plenary.mixing', %s, true)", [str(box.pk)])
        yield cursor
        cursor.execute(_LEDGER, [box.pk])
        cursor.execute("SELECT set_config('plenary.mixing', '', true), pg_current_xact_id()::xid::text")
        (_, box.mixed_in) = cursor.fetchone()
    box.mixed, box.is_swept = Ballot.objects.filter(consultation=box.pk).count(), False
    box.save()


def sweep_what_was_mixed() -> bool:
    """Outside of any transaction: take out of the tables what rows were before they were mixed. True once nothing is left; where
    somebody's snapshot, a backup's for example, still needs it, once more at the next tick. Safe twice and in parallel."""
    boxes = list(BallotBox.objects.filter(is_swept=False))
    if not boxes:
        return True
    with connection.cursor() as cursor:
        cursor.execute(_STILL_SEEN, [[box.mixed_in for box in boxes]])
        (is_still_seen,) = cursor.fetchone()
        cursor.execute(f"VACUUM (FREEZE, INDEX_CLEANUP ON) {_TABLES}")
    if is_still_seen:
        return False
    for box in boxes:
        BallotBox.objects.filter(pk=box.pk, mixed_in=box.mixed_in).update(is_swept=True)
    return True


_STILL_SEEN: Final = (
    "SELECT EXISTS (SELECT FROM pg_stat_activity, unnest(%s::text[]) AS mixed (number) "
    "WHERE pid <> pg_backend_pid() AND backend_xmin IS NOT NULL AND age(backend_xmin) >= age(mixed.number::xid) "
    "AND (datname IS NULL OR datname = current_database()))"
)
"""Whether a snapshot is in use that is as old as a mixing: one of this database or of none (a replica's), as VACUUM has it."""
