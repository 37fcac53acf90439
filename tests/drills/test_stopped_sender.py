"""A sender that stands still for longer than its lease (SIGSTOP) while another does its work, and wakes up: it sends at most the
message that it had begun. Small with every test run; `make drill` lets them stand for ten minutes, with leases as in production."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.utils import timezone

from mail import addresses
from mail.models import Mail
from mail.sink import Behaviour, running
from tests.browser.site import database_url_of_the_tests

ROOT = Path(__file__).resolve().parents[2]
MESSAGES, ROUNDS, LEASE, STANDS_FOR = (1_500, 5, 60, 600) if os.environ.get("PLENARY_DRILL") else (90, 1, 1, 6)
"""The last two in seconds."""


@pytest.mark.django_db(transaction=True)
def test_who_wakes_up_sends_nothing_that_another_took(tmp_path, settings, capsys):
    settings.MAIL_KINDS = settings.MAIL_KINDS | {"accounts.unknown_account": "accounts.mails.UnknownAccount"}
    address, now = addresses.address_for("everybody@example.org", at=timezone.now()), timezone.now()
    told = {"kind": "accounts.unknown_account", "lane": "critical", "created_at": now}
    Mail.objects.bulk_create(Mail(address=address, key=f"drill:{number}", **told) for number in range(MESSAGES))
    with running(tmp_path / "record", Behaviour(delay=0.02)) as sink:
        own = {
            "DATABASE_URL": database_url_of_the_tests(),
            "SMTP_URL": sink.url,
            "DRILL_LEASE": str(LEASE),
            "PYTHONPATH": str(ROOT),
        }

        def sender():
            began = len(sink.arrivals())
            process = subprocess.Popen([sys.executable, "-m", "tests.drills.sender"], cwd=ROOT, env={**os.environ, **own})
            deadline = time.monotonic() + 60
            while len(sink.arrivals()) < began + 20 and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.02)
            return process

        asleep = []
        for _ in range(ROUNDS):
            process = sender()
            process.send_signal(signal.SIGSTOP)
            asleep.append(process)
        stopped, last = time.monotonic(), sender()
        assert last.wait(300) == 0
        done_after = time.monotonic() - stopped
        time.sleep(max(0, STANDS_FOR - done_after))
        stood, before = time.monotonic() - stopped, len(sink.arrivals())
        for process in asleep:
            process.send_signal(signal.SIGCONT)
        for process in asleep:
            process.wait(120)
        arrived, states = sink.counted(), Counter(Mail.objects.values_list("state", flat=True))
        woken = len(sink.arrivals()) - before
    with capsys.disabled():
        print(
            f"\n{MESSAGES} messages, leases of {LEASE} s; {ROUNDS} senders stood still for {stood:.0f} s, another did their work in "
            f"{done_after:.0f} s: {dict(states)}, doubled {max(arrived.values()) > 1}; {woken} more arrived when they woke up"
        )
    assert max(arrived.values()) == 1, "something arrived twice"
    assert states["accepted"] + states["uncertain"] == MESSAGES
    assert states["uncertain"] <= ROUNDS
    assert woken <= ROUNDS, "each at most what it had begun"
    accepted = set(Mail.objects.filter(state="accepted").values_list("message_id", flat=True))
    assert accepted <= set(arrived)
