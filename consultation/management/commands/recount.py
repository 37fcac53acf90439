from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from consultation.models import Consultation
from consultation.readers.recount import recounted


class Command(BaseCommand):
    help = "Asks of everything that is kept whether what was counted is what was given: leaves, root, answers, published counts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")

    def handle(self, *args: Any, slug: str, **options: Any) -> None:
        """Reads and changes nothing. Ends with an error where something does not hold."""
        consultation = Consultation.objects.filter(slug=slug).first()
        if consultation is None:
            raise CommandError(f"There is no consultation {slug}.")
        found = list(recounted(consultation))
        for one in found:
            self.stdout.write(f"{'yes' if one.holds else 'NO '}  {one.asked}: {one.told}.")
        if not found:
            raise CommandError("It has not closed yet: nothing is fixed.")
        if not all(one.holds for one in found):
            raise CommandError("Something does not hold.")
