"""The list of who may answer: frozen at the opening in random order, with a supplement for who becomes entitled afterwards."""

from datetime import datetime

from django.db import connection
from django.db.models.query import QuerySet

from accounts.models import User
from consultation.actions.ledger import enter_in_ledger
from consultation.models import Consultation
from consultation.readers.audience import audience_of, entitled, with_facts
from consultation.readers.holders import is_detached


def freeze_eligible(consultation: Consultation, *, at: datetime) -> int:
    """Write down everybody who may answer, with nation and list size as of now. One statement; returns how many. The order of
    the rows says nothing of who they are."""
    return _write(consultation, entitled(audience_of(consultation), at=at), on_supplement=False)


def add_to_supplement(consultation: Consultation, *, at: datetime, user_id: int | None = None) -> int:
    """Write down who is entitled now and was not at the opening: everybody, or one person. One statement, safe twice; returns
    how many are new. Nothing happens to a consultation that was opened before lists were kept."""
    if consultation.eligible_at_opening is None:
        return 0
    people = entitled(audience_of(consultation), at=at)
    return _write(consultation, people if user_id is None else people.filter(pk=user_id), on_supplement=True)


def _write(consultation: Consultation, people: "QuerySet[User]", *, on_supplement: bool) -> int:
    sql, params = with_facts(people.order_by()).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO consultation_eligible (consultation_id, user_id, nation, list_size, on_supplement) "  # noqa: S608
            f"SELECT %s, who.id, who.nation, who.size, %s FROM ({sql}) AS who (id, nation, size) "
            "WHERE NOT EXISTS (SELECT FROM consultation_eligible old WHERE old.consultation_id = %s AND old.user_id = who.id) "
            "ORDER BY gen_random_uuid() ON CONFLICT DO NOTHING",
            [consultation.pk, on_supplement, *params, consultation.pk],
        )
        added = int(cursor.rowcount)
    if is_detached(consultation):
        enter_in_ledger(consultation)
    return added
