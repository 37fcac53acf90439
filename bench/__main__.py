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

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("PLENARY_VAR", str(ROOT / "var" / "bench-50000"))
os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
os.environ["PLENARY_COLLECTED"] = "true"

import django  # noqa: E402

from config.embedded.crew import WEB_PROCESSES, WEB_THREADS  # noqa: E402
from config.embedded.places import Places  # noqa: E402
from config.embedded.services import hold  # noqa: E402

RESPONDENTS = int(os.environ.get("BENCH_RESPONSES", "50000"))


def main() -> None:
    seconds = float(os.environ.get("BENCH_SECONDS", "5"))
    with hold(Places.of(Path(os.environ["PLENARY_VAR"]))):
        django.setup()
        prepare()
        with server() as base:
            report(base, seconds)


def prepare() -> None:
    from django.core.cache import cache
    from django.core.management import call_command
    from django.db import connection

    from accounts.models import User
    from bench import answering
    from bench.urls import BODY_KEY, SIZE

    call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not User.objects.exists():
        call_command("seed_town", members=RESPONDENTS * 3, topics=10_000, posts=200_000, responses=RESPONDENTS, verbosity=0)
    answering.prepare()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # a column that a migration added has no statistics
    cache.set(BODY_KEY, b"x" * SIZE, 3600)


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
    from bench.load import Measured, measure
    from bench.scenarios import Scenario, scenarios

    only = os.environ.get("BENCH_ONLY", "")
    wanted = [one for one in scenarios(base) if (not one.beside and not one.body) or only in one.name]

    def run(one: Scenario, seconds: float) -> Measured:
        return measure(one.name, one.urls, cookies=one.cookies, body=one.body, connections=one.connections, seconds=seconds)

    for one in wanted:
        if not one.body:
            run(one, 1)
    rates: dict[str, float] = {}
    print(f"\n{'page':<42}{'requests/s':>11}{'p99 ms':>9}{'median':>9}{'bytes':>9}  of its limit")
    for one in wanted:
        row = run(one, seconds)
        rates[one.name] = row.rate
        share = f"{row.rate / rates[one.beside]:.2f} of {one.beside}" if one.beside else ""
        print(f"{row.name:<42}{row.rate:>11.0f}{row.p99:>9.1f}{row.median:>9.1f}{row.size:>9}  {share}", flush=True)
    print(f"\n8 connections kept alive, {seconds:g} s a row, server (2 processes) and client on {os.cpu_count()} cores.")


if __name__ == "__main__":
    main()
