"""Bring a Discourse forum's archive in: `manage.py import_discourse PATH`."""

from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from forum.imports.hosts import is_host
from forum.imports.report import Report
from forum.imports.run import AnotherRuns, import_archive
from forum.imports.unpacking import ArchiveBroken
from forum.models import Category


class Command(BaseCommand):
    help = (
        "Brings in topics, posts, authors, likes and dates of a Discourse forum from a folder or a .tar.xz, .tar.gz or .zip "
        "of topic JSON. Safe to run again: what changed is applied, nothing is doubled. docs/importing.md says more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the folder or archive")
        parser.add_argument("--host", default="", help="the old forum's host name, where the archive does not tell it")
        parser.add_argument(
            "--access",
            choices=Category.Access.values,
            default=Category.Access.PUBLIC.value,
            help="who may read its categories (those the archive calls restricted are for members in any case)",
        )
        parser.add_argument("--json", action="store_true", help="end with the figures as one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        host = options["host"].strip().lower()
        if host and not is_host(host):
            raise CommandError(f"{host} is no host name. Write it like discourse.example.org.")
        progress = _Progress(self)
        shown = options["verbosity"] > 1 or self.stderr.isatty()
        try:
            report = import_archive(
                options["path"], access=options["access"], at=timezone.now(), host=host, progress=progress if shown else _silent
            )
        except ArchiveBroken as error:
            raise CommandError(str(error)) from None
        except AnotherRuns:
            raise CommandError("Another import is running. Wait until it has ended.") from None
        self.stdout.write(report.as_table())
        if options["json"]:
            self.stdout.write(report.as_json())
        if report.broken:
            raise CommandError(f"{report.broken} What came before it is in; run again with the whole archive for the rest.")


class _Progress:
    """A line a second on stderr: how much is in, and how long the rest will take at this pace."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self._began = self._last = monotonic()

    def __call__(self, report: Report, done: float) -> None:
        now = monotonic()
        if now - self._last < 1 and done < 1:
            return
        self._last = now
        left = (now - self._began) * (1 - done) / done if done > 0 else 0
        told = f"{report.topics:,} topics, {report.posts:,} posts, {len(report.errors):,} errors"
        self._command.stderr.write(f"{done:4.0%}  {told}, about {left:,.0f} s left")


def _silent(report: Report, done: float) -> None:
    """Nobody watches."""
