"""How each person wants each kind of notice: off, on the site, by mail at once, in the daily mail."""

from collections.abc import Collection, Mapping

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from notifications.kinds import notice_kind
from notifications.models import NoticePreference, Way


def ways_of(kind: str) -> tuple[Way, ...]:
    """What somebody may choose for a kind. What has to be told can be told by mail or not, but not be turned off; what has no
    letter never goes by mail, in the daily one neither: a mailbox may be read by others."""
    off = (Way.OFF,) if getattr(notice_kind(kind), "can_be_off", True) else ()
    by_mail = (Way.DAILY, Way.MAIL) if notice_kind(kind).mail_kind is not None else ()
    return (*off, Way.SITE, *by_mail)


def kinds_for(user: AbstractBaseUser) -> list[str]:
    """Those that somebody is asked about, in the order of the setting."""
    asked = ((name, getattr(notice_kind(name), "concerns", None)) for name in settings.NOTICE_KINDS)
    return [name for name, concerns in asked if concerns is None or concerns(user)]


def default_way(kind: str) -> Way:
    """Of whoever chose nothing."""
    if getattr(notice_kind(kind), "off_by_default", False):
        return Way.OFF
    return Way.MAIL if notice_kind(kind).by_mail_default and Way.MAIL in ways_of(kind) else Way.SITE


def chosen_ways(user_ids: Collection[int], kinds: Collection[str]) -> Mapping[tuple[int, str], Way]:
    """How each of these people wants each of these kinds, in one statement. A choice that a kind does not offer (any more)
    counts as: on the site."""
    rows = NoticePreference.objects.filter(user__in=user_ids, kind__in=kinds).values_list("user_id", "kind", "way")
    chosen = {(user_id, kind): Way(way) for user_id, kind, way in rows}
    found: dict[tuple[int, str], Way] = {}
    for kind in kinds:
        offered, default = ways_of(kind), default_way(kind)
        for user_id in user_ids:
            way = chosen.get((user_id, kind), default)
            found[user_id, kind] = way if way in offered else Way.SITE
    return found
