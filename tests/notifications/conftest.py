import json
from datetime import UTC, datetime

import pytest
import redis
from celery import Celery, current_app
from django.utils import timezone

from accounts.actions.people import create_account
from accounts.actions.roles import grant_role
from accounts.models import RoleGrant, User
from common import wakeups
from mail.addresses import attach
from notifications.events import record_event

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def doors(settings):
    """The test kinds behind the doors."""
    here = "tests.notifications.kinds"
    settings.EVENT_KINDS = {
        "test.happened": f"{here}.Happened",
        "test.poison": f"{here}.Poison",
        "test.circling": f"{here}.Circling",
    }
    settings.NOTICE_HEADINGS = {"test": "What tests tell"}
    settings.NOTICE_KINDS = {"test.heard": f"{here}.Heard", "test.quiet": f"{here}.Quiet"}
    settings.LIVE_CHANNELS = {"thing": f"{here}.ThingChannel"}
    settings.MAIL_KINDS = {"test.heard": "notifications.mails.NoticeMail"}


def make_person(name, *, member=True, address=True):
    """Someone with an account; a member, with a confirmed address, unless told otherwise."""
    user = create_account(email=f"{name}@example.org", display_name=name.title(), at=NOON)
    if member:
        grant_role(user, role="member", by=None, at=NOON)
    if address:
        attach(user, email=user.email, at=NOON)
    return user


def make_crowd(count, name="crowd"):
    """Many members at once, without addresses."""
    users = User.objects.bulk_create(
        User(
            email=f"{name}{n}@example.org",
            display_name=f"{name} {n}",
            handle=f"{name}-{n}",
            sort_key=f"{name} {n}",
            created_at=NOON,
            password="!",
        )
        for n in range(count)
    )
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role="member", granted_at=NOON) for user in users)
    return users


def withdraw_rights(user):
    RoleGrant.objects.filter(user=user).update(revoked_at=timezone.now())


def happen(thing=1, *, kind="test.happened", at=NOON, by=None, **data):
    return record_event(kind, at=at, by=by, thing=thing, **data)


@pytest.fixture
def member(db):
    return make_person("mira")


@pytest.fixture
def other_member(db):
    return make_person("otto")


@pytest.fixture
def sent_tasks(settings):
    """The names of the tasks that lie in the real broker's queue, oldest first; `clear()` empties it."""
    return Queue(settings.REDIS_URL, settings.CELERY_PREFIX)


class Queue:
    def __init__(self, url, prefix):
        self.server, self.name = redis.Redis.from_url(url), f"{prefix}notify"
        self.clear()

    def clear(self):
        self.server.delete(self.name)

    def __eq__(self, names):
        return [json.loads(entry)["headers"]["task"] for entry in reversed(self.server.lrange(self.name, 0, -1))] == names

    __hash__ = None


@pytest.fixture
def broker_away(settings, tmp_path, monkeypatch):
    """Nothing answers where the broker and the channel layer should be."""
    away = Celery("away", broker=f"redis+socket://{tmp_path}/nobody?virtual_host=0", set_as_current=False)
    away.conf.broker_transport_options = current_app.conf.broker_transport_options
    monkeypatch.setattr(wakeups, "current_app", away)
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [f"unix://{tmp_path}/nobody?db=0"], "prefix": "away"},
        }
    }
