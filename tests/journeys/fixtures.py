"""`post_office` and `worker`: what a journey needs beside the site, as real processes."""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from common.models import Heartbeat
from tests.browser.site import Site, process
from tests.mail.sink import Server, Sink

PATIENCE = 120.0


@pytest.fixture
def post_office() -> Iterator[Sink]:
    """A real SMTP server on a port of its own."""
    sink = Sink()
    server = Server(sink)
    server.start()
    yield sink
    server.stop()


@pytest.fixture
def worker(site: Site, post_office: Sink) -> Iterator[None]:
    """A Celery worker process for every queue, with its beat, on the site's database; mail goes to `post_office`.

    Ends before the database is emptied. Has done a real task before the test begins.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = ["celery", "-A", "config.celery", "worker", "--beat", "--schedule", str(Path(folder) / "beat")]
        queues = "critical,notify,inbound,digest_plan,digest_send,maintenance"
        command += ["--concurrency", "1", "--queues", queues, "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
        with process(command, {**site.environ, "SMTP_URL": post_office.url}):
            eventually(lambda: Heartbeat.objects.filter(name="worker").exists())
            yield


def eventually(holds: Callable[[], object], *, within: float = PATIENCE) -> object:
    """The first truthy answer of `holds`; fails with its name where there is none in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        answer = holds()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"not within {within:g} s: {holds}")
