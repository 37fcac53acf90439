"""A message a task, as most products send: Django builds it and opens a connection for it. What `bench.sending` sets ours beside.

Celery as it comes, but for results that nobody asks for. `running` is a worker of as many processes as ours has connections.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from celery import Celery
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from config.celery import app as plenary

ROOT: Final = Path(__file__).resolve().parents[1]
WORDS: Final = "What partners’ meetings say about shared rotas. " * 60
TEXT: Final = WORDS + "\n{leave}\n"
HTML: Final = f"<p>{WORDS}</p><a href='{{leave}}'>x</a>"
SUBJECT: Final = "The week"

app = Celery("by_task", broker=plenary.conf.broker_url, set_as_current=False)
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)


def leave_link(number: int) -> str:
    return f"https://plenary.example.org/weekly/m/{number:022d}/"


def send_by_django(url: str, number: int, *, way: str) -> None:
    """The same words as ours, to the same server."""
    link = leave_link(number)
    message = EmailMultiAlternatives(SUBJECT, TEXT.format(leave=link), "weekly@example.org", ["bench@example.org"])
    message.extra_headers["Message-ID"] = f"<{way}.{number}@example.org>"
    message.attach_alternative(HTML.format(leave=link), "text/html")
    host, port = url.removeprefix("smtp://").split(":")
    EmailBackend(host=host, port=int(port)).send_messages([message])


@app.task(name="by_task.send")
def send(url: str, number: int, way: str) -> None:
    send_by_django(url, number, way=way)


@contextmanager
def running(processes: int) -> Iterator[None]:
    """A worker that works for as long as the block lasts."""
    command = ["celery", "-A", "bench.by_task", "worker", "--concurrency", str(processes), "--loglevel", "ERROR"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    quietly = os.environ | {"PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=quietly, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)
