"""A mail server that takes a message and says nothing for 15 s, and one that says nothing for 700 s, longer than anybody waits (600 s):
the first is accepted late, the second is in doubt and looked for, neither goes twice, and the other connection goes on.

`make test` runs it at 1/500 of the times, `make drill` at real length.
"""

import os
import signal
import time
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from digest.actions.reconciling import FOUND
from digest.management.inventing import cut_edition, invent_readers
from digest.models import Delivery, Run
from digest.sending import send_due
from digest.ticking import tick
from mail.session import Limits
from mail.sink import Behaviour, Rule, running
from tests.drills import forked

REAL = bool(os.environ.get("PLENARY_DRILL"))
FASTER = 1 if REAL else 500
READERS = 600 if REAL else 60
SLOW, STALLED = "reader3@", "reader5@"


@pytest.mark.django_db(transaction=True)
def test_a_server_that_stalls_behind_the_dot_holds_up_no_other_connection_and_nothing_goes_twice(tmp_path, settings, capsys):
    record = tmp_path / "record"
    settings.WEEKLY_EVIDENCE, settings.WEEKLY_EVIDENCE_AT = "digest.evidence.Record", str(record)
    settings.WEEKLY_DOUBT_MINUTES, settings.WEEKLY_CANARY_FROM = settings.SPEED * 10 / FASTER, READERS + 1
    rules = (Rule("dot", seconds=15 / FASTER, to=SLOW), Rule("dot", seconds=700 / FASTER, to=STALLED))
    with running(record, Behaviour(rules, delay=0.01)) as sink:
        settings.SMTP_URL, settings.SMTP_POOLS = sink.url, {}
        now = timezone.now()
        invent_readers(READERS, due=now.replace(second=0, microsecond=0) - timedelta(minutes=1))
        cut_edition(at=now)
        tick(at=timezone.now())
        began = time.monotonic()
        senders = [forked.start(partial(send, Limits(final_reply=600 / FASTER))) for _ in range(2)]
        try:
            others_after = None
            while Run.objects.get().state != "done":
                assert time.monotonic() - began < 1_500 / FASTER + 60
                time.sleep(30 / FASTER if REAL else 0.1)
                tick(at=timezone.now())
                if others_after is None and Delivery.objects.filter(state="accepted").count() >= READERS / 2:
                    others_after = time.monotonic() - began
            took = time.monotonic() - began
        finally:
            for pid in senders:
                os.kill(pid, signal.SIGKILL)
                forked.end(pid)
        arrived = sink.counted()
    stalled, slow = (Delivery.objects.get(address__email__startswith=each) for each in (STALLED, SLOW))
    with capsys.disabled():
        print(
            f"\n{READERS} readers, at 1/{FASTER} of the times: half were accepted after {others_after:.1f} s, while one connection stood "
            f"still; the run was done after {took:.1f} s: {len(arrived)} arrived, none twice; {slow.address.email}: {slow.state}; "
            f"{stalled.address.email}: {stalled.state}, {stalled.reason}"
        )
    assert (slow.state, slow.reason, slow.attempts) == ("accepted", "", 1)
    assert (stalled.state, stalled.reason, stalled.attempts) == ("accepted", FOUND, 1)
    assert len(arrived) == READERS
    assert max(arrived.values()) == 1
    assert others_after is not None


def send(limits):
    while True:
        send_due(
            clock=timezone.now, limits=limits, for_at_most=timedelta(seconds=25), lease=timedelta(seconds=max(0.8, 60 / FASTER))
        )
        time.sleep(0.05)
