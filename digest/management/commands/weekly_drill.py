"""An edition to invented readers, senders killed at random, counted by the mail server that took it."""

import json
import os
import random
import signal
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.models import Q
from django.test.utils import override_settings
from django.utils import timezone

from digest.actions.bodies import give_bodies
from digest.actions.reconciling import FOUND
from digest.actions.runs import materialise, plan_runs
from digest.management.forking import start
from digest.management.inventing import GROUPS, analyse, cut_edition, invent_accounts, invent_readers
from digest.models import Body, CapabilityToken, Delivery, Run
from digest.sending import Press, send_due
from digest.ticking import tick
from mail.sink import Behaviour, Running, running

BETWEEN_KILLS: Final = (0.3, 0.8)
HELD: Final = 2
"""Rows that a sender must hold before it is killed, so that it holds one still when it is dead."""
LEASE: Final = timedelta(seconds=3)
TICK: Final = 0.5
SHARE_OF_TICKS: Final = 20
"""A tick counts the run's rows. In a run of many it is followed by so many times its own length without one: beat ticks once a
minute."""
PATIENCE: Final = 1_800
"""Seconds after which a drill is given up."""


@dataclass
class Sender:
    """A process of its own; `claims` is the file in which it writes the token of each batch before it begins it."""

    pid: int
    claims: Path

    def tokens(self) -> list[UUID]:
        return [UUID(line) for line in self.claims.read_text().split()] if self.claims.exists() else []

    def holds(self) -> int:
        """Rows that it claimed and that are not through."""
        held = Delivery.objects.filter(claim_token__in=self.tokens()[-2:], state__in=("claimed", "sending"))
        return held.count()


@dataclass
class Seconds:
    materialise: float = 0
    render: float = 0
    send: float = 0
    total: float = 0


