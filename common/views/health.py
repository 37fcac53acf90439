"""What a load balancer asks: is the process there, and is what it needs there too?"""

from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.models import Heartbeat

HEARTBEAT_MAY_BE_OLD = timedelta(seconds=90)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Nothing else is asked."""
    return JsonResponse({"process": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, broker, and that a real task ran lately. 503 with what is missing."""
    found = {"broker": _broker(), **_database_and_worker()}
    return JsonResponse(found, status=200 if set(found.values()) == {"ok"} else 503)


def _broker() -> str:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError:
        return "does not answer"
    return "ok"


def _database_and_worker() -> dict[str, str]:
    try:
        last = Heartbeat.objects.filter(name="worker").values_list("at", flat=True).first()
    except DatabaseError:
        return {"database": "does not answer", "worker": "not known"}
    fresh = last is not None and timezone.now() - last < HEARTBEAT_MAY_BE_OLD
    return {"database": "ok", "worker": "ok" if fresh else "no task has run lately"}
