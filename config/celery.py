"""Celery, and every time that background work keeps: the one place where an interval stands.

Valkey only carries wake-ups: state is in PostgreSQL, so that a broker emptied at any moment loses nothing; the
next tick finds the rows. Settings follow what was measured for Celery 5.7 (docs/adr/0004).
"""

import os

from celery import Celery
from django.conf import settings
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("REMAP_SIGTERM", "SIGQUIT")

QUEUES = ("critical", "notify", "inbound", "digest_plan", "digest_send", "maintenance")

app = Celery("plenary", set_as_current=True)


def _broker_url(url: str) -> str:
    """kombu's spelling of a Redis address: a socket is `redis+socket`, its database `virtual_host`."""
    if url.startswith("unix://"):
        path, _, query = url.removeprefix("unix://").partition("?")
        return f"redis+socket://{path}?virtual_host={query.removeprefix('db=') or '0'}"
    return url


app.conf.update(
    broker_url=_broker_url(settings.REDIS_URL),
    broker_transport_options={
        "visibility_timeout": 1800,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "health_check_interval": 25,
        "socket_keepalive": True,
        "socket_timeout": 30,
        "socket_connect_timeout": 2,
        "max_retries": 0,  # of one wake-up: a request must not wait six seconds for a broker that is away
        "global_keyprefix": settings.CELERY_PREFIX,
    },
    broker_connection_retry_on_startup=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    task_soft_time_limit=240,
    task_time_limit=300,
    worker_soft_shutdown_timeout=30 / settings.SPEED,
    worker_enable_soft_shutdown_on_idle=True,
    worker_max_tasks_per_child=500,
    worker_max_memory_per_child=300_000,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_hijack_root_logger=False,
    timezone="UTC",
    task_default_queue="maintenance",
    task_queues=[Queue(name, Exchange(name), routing_key=name) for name in QUEUES],
    task_routes={
        "mail.deliver_critical": {"queue": "critical"},
        "mail.deliver_notify": {"queue": "notify"},
        "mail.sweep": {"queue": "notify"},
        "mail.take_in": {"queue": "inbound"},
        "mail.fetch": {"queue": "inbound"},
        "notifications.expand": {"queue": "notify"},
        "consultation.open": {"queue": "critical"},
        "consultation.tick": {"queue": "maintenance"},
        "forum.remind": {"queue": "maintenance"},
        "forum.tell_of_closed_polls": {"queue": "maintenance"},
        "accounts.tell_of_ending_roles": {"queue": "maintenance"},
        "accounts.erase_closed_accounts": {"queue": "maintenance"},
        "forum.look_after_personas": {"queue": "maintenance"},
        "digest.tick": {"queue": "digest_plan"},
        "digest.forget": {"queue": "maintenance"},
        "digest.bodies": {"queue": "digest_send"},
        "digest.send": {"queue": "digest_send"},
        "accounts.work_on_registers": {"queue": "maintenance"},
        "forum.sweep_files": {"queue": "maintenance"},
        "consultation.sweep_files": {"queue": "maintenance"},
        "search.refresh_words": {"queue": "maintenance"},
        "forum.rebake": {"queue": "maintenance"},
        "common.seal_audit": {"queue": "maintenance"},
        "common.heartbeat": {"queue": "critical"},
    },
    # One interval tick a queue; what is due at which local time is decided by our own code from rows.
    beat_schedule={
        "heartbeat": {"task": "common.heartbeat", "schedule": 20 / settings.SPEED},
        "seal the audit": {"task": "common.seal_audit", "schedule": 60 / settings.SPEED},
        "expand what was not nudged": {"task": "notifications.expand", "schedule": 30 / settings.SPEED},
        "deliver critical mail": {"task": "mail.deliver_critical", "schedule": 20 / settings.SPEED},
        "deliver notices by mail": {"task": "mail.deliver_notify", "schedule": 60 / settings.SPEED},
        "tick the weekly": {"task": "digest.tick", "schedule": 60 / settings.SPEED},
        "check and apply registers": {"task": "accounts.work_on_registers", "schedule": 60 / settings.SPEED},
        "let personas rest, close old openings": {"task": "forum.look_after_personas", "schedule": 900 / settings.SPEED},
        "take in what was not nudged": {"task": "mail.take_in", "schedule": 30 / settings.SPEED},
        "fetch answers by mail": {"task": "mail.fetch", "schedule": 60 / settings.SPEED},
        "sweep the outbox": {"task": "mail.sweep", "schedule": 60 / settings.SPEED},
        "remind of bookmarks": {"task": "forum.remind", "schedule": 60 / settings.SPEED},
        "tell of polls that closed": {"task": "forum.tell_of_closed_polls", "schedule": 60 / settings.SPEED},
        "erase accounts that are closed": {"task": "accounts.erase_closed_accounts", "schedule": 300 / settings.SPEED},
        "tell of roles that end": {"task": "accounts.tell_of_ending_roles", "schedule": 3600 / settings.SPEED},
        "forget who never confirmed": {"task": "digest.forget", "schedule": 3600 / settings.SPEED},
        "delete files that no post shows": {"task": "forum.sweep_files", "schedule": 3600 / settings.SPEED},
        "delete files that no answer names": {"task": "consultation.sweep_files", "schedule": 3600 / settings.SPEED},
        "count the words for suggestions": {"task": "search.refresh_words", "schedule": 900 / settings.SPEED},
        "draw posts anew": {"task": "forum.rebake", "schedule": 3600 / settings.SPEED},
        "open consultations": {"task": "consultation.open", "schedule": 10 / settings.SPEED},
        "open, close and remind of consultations": {"task": "consultation.tick", "schedule": 30 / settings.SPEED},
    },
)
app.autodiscover_tasks()
