"""An edition while its senders are killed: nothing twice, nothing lost, and the run's books say what the mail server says."""

import json
import os

import pytest

from digest.management.commands.weekly_drill import hold_drill, in_words, report, verdict
from mail.sink import running

REAL = bool(os.environ.get("PLENARY_DRILL"))
SUBSCRIBERS, KILLS = (6_000, 30) if REAL else (60, 2)


@pytest.mark.django_db(transaction=True)
def test_everyone_gets_the_weekly_exactly_once_whoever_is_killed(tmp_path, settings, capsys):
    record = tmp_path / "record"
    with running(record) as sink:
        settings.SMTP_URL, settings.SMTP_POOLS = sink.url, {}
        settings.WEEKLY_EVIDENCE, settings.WEEKLY_EVIDENCE_AT = "digest.evidence.Record", str(record)
        settings.WEEKLY_DOUBT_MINUTES, settings.WEEKLY_CANARY_MINUTES = settings.SPEED * 3 / 60, 0
        drill = hold_drill(sink, tmp_path, subscribers=SUBSCRIBERS, kills=KILLS, senders=2, seed=7)
        told = report(drill, sink, subscribers=SUBSCRIBERS)
    with capsys.disabled():
        print(f"\n{json.dumps(told) if REAL else in_words(told)}")
    assert verdict(told, kills=KILLS) == ""
    assert told["distinct"] == told["accepted"] == SUBSCRIBERS
    assert told["uncertain"] == told["reconciled"] <= KILLS
