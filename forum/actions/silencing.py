"""Silencing whoever is behind a persona, without knowing who it is; and the nightly look at who may not write."""

from datetime import datetime, time
from typing import Final

from django.db import transaction
from django.db.models import Q

from accounts.models import Sanction, User
from common import audit
from common.clock import london_day, london_moment
from forum import permissions
from forum.actions.errors import TextRefused
from forum.models import Persona, Silence

_BATCH: Final = 2_000


@transaction.atomic
def silence_persona(persona: Persona, *, by: User, reason: str, ends_at: datetime, at: datetime) -> Silence:
    """Its owner writes nothing in the forum until `ends_at`, under any name, and is told when they try. Raises TextRefused,
    Refused."""
    permissions.can_silence(by, persona).enforce()
    reason = reason.strip()
    if not reason or len(reason) > 500:
        raise TextRefused("Give a reason of at most 500 characters: whoever is behind the pseudonym is told it.")
    if ends_at <= at:
        raise TextRefused("Say when the silence ends. It has to be later than now.")
    silence = Silence.objects.create(persona=persona, reason=reason, imposed_at=at, imposed_by=by, ends_at=ends_at)
    until = ends_at.isoformat()
    audit.record("persona.silence", subject=("persona", persona.pk), by=by.pk, at=at, silence=silence.pk, ends_at=until)
    return silence


@transaction.atomic
def lift_silence(silence: Silence, *, by: User, at: datetime) -> Silence:
    """Taken back: it holds no more. Lifted already, nothing happens. Raises Refused."""
    silence = Silence.objects.select_related("persona").select_for_update(of=("self",)).get(pk=silence.pk)
    permissions.can_silence(by, silence.persona).enforce()
    if silence.lifted_at is None:
        silence.lifted_at, silence.lifted_by = at, by
        silence.save(update_fields=["lifted_at", "lifted_by"])
        audit.record("persona.unsilence", subject=("persona", silence.persona_id), by=by.pk, at=at, silence=silence.pk)
    return silence


def let_personas_rest(*, at: datetime) -> int:
    """Show on each persona whether its owner was suspended, or it was silenced, when the day began. All at once and by night
    only: a line that changed in the minute of a suspension would say whose it is. Returns how many changed. Safe twice and in
    parallel; for the rest of the day it changes nothing."""
    midnight = london_moment(london_day(at), time(0))
    held = Q(imposed_at__lt=midnight, ends_at__gt=midnight) & (Q(lifted_at=None) | Q(lifted_at__gte=midnight))
    suspended = set(Sanction.objects.filter(held, kind=Sanction.Kind.SUSPENSION).values_list("user", flat=True))
    resting = set(Silence.objects.filter(held).values_list("persona", flat=True))
    if suspended:
        for persona in Persona.objects.only("topic_id", "owner_tag").order_by("pk").iterator(_BATCH):
            if any(persona.is_of(user) for user in suspended):
                resting.add(persona.pk)
    begun = Persona.objects.filter(pk__in=resting, is_resting=False).update(is_resting=True)
    return begun + Persona.objects.filter(is_resting=True).exclude(pk__in=resting).update(is_resting=False)
