from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.breached import NotAListError, write_list


class Command(BaseCommand):
    help = "Turn the publicly known list of breached passwords (lines HASH:COUNT, sorted) into the file BREACHED_PASSWORDS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the list as it was downloaded")
        parser.add_argument("--to", type=Path, default=settings.BREACHED_PASSWORDS or None, help="default: BREACHED_PASSWORDS")
        parser.add_argument("--at-least", type=int, default=1, help="leave out what was seen less often; a smaller file")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["to"] is None:
            raise CommandError("Say where the list goes: set BREACHED_PASSWORDS or give --to.")
        try:
            with options["file"].open("rb") as lines:
                written = write_list(lines, Path(options["to"]), at_least=options["at_least"])
        except (NotAListError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{written:,} passwords in {options['to']}")
