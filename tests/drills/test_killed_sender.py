"""kill -9 of a sender, again and again, until everything is out: nothing twice, nothing lost without being told.

`make test` runs it small; `make drill` at real size, and prints what docs/drills keeps.
"""

import os
import random
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
REAL = bool(os.environ.get("PLENARY_DRILL"))
MESSAGES, MOST_KILLS = (6_000, 30) if REAL else (40, 1)
LEASE = 1.0
DELAY = 0.004 if REAL else 0.05  # seconds before each answer, so that the run outlasts the kills
PAUSES = (0.3, 0.8)  # seconds between the start of the sending and the kill


@pytest.mark.django_db(transaction=True)
def test_nothing_goes_out_twice_and_nothing_is_lost(tmp_path, settings, capsys):
    with running(tmp_path / "record", Behaviour(delay=DELAY)) as sink:
        drill(sink, settings, capsys)


def drill(sink, settings, capsys):
    settings.MAIL_KINDS = settings.MAIL_KINDS | {"accounts.unknown_account": "accounts.mails.UnknownAccount"}
    address, now = addresses.address_for("everybody@example.org", at=timezone.now()), timezone.now()
    Mail.objects.bulk_create(
        Mail(address=address, kind="accounts.unknown_account", key=f"drill:{number}", lane="critical", created_at=now)
        for number in range(MESSAGES)
    )
    environment = {
        **os.environ,
        "DATABASE_URL": database_url_of_the_tests(), "SMTP_URL": sink.url, "DRILL_LEASE": str(LEASE), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    dice, kills, began = random.Random(7), 0, time.monotonic()
    while True:
        sent_before = len(sink.arrivals())
        sender = subprocess.Popen([sys.executable, "-m", "tests.drills.sender"], cwd=ROOT, env=environment)
        deadline = time.monotonic() + 120
        while sender.poll() is None and len(sink.arrivals()) == sent_before and time.monotonic() < deadline:
            time.sleep(0.01)
        try:
            sender.wait(dice.uniform(*PAUSES) if kills < MOST_KILLS else 600)
        except subprocess.TimeoutExpired:
            sender.kill()
            sender.wait()
            kills += 1
            continue
        assert sender.returncode == 0
        break
    took = time.monotonic() - began

    states = Counter(Mail.objects.values_list("state", flat=True))
    arrived = sink.counted()
    accepted = set(Mail.objects.filter(state="accepted").values_list("message_id", flat=True))
    uncertain = set(Mail.objects.filter(state="uncertain").values_list("message_id", flat=True))
    with capsys.disabled():
        told = f"{MESSAGES} messages, {kills} kills, {took:.0f} s: accepted {states['accepted']}, uncertain {states['uncertain']}"
        doubled, lost = sum(times > 1 for times in arrived.values()), len(accepted - set(arrived))
        print(f"\n{told}; of those {len(uncertain & set(arrived))} had arrived; doubled {doubled}, lost untold {lost}")
    assert kills >= 1
    assert max(arrived.values()) == 1, "something arrived twice"
    assert accepted <= set(arrived), "something is told as accepted that never arrived"
    assert set(arrived) <= accepted | uncertain, "something arrived that is not told"
    assert states["accepted"] + states["uncertain"] == MESSAGES, states
    assert states["uncertain"] <= kills, "at most one message is in doubt for each kill"
