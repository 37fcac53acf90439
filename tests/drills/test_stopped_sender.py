"""A sender that stands still for longer than its lease (SIGSTOP) while another does its work, and wakes up: it sends at most the
message that it had begun. Small with every test run, at real size by `make drill`."""

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
MESSAGES, ROUNDS = (1_500, 5) if os.environ.get("PLENARY_DRILL") else (90, 1)


@pytest.mark.django_db(transaction=True)
def test_who_wakes_up_sends_nothing_that_another_took(tmp_path, settings, capsys):
    settings.MAIL_KINDS = settings.MAIL_KINDS | {"accounts.unknown_account": "accounts.mails.UnknownAccount"}
    address, now = addresses.address_for("everybody@example.org", at=timezone.now()), timezone.now()
    told = {"kind": "accounts.unknown_account", "lane": "critical", "created_at": now}
    Mail.objects.bulk_create(Mail(address=address, key=f"drill:{number}", **told) for number in range(MESSAGES))
    with running(tmp_path / "record", Behaviour(delay=0.02)) as sink:
        own = {"DATABASE_URL": database_url_of_the_tests(), "SMTP_URL": sink.url, "DRILL_LEASE": "1", "PYTHONPATH": str(ROOT)}

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
        last = sender()
        assert last.wait(300) == 0
        for process in asleep:
            process.send_signal(signal.SIGCONT)
        for process in asleep:
            process.wait(120)
        arrived, states = sink.counted(), Counter(Mail.objects.values_list("state", flat=True))
    with capsys.disabled():
        print(f"\n{MESSAGES} messages, {ROUNDS} senders that stood still: {dict(states)}, doubled {max(arrived.values()) > 1}")
    assert max(arrived.values()) == 1, "something arrived twice"
    assert states["accepted"] + states["uncertain"] == MESSAGES
    assert states["uncertain"] <= ROUNDS
    accepted = set(Mail.objects.filter(state="accepted").values_list("message_id", flat=True))
    assert accepted <= set(arrived)
