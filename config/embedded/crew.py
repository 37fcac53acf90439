"""The processes that are Plenary, besides its two servers: what `up` starts, in that order, and stops in reverse."""

import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.embedded.children import Child
from config.embedded.places import Places

# Each worker's name and the queues it serves; production has one worker a queue.
WORKERS = {"worker-1": "critical,notify,inbound", "worker-2": "digest_plan,digest_send,maintenance"}
WEB_PROCESSES, WEB_THREADS = "2", "4"


def environment(environ: Mapping[str, str], places: Places, host: str, port: int, smtp_port: int | None) -> dict[str, str]:
    """What the processes are told. What the caller's environment says already stays as it is."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    told = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PLENARY_VAR": str(places.var),
        "PLENARY_COLLECTED": "1",
        "SITE_URL": f"http://{shown}:{port}",
        "LIVE_URL": f"ws://{shown}:{port + 1}/live/",
        "PYTHONUNBUFFERED": "1",
        # Of celery, for each of its processes: the migrations have checked already.
        "SKIP_CHECKS": "1",
        # Said at every start of a worker by root, which is how a container or a fresh machine starts us.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
    }
    if smtp_port:
        told["SMTP_URL"] = f"smtp://127.0.0.1:{smtp_port}"
    return {**told, **environ}


def mailbox(places: Places, root: Path, listening: socket.socket) -> Child:
    return Child(
        name="mail",
        argv=[sys.executable, "-m", "config.embedded.mailbox", "--fd", str(listening.fileno()), "--folder", places.mail],
        cwd=root,
        pass_fds=[listening.fileno()],
        grace=5.0,
    )


def crew(places: Places, root: Path, env: Mapping[str, str], host: str, port: int, *, grace: float) -> list[Child]:
    """In the order of their start. `grace` is each one's time to stop, in seconds."""

    def python(name: str, *argv: str | Path, **how: Any) -> Child:
        # When we are killed, so are they: what they need dies at the same moment, and a worker that lost its
        # broker waits for it for ever. Nothing is lost, because all state is rows.
        how = {"death_signal": signal.SIGKILL, "grace": grace} | how
        return Child(name, (sys.executable, "-m", *argv), env=env, cwd=root, **how)

    # fmt: off
    web = python(
        "web", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--no-ws",
        "--workers", WEB_PROCESSES, "--blocking-threads", WEB_THREADS,
        # A thread keeps its database connection, so it should not end after half a minute.
        "--blocking-threads-idle-timeout", "600", "--respawn-failed-workers", "--workers-kill-timeout", "3",
        "--log-level", "warning", "config.wsgi:application",
        # It has to end its own processes; they would not notice that it is gone.
        death_signal=signal.SIGTERM,
    )
    live = python(
        "live", "uvicorn", "--host", host, "--port", str(port + 1), "--lifespan", "off", "--ws", "websockets-sansio",
        "--ws-max-size", "65536", "--timeout-graceful-shutdown", "2", "--log-level", "warning", "config.asgi:application",
    )
    # SIGINT lets a worker end the task it is at; SIGTERM is remapped in production and waits half a minute.
    workers = [
        python(
            name, "celery", "-q", "-A", "config.celery", "worker", "--queues", queues, "--hostname", f"{name}@%h",
            "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "warning", stop_signal=signal.SIGINT,
            stage="workers",
        )
        for name, queues in WORKERS.items()
    ]
    beat = python(
        "beat", "celery", "-q", "-A", "config.celery", "beat", "--schedule", places.var / "beat", "--pidfile", "",
        "--loglevel", "warning",
    )
    # fmt: on
    return [web, live, *workers, beat]
