"""Cut the weekly's draft from the command line: a first edition, or one after an outage."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from common.errors import DomainError
from digest.actions.editions import cut_due_edition, cut_now, draft_edition
from digest.words import long_day


class Command(BaseCommand):
    """With --at as if it were that moment; without --now only where its Monday has come."""

    help = "Cut the weekly's draft if its Monday has come, or at once with --now where this week has no edition."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", type=datetime.fromisoformat, help="a moment with its offset, like 2026-11-23T06:00+00:00")
        parser.add_argument("--now", action="store_true", help="do not wait for Monday")

    def handle(self, *args: Any, **options: Any) -> None:
        at: datetime = options["at"] or timezone.now()
        if timezone.is_naive(at):
            raise CommandError("Give --at with its offset, like 2026-11-23T06:00+00:00.")
        try:
            edition = cut_now(draft_edition(at=at), by=None, at=at) if options["now"] else cut_due_edition(at=at)
        except DomainError as error:
            raise CommandError(str(error)) from error
        if edition is None:
            draft = draft_edition(at=at)
            self.stdout.write(f"Nothing is due: no. {draft.number} is cut on {long_day(draft.cut_off)} at 06:00.")
        else:
            self.stdout.write(f"No. {edition.number} is out, with {edition.items.count()} items.")
