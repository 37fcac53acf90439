"""`python -m bench.weekly`: an edition to 150,851 readers, 30 in a hundred of them members of 300 visibility classes who follow
topics with news; what it costs, and what everybody else notices of it.

Three rows, each on a database made for it, over two senders to the counting sink:
the whole run from materialise to balanced books (aim: 105 s on two cores); what a mail with a new password takes from its asking
to its arrival while a run goes out as fast as it can (aim: 95 in 100 within 2 s); and pages for 10 requests a second before a
run and beside one that goes at the 50 a second which providers usually allow (aim: p95 within 10 %).
`BENCH_SUBSCRIBERS` (150,851), `BENCH_SECONDS` a measure of pages (60). Client, server and sink share the machine.
"""

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
os.environ["PLENARY_VAR"] = tempfile.mkdtemp(prefix="bench-weekly-")
os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
os.environ["PLENARY_COLLECTED"] = "true"

import django  # noqa: E402

from config.embedded.places import Places  # noqa: E402
from config.embedded.services import hold  # noqa: E402

SUBSCRIBERS: Final = int(os.environ.get("BENCH_SUBSCRIBERS", "150851"))
SECONDS: Final = float(os.environ.get("BENCH_SECONDS", "60"))
ACCOUNTS, CLASSES = 30, 300
PAGES_A_SECOND: Final = 10
RESETS: Final = 40
PACE: Final = 50
"""Messages a second that a provider usually allows."""


def main() -> None:
    places = Places.of(Path(os.environ["PLENARY_VAR"]))
    try:
        with ExitStack() as stack:
            stack.enter_context(hold(places))
            whole_run()
            from mail.sink import running

            sink = stack.enter_context(running(places.var / "record"))
            os.environ["SMTP_URL"] = sink.url
            os.environ["WEEKLY_CANARY_FROM"] = "1000000000"  # nobody ticks here, so nobody would end a canary
            django.setup()
            beside_a_run(sink)
    finally:
        for folder in (places.sockets, places.base, places.var):
            shutil.rmtree(folder, ignore_errors=True)


