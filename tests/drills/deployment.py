"""Plenary as it is deployed, as far as the weekly needs it: a Valkey of its own, workers and beats as processes, a mail server that
counts, a web server. Each can be stopped, killed and started again."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis

from config.embedded import programs
from config.embedded.places import Places
from tests.browser.site import ROOT, database_url_of_the_tests
from tests.drills import forked


class Valkey:
    """Keeps nothing on disk, as ours."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "valkey.sock"
        self._program = programs.find(Places.of(folder)).valkey
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, db: int) -> str:
        return f"unix://{self._socket}?db={db}"

    @property
    def client(self) -> "redis.Redis":
        return redis.Redis(unix_socket_path=str(self._socket))

    def start(self) -> None:
        # fmt: off
        self._process = subprocess.Popen(
            [self._program, "--port", "0", "--unixsocket", self._socket, "--save", "", "--appendonly", "no", "--loglevel", "warning",
             "--dir", self._socket.parent], stdout=subprocess.DEVNULL,
        )
        # fmt: on
        forked.wait_for(self._answers)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False


@dataclass(frozen=True)
class Deployment:
    """`environ` is what each of its processes is told; `folder` is where beats keep their schedules and all their logs."""

    environ: Mapping[str, str]
    folder: Path

    @contextmanager
    def running(self, name: str, *command: str) -> Iterator["subprocess.Popen[bytes]"]:
        """`python -m command`, until the end of the block; then it is killed, where it still runs."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=dict(self.environ), stdout=log, stderr=log, start_new_session=True
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    @contextmanager
    def kept_running(self, name: str, *command: str) -> Iterator[list[int]]:
        """The same, started again whenever it ends, as `up` and docker-compose.yml do. Gives the exit codes so far."""
        over, codes = threading.Event(), list[int]()

        def keep() -> None:
            while not over.is_set():
                with self.running(name, *command) as process:
                    while process.poll() is None and not over.is_set():
                        time.sleep(0.05)
                    if not over.is_set():
                        codes.append(process.returncode)
                over.wait(0.5)

        thread = threading.Thread(target=keep)
        thread.start()
        try:
            yield codes
        finally:
            over.set()
            thread.join()

    def worker(self, name: str, *, queues: str = "digest_plan,digest_send"):
        return self.running(name, *self.worker_command(name, queues))

    def worker_command(self, name: str, queues: str = "digest_plan,digest_send") -> tuple[str, ...]:
        # fmt: off
        return (
            "celery", "-q", "-A", "config.celery", "worker", "--queues", queues, "--hostname", f"{name}@%h", "--concurrency", "2",
            "--without-gossip", "--without-mingle", "--loglevel", "info",
        )
        # fmt: on

    def beat(self, name: str):
        schedule = str(self.folder / f"{name}.schedule")
        told = ("--schedule", schedule, "--pidfile", "", "--loglevel", "info")
        return self.kept_running(name, "celery", "-q", "-A", "config.celery", "beat", *told)

    def web(self, name: str, port: int):
        # fmt: off
        return self.running(
            name, "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "2",
            "--log-level", "warning", "config.wsgi:application",
        )
        # fmt: on

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")


def deployment(valkey: Valkey, folder: Path, *, smtp_url: str, speed: float, database_url: str = "", **more: str) -> Deployment:
    told = {
        "DATABASE_URL": database_url or database_url_of_the_tests(),
        "REDIS_URL": valkey.url(0),
        "CACHE_URL": valkey.url(1),
        "SMTP_URL": smtp_url,
        "SMTP_POOLS": "{}",
        "PLENARY_SPEED": str(speed),
        "WEEKLY_CANARY_FROM": "1000000",
        "PYTHONPATH": str(ROOT),
        "SKIP_CHECKS": "1",
        "KEPT_IS_COMPARED": "false",
        "ALLOWED_HOSTS": "127.0.0.1",
    }
    return Deployment({**os.environ, **told, **more}, folder)
