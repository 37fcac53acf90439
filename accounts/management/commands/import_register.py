import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.actions.register import approve_register, losses, map_register, receive_register
from accounts.actions.register_work import finish_register
from accounts.models import RegisterRow, RegisterRun
from accounts.register.mapping import guess_columns
from common.errors import DomainError

_PIECE = 262_144


class Command(BaseCommand):
    help = (
        "Checks a register of members and says what it would do; with --apply does it: "
        "manage.py import_register FILE [--part] [--apply [--lapses N]] [--json]"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--part", action="store_true", help="the file names some members only: nobody lapses for not being in it"
        )
        parser.add_argument("--apply", action="store_true", help="do it")
        parser.add_argument("--lapses", type=int, help="how many lapse, where it is more than a tenth of the members")
        parser.add_argument("--json", action="store_true", help="the figures as the last line of standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = self._run(options)
        except DomainError as problem:
            raise CommandError(str(problem)) from problem
        if run.problem:
            raise CommandError(run.problem)
        if options["json"]:
            self.stdout.write(json.dumps({"run": run.pk, "state": run.state, "losses": losses(run.counts), **run.counts}))

    def _run(self, options: dict[str, Any]) -> RegisterRun:
        whole = not options["part"]
        try:
            pieces = _pieces(options["file"])
            run = receive_register(pieces, file_name=options["file"].name, by=None, at=timezone.now(), is_whole=whole)
        except OSError as problem:
            raise CommandError(f"{options['file']} cannot be read: {problem.strerror}") from problem
        if run.state == RegisterRun.State.UPLOADED:
            guess = guess_columns(run.header)
            run = map_register(run, columns=guess, values={}, is_whole=whole, by=None, at=timezone.now())
        run = finish_register(run, clock=timezone.now)
        self._tell(run)
        if options["apply"] and run.state == RegisterRun.State.CHECKED:
            approve_register(run, by=None, at=timezone.now(), typed=options["lapses"])
            run = finish_register(run, clock=timezone.now)
            self.stdout.write(f"Applied: {run.counts.get('granted', 0)} became members here, {run.counts.get('ended', 0)} ended.")
        return run

    def _tell(self, run: RegisterRun) -> None:
        counts = run.counts
        if not counts:
            return
        self.stdout.write(
            f"{counts['joins']} join, {counts['changes']} change, {counts['lapses']} lapse, {counts['unlisted']} accounts have "
            f"no line, {counts['same']} unchanged, {counts['faults']} faulty."
        )
        faulty = RegisterRow.objects.filter(run=run, outcome=RegisterRow.Outcome.FAULT).order_by("line")
        for row in faulty[:20]:
            self.stdout.write(f"  line {row.line}: {row.faults[0]['sentence']}")
        if counts["faults"] > 20:
            self.stdout.write(f"  and {counts['faults'] - 20} more; the page of the run has them as CSV.")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
