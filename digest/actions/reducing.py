"""Editions of long ago: of their rows the counts are kept."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from digest.balance import lines_of
from digest.models import CapabilityToken, Delivery, Edition, Run

KEPT_FOR: Final = timedelta(days=396)
"""Thirteen months: a year can be looked at beside the one before."""


@transaction.atomic
def reduce_old_edition(*, at: datetime) -> Edition | None:
    """Of the oldest edition that was cut KEPT_FOR ago and whose runs are over: how many rows of each run were in which state for
    which reason stays, the rows go. Links in its letters work for as long as they were to, since their keys stay until they
    expire. One edition at a time; safe to call twice and in parallel."""
    runs = Run.objects.filter(edition=OuterRef("pk"))
    old = Edition.objects.cut().filter(Exists(runs.filter(reduced_at=None)), cut_off__lt=at - KEPT_FOR)
    old = old.exclude(Exists(runs.filter(state__in=Run.UNDER_WAY)))
    edition: Edition | None = old.select_for_update(skip_locked=True).order_by("cut_off", "pk").first()
    if edition is None:
        return None
    mine = list(edition.runs.filter(reduced_at=None))
    for run in mine:
        run.counts["lines"] = [[line.state, line.reason, line.count] for line in lines_of(run)]
        run.reduced_at = at
    Delivery.objects.filter(run__in=mine).delete()
    Run.objects.bulk_update(mine, ["counts", "reduced_at"])
    CapabilityToken.objects.filter(expires_at__lt=at).delete()
    return edition
