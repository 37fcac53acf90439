"""How many took part: published once a day, out of rows, so that a tick may come twice, late or not at all."""

from datetime import datetime
from functools import partial

from django.db import connection, transaction

from common.clock import london_day
from consultation.actions.eligible import add_to_supplement
from consultation.actions.troubles import each_for_itself
from consultation.models import Consultation, ParticipationFigure
from consultation.readers.holders import is_detached
from consultation.readers.participation import count_participation, figures_as_of


def publish_participation(*, at: datetime) -> int:
    """Publish this morning's figures of every consultation that is open and has none of today. Returns how many. Safe twice and
    in parallel."""
    as_of = figures_as_of(at)
    if as_of is None:
        return 0
    day = london_day(at)
    open_then = Consultation.objects.filter(
        opened_at__lt=as_of, closes_at__gt=as_of, withdrawn_at=None, closed_at=None, eligible_at_opening__isnull=False
    )
    due = open_then.exclude(participation__day=day).order_by("pk").values_list("pk", flat=True)
    return each_for_itself(due, partial(_publish, as_of=as_of, at=at), at=at)


@transaction.atomic
def _publish(consultation_id: int, *, as_of: datetime, at: datetime) -> bool:
    """Beside those who answer, for whom the consultation's row is held nearly always: ticks alone follow each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('participation ' || %s, 0))", [consultation_id])
    consultation = Consultation.objects.get(pk=consultation_id)
    day = london_day(at)
    if ParticipationFigure.objects.filter(consultation=consultation, day=day).exists():
        return False
    add_to_supplement(consultation, at=at)
    table = count_participation(consultation, as_of=at if is_detached(consultation) else as_of)
    ParticipationFigure.objects.create(consultation=consultation, day=day, table=table.as_dict(), counted_at=at)
    return True
