"""The site as it is served: granian for pages and uvicorn for live, as processes, on the database of the tests."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection
from django.test import Client
from selenium.webdriver import Chrome

from accounts.models import User

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
INBOUND_SECRET = "what the mail server and the site share"


@dataclass(frozen=True, slots=True)
class Site:
    """Where the site answers: `url` without a slash at the end. `environ` is what a further process (a worker) needs."""

    url: str
    live_url: str
    environ: Mapping[str, str]


@contextmanager
def served(name: str = "127.0.0.1") -> Iterator[Site]:
    """The site on free ports of the loopback, for as long as the block lasts. `localhost` where passkeys are used: they belong to a
    name, never to a number."""
    page_port, live_port = free_port(), free_port()
    site = Site(f"http://{name}:{page_port}", f"ws://{name}:{live_port}/live/", {})
    environ = {
        **os.environ,
        "DATABASE_URL": database_url_of_the_tests(),
        "SITE_URL": site.url,
        "LIVE_URL": site.live_url,
        "ALLOWED_HOSTS": name,
        "INBOUND_SECRET": INBOUND_SECRET,
        "PYTHONPATH": str(ROOT),
        "KEPT_IS_COMPARED": "false",  # as it is served in production
        "SKIP_CHECKS": "1",  # as `up` starts a worker
    }
    granian = [
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(page_port),
        "--workers",
        "1",
        "--blocking-threads",
        "2",
    ]
    uvicorn = ["uvicorn", "--host", "127.0.0.1", "--port", str(live_port), "--log-level", "warning", "--lifespan", "off"]
    with ExitStack() as running:
        running.enter_context(process([*granian, "config.wsgi:application"], environ, port=page_port))
        running.enter_context(process([*uvicorn, "config.asgi:application"], environ, port=live_port))
        yield Site(site.url, site.live_url, environ)


@contextmanager
def process(command: list[str], environ: Mapping[str, str], *, port: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A Python program (`python -m …`) that runs for as long as the block lasts, with all that it starts; `port`: wait until it
    listens. One that does not end when it is asked to says where it stands."""
    running = subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-m", *command], cwd=ROOT, env=dict(environ), start_new_session=True
    )
    try:
        if port:
            wait_for_port(port, running)
        yield running
    finally:
        running.terminate()
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGABRT)
            with suppress(subprocess.TimeoutExpired):
                running.wait(2)
        with suppress(ProcessLookupError):  # Celery's beat outlives a worker that was killed
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def wait_for_port(port: int, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert running.poll() is None, f"{running.args} ended with {running.returncode}"
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listened on port {port} in {PATIENCE:g} s")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def database_url_of_the_tests() -> str:
    """The address of the database that pytest-django made for this run."""
    return urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path="/" + str(connection.settings_dict["NAME"])))


def sign_in(browser: Chrome, site: Site, user: User) -> None:
    """Give the browser a session of this person, as signing in would have."""
    client = Client()
    client.force_login(user)
    browser.get(f"{site.url}/healthz")
    browser.add_cookie(
        {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "path": "/"}
    )
