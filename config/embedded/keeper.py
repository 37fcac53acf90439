"""The process that owns PostgreSQL and Valkey for as long as somebody holds them.

Not a command and not `up` itself, because those come and go: whoever started the services may leave first, and
a server must outlive it and yet die with the last. Each holder has a shared lock on one file, and the keeper
blocks on the exclusive one: the kernel gives it that when the last holder has left or was killed.
"""

import argparse
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

from config.embedded import cluster, postgres, programs, valkey
from config.embedded.errors import ServicesError
from config.embedded.lines import LineLog
from config.embedded.locks import Lock
from config.embedded.places import Places
from config.embedded.supervisor import Supervisor

LARGEST_LOG = 5_000_000
READY = "ready"
LOCK_TIMEOUT = 5.0
ANSWER_POLL_SECONDS = 0.03


def main(arguments: list[str]) -> int:
    """Serve until nobody holds the services any more. Tells the starter over a pipe how the start went."""
    given = _parser().parse_args(arguments)
    places = Places.of(given.var)
    report = os.fdopen(given.report, "w")
    mine = Lock(places.locks / "keeper")
    # Free as good as always; somebody may just be asking whether it is.
    mine.take(timeout=LOCK_TIMEOUT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with open_log(places).open("a") as file, Supervisor(LineLog(file).tell) as supervisor:
        try:
            _start(places, supervisor, given)
        except ServicesError as error:
            print(error, file=report)
            return 1
        print(READY, file=report)
        report.close()
        _serve(places, supervisor)
    with suppress(OSError):
        places.sockets.rmdir()
    return 0


def open_log(places: Places) -> Path:
    """The services' log; the one before is kept beside it once it has grown."""
    path = places.logs / "services.log"
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.rename(path.with_suffix(".log.1"))
    path.touch(mode=0o600)
    return path


def _start(places: Places, supervisor: Supervisor, given: argparse.Namespace) -> None:
    found = programs.find(places)
    cluster.prepare(places, found, durable=given.durable)
    supervisor.start(postgres.child(places, found, durable=given.durable, grace=given.grace))
    supervisor.start(valkey.child(places, found, grace=given.grace))
    for name, answers in (("postgres", postgres.answers), ("valkey", valkey.answers)):
        started = supervisor.run(
            lambda answers=answers, name=name: answers(places) or not supervisor.runs(name),  # type: ignore[misc]
            every=ANSWER_POLL_SECONDS,
            timeout=given.patience,
        )
        if not (started and supervisor.runs(name)):
            raise ServicesError(f"{name} does not start; its own words are at the end of {places.logs / 'services.log'}")
    postgres.ensure_database(places)


def _serve(places: Places, supervisor: Supervisor) -> None:
    alone = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: alone.set())

    def wait_for_the_last() -> None:
        Lock(places.locks / "holders").wait()
        alone.set()
        supervisor.wake()

    threading.Thread(target=wait_for_the_last, daemon=True).start()
    supervisor.run(alone.is_set, every=3600)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="config.embedded.keeper")
    parser.add_argument("var", type=Path)
    parser.add_argument("--report", type=int, required=True)
    parser.add_argument("--durable", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--patience", type=float, required=True)
    parser.add_argument("--grace", type=float, required=True)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
