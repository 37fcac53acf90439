"""`python -m bench.one_click`: the unsubscribe button of a mail program, as RFC 8058 has it: one POST, no cookie, no redirect.
Each is of another reader of a run that is going out, over a new connection, and takes their letter out of it.

Aims: 100 ms at most, 50 ms for 95 in 100. Services and data of its own, made anew; client and server share the machine.
`BENCH_CLICKS` (500), one after the other and four at once, each beside a view that does nothing.
"""

import http.client
import os
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

os.environ["PLENARY_VAR"] = tempfile.mkdtemp(prefix="bench-one-click-")
os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
os.environ["PLENARY_COLLECTED"] = "true"

import django

from config.embedded.places import Places
from config.embedded.services import hold

CLICKS: Final = int(os.environ.get("BENCH_CLICKS", "500"))
CLICKERS: Final = (1, 4)
FORM: Final = b"List-Unsubscribe=One-Click"
HEADERS: Final = {"Content-Type": "application/x-www-form-urlencoded"}


def main() -> None:
    places = Places.of(Path(os.environ["PLENARY_VAR"]))
    try:
        with hold(places):
            django.setup()
            report()
    finally:
        for folder in (places.sockets, places.base, places.var):
            shutil.rmtree(folder, ignore_errors=True)


def report() -> None:
    """Its row alone."""
    from bench.__main__ import server
    from digest.models import Delivery, Subscription

    links = prepare()
    print(f"\n{'one-click unsubscribe':<42}{'median ms':>11}{'p95 ms':>9}{'p99 ms':>9}{'slowest':>9}")
    with server() as base:
        for link in links[:50]:
            click(base, link)
        for number, at_once in enumerate(CLICKERS):
            row(f"a bare view, {at_once} at once", clicks(base, ["/bench/fixed/"] * CLICKS, at_once))
            row(f"POST, {at_once} at once", clicks(base, links[50 + number * CLICKS :][:CLICKS], at_once), is_judged=True)
    ended = Subscription.objects.filter(state="ended").count()
    out = Delivery.objects.filter(state="suppressed", reason="left the weekly").count()
    assert ended == out == len(links), "each click ended a subscription and took its letter out of the run"


def row(name: str, times: Sequence[float], *, is_judged: bool = False) -> None:
    told, slowest = statistics.quantiles(times, n=100), max(times)
    kept = "" if not is_judged else "  aims kept" if told[94] <= 50 and slowest <= 100 else "  aims NOT kept"
    print(f"{name:<42}{told[49]:>11.1f}{told[94]:>9.1f}{told[98]:>9.1f}{slowest:>9.1f}{kept}", flush=True)


def prepare() -> list[str]:
    """A run that is going out; the path in each letter's List-Unsubscribe."""
    from django.core.management import call_command
    from django.utils import timezone

    from digest.management.inventing import cut_edition, invent_readers
    from digest.models import CapabilityToken
    from digest.ticking import tick
    from digest.tokens import secret_of

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    now = timezone.now()
    invent_readers(CLICKS * len(CLICKERS) + 50, due=now.replace(second=0, microsecond=0) - timedelta(minutes=1))
    cut_edition(at=now)
    tick(at=timezone.now())
    keys = CapabilityToken.objects.filter(scope="unsubscribe", delivery__isnull=False).order_by("delivery")
    return [f"/weekly/m/{secret_of(key)}/" for key in keys]


def clicks(base: str, links: Sequence[str], at_once: int) -> list[float]:
    """Milliseconds of each."""
    times: list[float] = []

    def work(mine: Sequence[str]) -> None:
        times.extend(click(base, link) for link in mine)

    threads = [threading.Thread(target=work, args=(links[number::at_once],)) for number in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def click(base: str, link: str) -> float:
    began = time.perf_counter()
    line = http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)
    if link.startswith("/bench/"):
        line.request("GET", link)
    else:
        line.request("POST", link, FORM, HEADERS)
    answer = line.getresponse()
    answer.read()
    line.close()
    took = (time.perf_counter() - began) * 1000
    if answer.status != 200:
        raise RuntimeError(f"{link}: {answer.status}")
    return took


if __name__ == "__main__":
    main()
