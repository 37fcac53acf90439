"""The clock closes a consultation; this does, once, what follows from it."""

from datetime import datetime
from functools import partial

from django.db import transaction

from consultation.actions.discussion import tell_the_topic
from consultation.actions.eligible import add_to_supplement
from consultation.actions.holding import hold_for_a_step
from consultation.actions.leaves import fix_leaves
from consultation.actions.mixing import open_the_box
from consultation.actions.record import record_transition
from consultation.actions.troubles import each_for_itself
from consultation.models import Consultation, State
from consultation.readers.holders import is_detached
from notifications.events import record_event


def close_what_is_due(*, at: datetime) -> int:
    """Do the closing work of every consultation whose time is up. Returns how many. Safe twice and in parallel; one
    that cannot be closed holds up no other."""
    due = Consultation.objects.due_to_close(at).values_list("pk", flat=True)
    return each_for_itself(due, partial(_close, at=at), at=at)


@transaction.atomic
def _close(consultation_id: int, *, at: datetime) -> bool:
    """Waits for every answer that is being sent: they hold the row for sharing."""
    consultation = hold_for_a_step(consultation_id)
    if not Consultation.objects.due_to_close(at).filter(pk=consultation_id).exists():
        return False
    consultation.closed_at = at
    consultation.save(update_fields=["closed_at"])
    tell_the_topic(consultation, at=at)
    add_to_supplement(consultation, at=at)
    if is_detached(consultation):
        open_the_box(consultation)
    root = fix_leaves(consultation, at=at)
    note = f"{root.size:,} response{'' if root.size == 1 else 's'}. Root {root.spelt}."
    record_transition(consultation, verb="close", before=State.OPEN, after=State.CLOSED, by=None, at=at, note=note)
    record_event("consultation.closed", at=at, by=None, consultation=consultation.pk)
    return True
