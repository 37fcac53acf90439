"""One command runs everything, until Ctrl-C."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.embedded import folders, ports
from config.embedded.errors import ServicesError
from config.embedded.locks import Lock
from config.embedded.places import Places
from config.running import Run, Timeouts, Told

PORT_TAKEN = 2


class Command(BaseCommand):
    help = "Run Plenary: PostgreSQL, Valkey, pages, live messages, background work. Ctrl-C stops everything."
    # The migrations run them; here they would only delay.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="pages; live messages use the next one")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--grace", type=float, default=10.0, help="seconds each process gets to stop")
        parser.add_argument("--patience", type=float, default=90.0, help="seconds the pages get to answer at first")

        parser.add_argument("--no-demo", action="store_false", dest="demo", help="start with an empty community")

    def handle(self, *args: Any, port: int, host: str, grace: float, patience: float, demo: bool, **options: Any) -> None:
        places = Places.of(Path(settings.VAR))
        try:
            folders.make_data_folder(places)
            only = _only_one(places)
            if trouble := ports.trouble(host, port):
                raise CommandError(trouble, returncode=PORT_TAKEN)
            run = Run(places, Told.by(os.environ, places, host, port), Timeouts(stop=grace, open=patience), demo=demo)
            only.note(f"process {os.getpid()} at {run.told.address}")
            run.until_stopped()
        except ServicesError as error:
            raise CommandError(str(error)) from error


def _only_one(places: Places) -> Lock:
    """Held until this process ends, however it does."""
    lock = Lock(places.locks / "up")
    if not lock.try_take():
        print(f"Plenary runs on {places.var} already: {lock.path.read_text() or 'it is just starting'}.", file=sys.stderr)
        raise CommandError("Open it there, or stop it first.")
    return lock
