"""The ledger and the ballot box of a detached consultation, made at its opening."""

from django.conf import settings
from django.db import connection

from consultation.confidentiality import new_key, wrapped
from consultation.models import BallotBox, Consultation, SealedDraft


def set_up_the_box(consultation: Consultation) -> None:
    """At the opening, inside its transaction: the key that seals ballots until the close."""
    kept = wrapped(new_key(), under=settings.CONSULTATION_KEY, consultation=consultation.pk)
    BallotBox.objects.create(consultation=consultation, wrapped=kept)


def enter_in_ledger(consultation: Consultation) -> None:
    """A row for everybody on the list of who may answer that has none yet, in random order. One statement, safe twice. It is
    called where the list is written, never while somebody answers: a row that came with a ballot would lead to it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO consultation_ledger (id, consultation_id, user_id, took_part) "
            "SELECT gen_random_uuid(), listed.consultation_id, listed.user_id, false FROM consultation_eligible listed "
            "WHERE listed.consultation_id = %s AND NOT EXISTS (SELECT FROM consultation_ledger old "
            "WHERE old.consultation_id = listed.consultation_id AND old.user_id = listed.user_id) "
            "ORDER BY 1 ON CONFLICT DO NOTHING",
            [consultation.pk],
        )


def forget_ballots(consultation: Consultation) -> None:
    """When it is withdrawn before its close, inside that transaction: what was sent is never opened, nor what was begun. Safe
    twice."""
    BallotBox.objects.filter(consultation=consultation).update(wrapped=None)
    SealedDraft.objects.filter(consultation=consultation).delete()