def whole_run() -> None:
    """The drill's own line, in words."""
    argv = ["manage.py", "weekly_drill", "--subscribers", str(SUBSCRIBERS), "--json"]
    argv += ["--accounts", str(ACCOUNTS), "--classes", str(CLASSES)]
    done = subprocess.run([sys.executable, *argv], cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    took = told["seconds"]
    print(f"\n{SUBSCRIBERS:,} readers, {ACCOUNTS} % members of {CLASSES} classes with parts of their own")
    print(
        f"materialise {took['materialise']:.1f} s, render {took['render']:.1f} s, send {took['send']:.1f} s: {told['rate']:.0f}/s"
    )
    print(
        f"whole run {took['total']:.1f} s, {told['duplicates']} twice, {told['lost']} lost{_judged(took['total'] <= 105)}",
        flush=True,
    )


def beside_a_run(sink: Any) -> None:
    from django.core.management import call_command
    from django.utils import timezone

    from bench.__main__ import server
    from digest.management.inventing import cut_edition, invent_accounts, invent_readers
    from digest.ticking import tick

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    now = timezone.now()
    many = max(20_000, SUBSCRIBERS // 3)
    invent_readers(many, due=now.replace(second=0, microsecond=0) - timedelta(minutes=1))
    invent_accounts(many * ACCOUNTS // 100, classes=CLASSES, at=now)
    cut_edition(at=now)
    tick(at=timezone.now())
    with server() as base, critical_worker():
        pages(base, 3)
        quiet = pages(base, SECONDS)
        with senders(rate=PACE):
            paced = pages(base, SECONDS)
        change = _p95(paced) / _p95(quiet) - 1
        told = f"p95 {_p95(quiet):.1f} ms alone, {_p95(paced):.1f} ms beside {PACE} mails/s: {change:+.0%}"
        print(f"\npages at {PAGES_A_SECOND}/s: {told}", end="")
        print(_judged(change <= 0.1), flush=True)
        resets(sink)  # the first of a worker's life is not counted
        before = len(sink.arrivals())
        with senders(rate=0):
            times = resets(sink)
            sent = len(sink.arrivals()) - before
        print(
            f"a new password while {sent:,} mails went out: median {statistics.median(times):.2f} s, p95 {_p95(times):.2f} s",
            end="",
        )
        print(_judged(_p95(times) <= 2), flush=True)


def pages(base: str, seconds: float) -> list[float]:
    """Milliseconds of pages asked for at an even pace, counted from when each was due."""
    times: list[float] = []
    began, step = time.perf_counter(), 1 / PAGES_A_SECOND

    def ask(due: float) -> None:
        with urllib.request.urlopen(f"{base}/forum/", timeout=30) as answer:
            answer.read()
        times.append((time.perf_counter() - due) * 1000)

    _paced(ask, count=int(seconds * PAGES_A_SECOND), step=step, began=began)
    return times


def resets(sink: Any) -> list[float]:
    """Seconds from the commit of somebody's wish for a new password to its mail at the server, twice a second."""
    from django.utils import timezone

    from accounts.models import User
    from mail.models import Address
    from mail.outbox import queue_mail

    began = time.time()
    asked: dict[str, float] = {}
    for number, user in enumerate(User.objects.order_by("-pk")[:RESETS]):
        address = Address.objects.get(account=user)
        queue_mail(
            address, kind="accounts.reset_password", key=f"reset:{began}:{number}", params={"user": user.pk}, at=timezone.now()
        )
        asked[address.email] = time.time()
        time.sleep(0.5)
    for _ in range(600):
        came = {each.recipient: each.at for each in sink.arrivals() if each.message_id.startswith("<m.") and each.at >= began}
        if asked.keys() <= came.keys():
            return [came[email] - at for email, at in asked.items()]
        time.sleep(0.1)
    raise RuntimeError(f"{len(asked.keys() - came.keys())} mails for a new password did not arrive within a minute")


def _paced(ask: Callable[[float], None], *, count: int, step: float, began: float) -> None:
    threads = []
    for number in range(count):
        due = began + number * step
        time.sleep(max(0.0, due - time.perf_counter()))
        threads.append(threading.Thread(target=ask, args=[due]))
        threads[-1].start()
    for thread in threads:
        thread.join()


@contextmanager
def critical_worker() -> Iterator[None]:
    """A worker of Celery's for mail that cannot wait, as `up` starts one."""
    argv = [sys.executable, "-m", "celery", "-q", "-A", "config.celery", "worker", "--queues", "critical", "--concurrency", "1"]
    process = subprocess.Popen([*argv, "--without-gossip", "--without-mingle", "--loglevel", "error"], cwd=ROOT)
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


@contextmanager
def senders(*, rate: int) -> Iterator[None]:
    """Two that send for as long as the block lasts, at most so many a second (0: as fast as they can)."""
    pools = {"digest": {"rate": rate}}
    argv = [sys.executable, "-c", "from bench.weekly import send_on; send_on()"]
    told = os.environ | {"SMTP_POOLS": json.dumps(pools), "BENCH_VAR": os.environ["PLENARY_VAR"]}
    crowd = [subprocess.Popen(argv, cwd=ROOT, env=told, stdin=subprocess.PIPE) for _ in range(2)]
    time.sleep(4)  # they load Django
    try:
        yield
    finally:
        for each in crowd:
            assert each.stdin is not None
            each.stdin.close()
        for each in crowd:
            each.wait(60)


def send_on() -> None:
    """Until nobody listens to us any more."""
    shutil.rmtree(os.environ["PLENARY_VAR"], ignore_errors=True)  # made by the import above
    os.environ["PLENARY_VAR"] = os.environ["BENCH_VAR"]
    django.setup()
    from django.utils import timezone

    from digest.sending import Press, send_due
    from mail.delivery import CHUNK

    over, press = threading.Event(), Press()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    while not over.is_set():
        if not send_due(clock=timezone.now, for_at_most=CHUNK, press=press):
            time.sleep(0.5)


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[18]


def _judged(is_kept: bool) -> str:
    return "  aim kept" if is_kept else "  aim NOT kept"


if __name__ == "__main__":
    main()
