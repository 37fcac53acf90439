"""`make bench`: requests per second and p99 of the hot pages, for a visitor and for members, beside three limits of the machine
in the same run.

Runs on services and data of its own (var/bench-50000: a town of 200,000 posts and 50,000 responses to a consultation, built once
in some minutes), so that a running Plenary is not touched. The client shares the machine with the server: read the ratios, not
the rates. `BENCH_SECONDS` a row (5); `BENCH_ONLY` measures the limits and the rows whose names hold these words;
`BENCH_RESPONSES` for another town, in a `PLENARY_VAR` of its own.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("PLENARY_VAR", str(ROOT / "var" / "bench-50000"))
os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
os.environ["PLENARY_COLLECTED"] = "true"

import django  # noqa: E402

from config.embedded.crew import WEB_PROCESSES, WEB_THREADS  # noqa: E402
from config.embedded.places import Places  # noqa: E402
from config.embedded.services import hold  # noqa: E402

if TYPE_CHECKING:
    from bench.load import Measured
    from bench.scenarios import Scenario

STEP = 5_000
"""Bytes: limits are measured for sizes as close as this."""
RESPONDENTS = int(os.environ.get("BENCH_RESPONSES", "50000"))


def main() -> None:
    seconds = float(os.environ.get("BENCH_SECONDS", "5"))
    with hold(Places.of(Path(os.environ["PLENARY_VAR"]))):
        django.setup()
        prepare()
        with server() as base:
            report(base, seconds)


def prepare() -> None:
    from django.core.management import call_command
    from django.db import connection

    from accounts.models import User
    from bench import answering

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not User.objects.exists():
        call_command("seed_town", members=RESPONDENTS * 3, topics=10_000, posts=200_000, responses=RESPONDENTS, verbosity=0)
    answering.prepare()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # a column that a migration added has no statistics


@contextmanager
def server() -> Iterator[str]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [
            *granian, "--workers", WEB_PROCESSES, "--blocking-threads", WEB_THREADS, "--blocking-threads-idle-timeout", "600",
            "--no-access-log", "--log-level", "error", "config.wsgi:application",
        ],
        cwd=ROOT, env=os.environ | {"SITE_URL": base},
    )  # fmt: skip
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield base
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def report(base: str, seconds: float) -> None:
    from bench.scenarios import ORM, scenarios

    only = os.environ.get("BENCH_ONLY", "")
    wanted = [one for one in scenarios(base) if one.name == ORM or only in one.name]
    told = Report(base, seconds)
    for one in wanted:
        if not one.body:
            told.run(one, 1)
    print(f"\n{'page':<44}{'req./s':>9}{'p99 ms':>9}{'median':>9}{'bytes':>9}  of its limit")
    for one in wanted:
        told.row(one)
    told.spreads()
    told.counts(only)
    print(f"\n8 connections kept alive, {seconds:g} s a row, server (2 processes) and client on {os.cpu_count()} cores.")


class Report:
    """Each row beside its limit and its aim. What is limited by its bytes is measured beside as many, in steps of STEP."""

    def __init__(self, base: str, seconds: float) -> None:
        self._base, self._seconds = base, seconds
        self._rates: dict[str, float] = {}
        self._alike: dict[str, list[float]] = {}

    def run(self, one: "Scenario", seconds: float) -> "Measured":
        from bench.load import measure

        return measure(one.name, one.urls, cookies=one.cookies, body=one.body, connections=one.connections, seconds=seconds)

    def row(self, one: "Scenario") -> None:
        row = self.run(one, self._seconds)
        self._rates[one.name] = row.rate
        judged = []
        if one.beside:
            name, rate = self._limit(one, row.size)
            judged.append(f"{row.rate / rate:.2f} of {name}{_kept(row.rate / rate, one.share)}")
        if one.rate:
            judged.append(f"aim {one.rate:g}/s{_kept(row.rate, one.rate)}")
        if one.like:
            self._alike.setdefault(one.like, []).append(row.rate)
        _tell(row, ", ".join(judged))

    def spreads(self) -> None:
        from bench.scenarios import ALIKE

        for name, found in self._alike.items():
            spread = max(found) / min(found)
            print(f"{name}: equal within {spread:.2f} (aim {ALIKE}){_kept(ALIKE, spread)}")

    def counts(self, only: str) -> None:
        """In this process: seconds each, the slowest of three, and statements."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        from bench import answering

        for name, count in answering.counts().items():
            if only not in name:
                continue
            took = list[float]()
            for _ in range(3):
                with CaptureQueriesContext(connection) as seen:
                    began = time.perf_counter()
                    count()
                    took.append(time.perf_counter() - began)
            print(f"{name}: {min(took):.2f} to {max(took):.2f} s, {len(seen)} statements", flush=True)

    def _limit(self, one: "Scenario", size: int) -> tuple[str, float]:
        from bench.load import measure
        from bench.scenarios import CACHED, FIXED

        if one.beside != CACHED:
            return one.beside, self._rates[one.beside]
        steps = max(1, round(size / STEP)) * STEP
        for kind, path in ((FIXED, "fixed"), (CACHED, "cached")):
            name = f"{kind}, {steps // 1000} kB"
            if name not in self._rates:
                body_in_cache(steps)
                row = measure(name, f"{self._base}/bench/{path}/{steps}/", seconds=self._seconds)
                self._rates[name] = row.rate
                _tell(row)
        return name, self._rates[name]


def _tell(row: "Measured", judged: str = "") -> None:
    print(f"{row.name:<44}{row.rate:>9.0f}{row.p99:>9.1f}{row.median:>9.1f}{row.size:>9}  {judged}", flush=True)


def body_in_cache(size: int) -> None:
    from django.core.cache import cache

    from bench.urls import body_key

    cache.set(body_key(size), b"x" * size, 3600)


def _kept(value: float, aim: float) -> str:
    return "" if not aim else " kept" if value >= aim else " NOT kept"


if __name__ == "__main__":
    main()
