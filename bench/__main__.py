"""`make bench`: requests per second and p99 of home and topic, for a visitor and a member, beside a bare view and a cached body.

Runs on services and data of its own (var/bench), so that a running Plenary is not touched. The client shares the machine with
the server: read the ratios, not the rates.
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
os.environ.setdefault("PLENARY_VAR", str(ROOT / "var" / "bench"))
os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
os.environ["PLENARY_COLLECTED"] = "true"

import django  # noqa: E402

from config.embedded.places import Places  # noqa: E402
from config.embedded.services import hold  # noqa: E402


def main() -> None:
    seconds = float(os.environ.get("BENCH_SECONDS", "5"))
    with hold(Places.of(Path(os.environ["PLENARY_VAR"]))):
        django.setup()
        prepare()
        with server() as base:
            report(base, seconds)


def prepare() -> None:
    from django.core.management import call_command

    from accounts.models import User

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not User.objects.exists():
        call_command("seed_demo", verbosity=0)


@contextmanager
def server() -> Iterator[str]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [*granian, "--workers", "2", "--no-access-log", "--log-level", "error", "config.wsgi:application"],
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
    from django.core.cache import cache

    from bench.load import measure
    from bench.urls import BODY_KEY
    from forum.models import Topic

    topic = Topic.objects.filter(category__access="public").order_by("-last_number", "pk").first()
    assert topic is not None
    page, member = base + topic.get_absolute_url(), session()
    cache.set(BODY_KEY, "x" * 40_000, 600)
    targets = [
        ("bare view", base + "/bench/bare/", ""),
        ("cached body of 40 kB", base + "/bench/cached/", ""),
        ("home, visitor", base + "/", ""),
        ("home, member", base + "/", member),
        (f"topic of {topic.last_number} posts, visitor", page, ""),
        (f"topic of {topic.last_number} posts, member", page, member),
    ]
    for _, url, cookie in targets:
        measure("warm", url, cookie=cookie, seconds=1)
    rows = [measure(name, url, cookie=cookie, seconds=seconds) for name, url, cookie in targets]
    print(f"\n{'page':<34}{'requests/s':>11}{'of bare':>9}{'median ms':>11}{'p99 ms':>9}{'bytes':>9}")
    for row in rows:
        share = f"{row.rate / rows[0].rate:.2f}"
        print(f"{row.name:<34}{row.rate:>11.0f}{share:>9}{row.median:>11.1f}{row.p99:>9.1f}{row.size:>9}")
    print(f"\n8 connections kept alive, {seconds:g} s a page, server (2 workers) and client on {os.cpu_count()} cores.")


def session() -> str:
    """The cookie of a demo member, made as signing in makes it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.cached_db import SessionStore

    from accounts.models import User

    user = User.objects.filter(role_grants__role="member").order_by("pk").first()
    assert user is not None
    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


if __name__ == "__main__":
    main()
