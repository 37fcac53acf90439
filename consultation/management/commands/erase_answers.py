from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from common import audit
from consultation.actions.leaving import erase_responses_of


class Command(BaseCommand):
    help = "Erases for good what one person answered or began to answer in any consultation; published numbers stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("handle")
        parser.add_argument("--yes", action="store_true", help="it cannot be undone")

    def handle(self, *args: Any, handle: str, yes: bool, **options: Any) -> None:
        """The audit says whose and when in a transaction of its own, which nothing that was erased or counted shares."""
        person = User.objects.filter(handle=handle).first()
        if person is None:
            raise CommandError(f"Nobody here is called {handle}.")
        if not yes:
            raise CommandError("This cannot be undone. Say --yes where it is meant.")
        now = timezone.now()
        number = erase_responses_of(person.pk, at=now)
        audit.record("consultation.erase_answers", subject=("user", person.pk), by=None, at=now)
        self.stdout.write(f"Erased. They had answered in {number} consultation{'' if number == 1 else 's'}.")
