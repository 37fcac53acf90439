"""Plenary as it is deployed, as far as the weekly needs it: a Valkey of its own, Celery workers and beats, each of which can be
stopped, killed and started again. They are forked from the test, which spares them the two seconds that it takes to import us."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import redis
from django.conf import settings

from config.celery import _broker_url, app
from config.embedded import programs
from config.embedded.places import Places
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
    def broker(self) -> str:
        return _broker_url(self.url(0))

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


class Crew:
    """Workers and beats that live until the end of the block, with every time divided by `speed`. `ended`: how often one of them
    ended by itself and was started again by `tend`, as `up` and docker-compose.yml do."""

    def __init__(self, valkey: Valkey, folder: Path, *, speed: float) -> None:
        self._valkey, self._folder, self._speed = valkey, folder, speed
        self._work: dict[str, Callable[[], object]] = {}
        self._pids: dict[str, int] = {}
        self.ended = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for pid in self._pids.values():
            os.killpg(pid, signal.SIGKILL)
            forked.end(pid)

    def worker(self, name: str) -> int:
        """Its process id, when it listens."""
        # fmt: off
        pid = self._start(name, lambda: app.worker_main([
            "worker", "--queues", "digest_plan,digest_send", "--hostname", f"{name}@%h", "--concurrency", "2", "--without-gossip",
            "--without-mingle", "--loglevel", "info",
        ]))
        # fmt: on
        forked.wait_for(lambda: f"{name}@" in self.said(name) and "ready." in self.said(name))
        return pid

    def beat(self, name: str) -> int:
        beat = str(self._folder / f"{name}.schedule")
        return self._start(name, lambda: app.start(["beat", "--schedule", beat, "--pidfile", "", "--loglevel", "info"]))

    def send(self, task: str, times: int = 1) -> None:
        with app.connection_for_write(self._valkey.broker) as line:
            for _ in range(times):
                app.send_task(task, connection=line)

    def tend(self) -> None:
        for name, pid in list(self._pids.items()):
            if not forked.runs(pid):
                os.killpg(pid, signal.SIGKILL)
                forked.end(pid)
                self.ended += 1
                self._start(name, self._work[name])

    def wait_for(self, what: Callable[[], object], patience: float = 60.0) -> None:
        def tended() -> object:
            self.tend()
            return what()

        forked.wait_for(tended, patience)

    def wait_for_the_end_of(self, name: str) -> None:
        forked.end(self._pids.pop(name))

    def said(self, name: str) -> str:
        log = self._folder / f"{name}.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def _start(self, name: str, work: Callable[[], object]) -> int:
        def begin() -> None:
            os.setsid()
            log = os.open(self._folder / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(log, 1)
            os.dup2(log, 2)
            sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
            self._at_our_times()
            work()

        self._work[name] = work
        self._pids[name] = forked.start(begin)
        time.sleep(0.02)
        return self._pids[name]

    def _at_our_times(self) -> None:
        faster = self._speed / settings.SPEED
        schedule = {name: entry | {"schedule": entry["schedule"] / faster} for name, entry in app.conf.beat_schedule.items()}
        app.conf.update(
            broker_url=self._valkey.broker,
            worker_soft_shutdown_timeout=30 / self._speed,
            beat_schedule=schedule,
            task_ignore_result=True,
        )
        app.close()
        settings.SPEED = self._speed
        settings.CACHES["default"]["LOCATION"] = self._valkey.url(1)
