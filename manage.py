#!/usr/bin/env python
"""Runs a management command. Where no server is configured, PostgreSQL and Valkey run for as long as it does."""

import gc
import os
import signal
import sys
from contextlib import nullcontext
from pathlib import Path
from types import FrameType

from django.core.management import execute_from_command_line

from config.embedded.errors import ServicesError
from config.embedded.places import Places
from config.embedded.services import hold

# These read no row; `up` holds the services itself.
WITHOUT_SERVICES = frozenset(
    {"help", "version", "--help", "-h", "--version", "up", "makemessages", "compilemessages", "collectstatic",
     "findstatic", "startapp", "diffsettings", "test"}
)  # fmt: skip


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # A command builds a lot and ends: to look for rings after every few hundred new objects took a quarter of migrating.
    gc.set_threshold(10_000, 10, 10)
    # So that the services are let go of in order; `up` has a way of its own.
    signal.signal(signal.SIGTERM, _leave)
    try:
        with hold(_places()) if needs_services(arguments[1:], os.environ.get("DATABASE_URL")) else nullcontext():
            execute_from_command_line(arguments)
    except ServicesError as error:
        sys.exit(str(error))


def needs_services(arguments: list[str], database_url: str | None) -> bool:
    """Whether this command is to be given the embedded services. In doubt it is."""
    if database_url or not arguments or arguments[0] in WITHOUT_SERVICES or {"-h", "--help"} & set(arguments):
        return False
    return arguments[0] != "check" or "--database" in arguments


def _places() -> Places:
    return Places.of(Path(os.environ.get("PLENARY_VAR") or Path(__file__).resolve().parent / "var"))


def _leave(signum: int, frame: FrameType | None) -> None:
    sys.exit(128 + signum)


if __name__ == "__main__":
    main(sys.argv)
