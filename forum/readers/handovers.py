"""How far officers are in letting a key in on seals made before it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from forum.models import Handover, OfficerKey, Persona


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A standing key. Of the `earlier` pseudonyms, taken before it was made, it opens `opens`; `waiting` for a second officer."""

    key: OfficerKey
    earlier: int
    opens: int
    waiting: int

    @property
    def left(self) -> int:
        return self.earlier - self.opens - self.waiting


def key_rows() -> Sequence[KeyRow]:
    """Every standing key, by its holder's name. One statement."""
    earlier = Persona.objects.filter(created_at__lt=OuterRef("made_at")).order_by().values(one=Value(1))
    keys = (
        OfficerKey.objects.standing()
        .select_related("user")
        .annotate(
            earlier=Coalesce(Subquery(earlier.annotate(all=Count("pk")).values("all"), output_field=IntegerField()), 0),
            opens=Count("handovers", filter=Q(handovers__done_at__isnull=False)),
            waiting=Count("handovers", filter=Q(handovers__done_at=None)),
        )
    )
    return [
        KeyRow(key, key.earlier, key.opens, key.waiting)  # type: ignore[attr-defined]
        for key in keys.order_by("user__sort_key", "pk")
    ]


def begun_by_others(key: OfficerKey, user_id: int | None) -> int:
    """How many seals wait for this officer to be the second. One statement."""
    mine = [str(pk) for pk in OfficerKey.objects.filter(user=user_id).values_list("pk", flat=True)]
    waiting = Handover.objects.waiting().filter(key=key, boxes__has_any_keys=mine)
    return waiting.exclude(first_key__user=user_id).count()