@dataclass
class Drill:
    """`kills_in_flight`: how many of the killed left a row claimed or begun."""

    kills: int = 0
    kills_in_flight: int = 0
    seconds: Seconds = field(default_factory=Seconds)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--subscribers", type=int, default=6_000)
        parser.add_argument("--kills", type=int, default=0, help="how often a sender is killed with kill -9")
        parser.add_argument("--senders", type=int, default=2, help="how many send at once")
        parser.add_argument("--accounts", type=int, default=0, help="how many in a hundred are members who follow topics")
        parser.add_argument("--classes", type=int, default=300, help="how many kinds of members there are, by what they may see")
        parser.add_argument("--seed", type=int, default=7, help="of the moments at which senders are killed")
        parser.add_argument("--json", action="store_true", help="one line of JSON, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        subscribers, kills = options["subscribers"], options["kills"]
        if subscribers < 1 or kills < 0 or options["senders"] < 1:
            raise CommandError("Ask for at least one subscriber and one sender, and for no fewer than 0 kills.")
        if not 0 <= options["accounts"] <= 100 or not 1 <= options["classes"] < 2**GROUPS:
            raise CommandError(f"Ask for 0 to 100 accounts in a hundred readers, of 1 to {2**GROUPS - 1} kinds.")
        with (
            tempfile.TemporaryDirectory() as folder,
            database_of_its_own(),
            running(Path(folder) / "record") as sink,
            override_settings(
                SMTP_URL=sink.url,
                SMTP_POOLS={},
                WEEKLY_EVIDENCE="digest.evidence.Record",
                WEEKLY_EVIDENCE_AT=str(sink.record),
                WEEKLY_DOUBT_MINUTES=settings.SPEED * 3 / 60,
                WEEKLY_CANARY_MINUTES=0,
                WEEKLY_SEEDS=[],
            ),
        ):
            asked = {name: options[name] for name in ("subscribers", "kills", "senders", "seed", "accounts", "classes")}
            drill = hold_drill(sink, Path(folder), **asked)
            told = report(drill, sink, subscribers=subscribers)
        self.stdout.write(json.dumps(told) if options["json"] else in_words(told))
        wrong = verdict(told, kills=kills)
        if wrong:
            raise CommandError(wrong)


@contextmanager
def database_of_its_own() -> Iterator[None]:
    """Nothing of what is there is touched."""
    was = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"{was}_drill_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(was, verbosity=0)


def hold_drill(
    sink: Running, folder: Path, *, subscribers: int, kills: int, senders: int, seed: int, accounts: int = 0, classes: int = 300
) -> Drill:
    """Materialise, render, send and reconcile, until the books balance."""
    drill, dice, now = Drill(), random.Random(seed), timezone.now()  # noqa: S311 - a drill that can be repeated
    due = now.replace(second=0, microsecond=0)
    invent_readers(subscribers, due=due)
    if accounts:
        invent_accounts(subscribers * accounts // 100, classes=classes, at=now)
    cut_edition(at=now)
    began = time.monotonic()
    (run,) = plan_runs(at=timezone.now())
    materialise(run)
    drill.seconds.materialise = time.monotonic() - began
    run.refresh_from_db()
    analyse(Delivery)
    before = time.monotonic()
    helper = start(partial(give_bodies, run, at=timezone.now()))  # as the task that a tick wakes
    give_bodies(run, at=timezone.now())
    os.waitpid(helper, 0)
    drill.seconds.render = time.monotonic() - before
    analyse(Delivery, Body, CapabilityToken)
    if kills:  # slow enough that the run outlasts them
        sink.behave(Behaviour(delay=min(1.0, kills * 1.5 * senders / subscribers)))
    before = time.monotonic()
    _send(run, drill, sink, folder, dice=dice, kills=kills, senders=senders)
    drill.seconds.send = time.monotonic() - before
    drill.seconds.total = time.monotonic() - began
    return drill


def _send(run: Run, drill: Drill, sink: Running, folder: Path, *, dice: random.Random, kills: int, senders: int) -> None:
    crowd: list[Sender] = []
    next_tick, next_kill, number = 0.0, time.monotonic() + dice.uniform(*BETWEEN_KILLS), 0
    over = time.monotonic() + PATIENCE
    try:
        while True:
            now = time.monotonic()
            crowd = [sender for sender in crowd if os.waitpid(sender.pid, os.WNOHANG) == (0, 0)]
            while len(crowd) < senders:
                number += 1
                crowd.append(_started(folder / f"claims-{number}"))
            if now >= next_tick:
                tick(at=timezone.now())
                next_tick = time.monotonic() + max(TICK, SHARE_OF_TICKS * (time.monotonic() - now))
                run.refresh_from_db()
            if run.state in (Run.State.DONE, Run.State.ABORTED, Run.State.PAUSED) or now > over:
                return
            if drill.kills < kills and now >= next_kill:  # drawn anew also where nobody was killed: not the moment of a claim
                next_kill = time.monotonic() + dice.uniform(*BETWEEN_KILLS)
                if _killed(dice.choice(crowd), drill) and drill.kills == kills:
                    sink.behave(Behaviour())
            time.sleep(0.01)
    finally:
        for sender in crowd:
            os.kill(sender.pid, signal.SIGKILL)
            os.waitpid(sender.pid, 0)


def _started(claims: Path) -> Sender:
    """A sender, forked."""
    return Sender(start(partial(_work, claims)), claims)


def _work(claims: Path) -> None:
    """What a task does once a minute, again and again."""
    with claims.open("w") as file:

        def note(rows: Any) -> None:
            file.write(f"{rows[0].claim_token}\n")
            file.flush()

        press = Press()
        while True:
            send_due(clock=timezone.now, lease=LEASE, press=press, on_claim=note)
            time.sleep(0.05)


def _killed(sender: Sender, drill: Drill) -> bool:
    """kill -9, if it is in the middle of something: it is stopped first, looked at, and let go on where it is not."""
    os.kill(sender.pid, signal.SIGSTOP)
    if sender.holds() < HELD:
        os.kill(sender.pid, signal.SIGCONT)
        return False
    os.kill(sender.pid, signal.SIGKILL)
    os.waitid(os.P_PID, sender.pid, os.WEXITED | os.WNOWAIT)
    drill.kills += 1
    drill.kills_in_flight += sender.holds() > 0
    return True


def report(drill: Drill, sink: Running, *, subscribers: int) -> dict[str, Any]:
    """What arrived is counted from the sink's record; what was in doubt, from ours."""
    arrived = sink.arrivals()
    names = {each.message_id for each in arrived}
    doubtful = Delivery.objects.filter(Q(state="uncertain") | Q(reason=FOUND) | Q(resent_at__isnull=False))
    (run,) = Run.objects.all()
    expected = set(Delivery.objects.exclude(state__in=("suppressed", "cancelled")).values_list("address__email", flat=True))
    return {
        "subscribers": subscribers,
        "accepted": Delivery.objects.filter(state="accepted").count(),
        "distinct": len(names),
        "duplicates": len(arrived) - len(names),
        "lost": len(expected - {each.recipient for each in arrived}) + subscribers - Delivery.objects.count(),
        "uncertain": doubtful.count(),
        "reconciled": doubtful.filter(state="accepted").count(),
        "kills": drill.kills,
        "kills_in_flight": drill.kills_in_flight,
        "seconds": {name: round(value, 3) for name, value in vars(drill.seconds).items()},
        "rate": round(len(names) / drill.seconds.send, 1) if drill.seconds.send else 0.0,
        "run": {"state": run.state, **run.counts},
    }


def verdict(told: dict[str, Any], *, kills: int) -> str:
    """What speaks against the run; empty where nothing does."""
    run = told["run"]
    checks = {
        f"{told['kills']} senders were killed instead of {kills}": told["kills"] != kills,
        "a killed sender held nothing": told["kills"] != told["kills_in_flight"],
        f"{told['duplicates']} arrived twice": told["duplicates"] > 0,
        f"{told['lost']} did not arrive": told["lost"] > 0,
        f"more were uncertain ({told['uncertain']}) than senders were killed": told["uncertain"] > told["kills"],
        f"the run is {run['state']}": run["state"] != Run.State.DONE,
        "the run counts otherwise than the mail server": run.get("accepted", 0) != told["distinct"],
    }
    return "; ".join(sentence for sentence, wrong in checks.items() if wrong)


def in_words(told: dict[str, Any]) -> str:
    seconds = told["seconds"]
    return (
        f"{told['subscribers']:,} subscribers, {told['kills']} kills ({told['kills_in_flight']} in flight): "
        f"{told['distinct']:,} arrived, {told['duplicates']} twice, {told['lost']} lost; "
        f"{told['uncertain']} uncertain, {told['reconciled']} of them reconciled.\n"
        f"Materialised in {seconds['materialise']} s, rendered in {seconds['render']} s, sent in {seconds['send']} s "
        f"({told['rate']} a second), {seconds['total']} s in all. The run is {told['run']['state']}."
    )
