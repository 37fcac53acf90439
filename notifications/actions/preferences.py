"""Choosing how notices come."""

from collections.abc import Mapping

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from notifications.models import NoticePreference, Way
from notifications.ways import chosen_ways, ways_of


def choose_ways(choices: Mapping[str, Way], *, by: AbstractBaseUser) -> None:
    """Set for each of these kinds of notice how `by` wants it. One statement; safe to call twice. Raises ValueError for a way
    that the kind does not offer."""
    for kind, way in choices.items():
        if way not in ways_of(kind):
            raise ValueError(f"{kind} does not come {way.value!r}")
    NoticePreference.objects.bulk_create(
        [NoticePreference(user_id=by.pk, kind=kind, way=way) for kind, way in choices.items()],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["way"],
    )


def stop_mail(*, by: AbstractBaseUser, only: Way | None = None) -> None:
    """What came by mail (or only in this way of the two) stays on the site and comes by mail no more. Safe to call twice."""
    ways = chosen_ways([by.pk], list(settings.NOTICE_KINDS))
    stopped = (Way.MAIL, Way.DAILY) if only is None else (only,)
    choose_ways({kind: Way.SITE for (_, kind), way in ways.items() if way in stopped}, by=by)
