"""What a load balancer asks: is the process there, and is what it needs there too?"""

from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.models import Heartbeat

HEARTBEAT_MAY_BE_OLD = timedelta(seconds=90)
MAILBOX_MAY_BE_OLD = timedelta(minutes=10)
WEEKLY_MAY_BE_OLD = timedelta(minutes=10)
BESIDE = ("mailbox", "weekly")
"""Told; without them pages are served all the same, so that they never make a 503."""


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Nothing else is asked."""
    return JsonResponse({"process": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, broker, and that a real task ran lately. 503 with what is missing. Beside it whether the weekly ticks, and where
    answers are fetched from a mailbox, whether that works."""
    found = {"broker": _broker(), **_database_and_worker()}
    needed = {words for name, words in found.items() if name not in BESIDE}
    return JsonResponse(found, status=200 if needed == {"ok"} else 503)


def _broker() -> str:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError:
        return "does not answer"
    return "ok"


def _database_and_worker() -> dict[str, str]:
    try:
        last = dict(Heartbeat.objects.filter(name__in=["worker", *BESIDE]).values_list("name", "at"))
    except DatabaseError:
        return {"database": "does not answer", "worker": "not known"}
    found = {
        "database": "ok",
        "worker": "ok" if _is_fresh(last.get("worker"), HEARTBEAT_MAY_BE_OLD) else "no task has run lately",
        "weekly": "ok" if _is_fresh(last.get("weekly"), WEEKLY_MAY_BE_OLD) else "has not ticked lately",
    }
    if settings.INBOUND_IMAP_URL:
        found["mailbox"] = "ok" if _is_fresh(last.get("mailbox"), MAILBOX_MAY_BE_OLD) else "has not been read lately"
    return found


def _is_fresh(last: datetime | None, may_be_old: timedelta) -> bool:
    return last is not None and timezone.now() - last < may_be_old
