"""Two deployments at once, as during a change of versions: each cuts, plans, makes rows, gives bodies, ticks and sends, at the same
moment, in processes of their own. One edition, one run, one mail each. The steps are also taken past the lock that lets one tick run
at a time. (Two beats and two workers of Celery: test_valkey_lost.py.)"""

import os
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from common.models import AuditEntry
from digest.actions.bodies import give_bodies
from digest.actions.editions import cut_due_editions, draft_edition
from digest.actions.runs import materialise, plan_runs
from digest.calendar import cut_before
from digest.management.inventing import invent_readers
from digest.models import Delivery, Edition, Run
from digest.sending import send_due
from digest.ticking import tick
from mail.sink import running
from tests.drills import forked

REAL = bool(os.environ.get("PLENARY_DRILL"))
READERS, DEPLOYMENTS = (6_000, 4) if REAL else (80, 2)


@pytest.mark.django_db(transaction=True)
def test_who_does_the_same_at_the_same_moment_makes_one_run_and_one_mail_each(tmp_path, settings, capsys):
    settings.WEEKLY_CANARY_FROM = READERS + 1
    now = timezone.now()
    draft_edition(at=cut_before(now) - timedelta(days=1))
    invent_readers(READERS, due=cut_before(now) + timedelta(hours=1) if now > cut_before(now) + timedelta(hours=1) else now)
    at = time.time() + (0.5 if not REAL else 1)
    with running(tmp_path / "record") as sink:
        settings.SMTP_URL, settings.SMTP_POOLS = sink.url, {}
        crowd = [forked.start(lambda: everything_at(at)) for _ in range(2 * DEPLOYMENTS)]
        assert [forked.end(pid) for pid in crowd] == [0] * len(crowd)
        while Run.objects.get().state != "done":
            everything_at(0)
        arrived = sink.counted()
    assert Edition.objects.filter(state="cut").count() == 1
    assert AuditEntry.objects.filter(verb="edition.cut").count() == 1
    assert Run.objects.get().counts == {"candidates": READERS, "accepted": READERS}
    assert len(arrived) == Delivery.objects.count() == READERS
    assert max(arrived.values()) == 1
    with capsys.disabled():
        print(f"\n{READERS} readers, {len(crowd)} processes at once: 1 edition, 1 run, {len(arrived)} arrived, none twice")


def everything_at(moment):
    """`moment`: when all of them begin, in seconds since 1970."""
    time.sleep(max(0.0, moment - time.time()))
    cut_due_editions(at=timezone.now())
    for run in plan_runs(at=timezone.now()):
        materialise(run)
        run.refresh_from_db()
        give_bodies(run, at=timezone.now())
    for _ in range(2):
        tick(at=timezone.now())
        send_due(clock=timezone.now)
    tick(at=timezone.now())
