import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.clock import london_day
from demo.town import ledger
from demo.town.building import NotHere, build_town
from demo.town.plan import Plan


class Command(BaseCommand):
    help = (
        "Builds a town of invented people and their forum to test with. The same seed gives the same rows. Killed half-way, the "
        "same command goes on where it stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--members", type=int, default=150_851, help="accounts; about one in nine is on the register")
        parser.add_argument("--topics", type=int, default=50_000)
        parser.add_argument("--posts", type=int, default=1_000_000)
        parser.add_argument(
            "--responses", type=int, default=0, help="to a consultation that has closed; needs twice as many members"
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--until", type=date.fromisoformat, help="the day on which its story ends (default: today)")
        parser.add_argument("--json", action="store_true", help="print counts and seconds per stage as JSON at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("A town of invented people is never built in production.")
        try:
            plan = self._plan(options)
            build_town(plan, progress=self._progress if options["verbosity"] else lambda *_: None)
        except (NotHere, ValueError) as error:
            raise CommandError(str(error)) from error
        rows, seconds = ledger.summary()
        told = {"town": plan.told, "rows": rows, "seconds": seconds, "seconds_in_all": round(sum(seconds.values()), 1)}
        if options["json"]:
            self.stdout.write(json.dumps(told, indent=2))
        else:
            counts = ", ".join(f"{count:,} {table.replace('_', ' ')}" for table, count in rows.items())
            self.stdout.write(f"The town stands: {counts}. It took {told['seconds_in_all']} seconds.")

    def _plan(self, options: dict[str, Any]) -> Plan:
        """A town that was begun goes on to the day it was begun for, whatever today is."""
        begun = ledger.plan_told()
        day = options["until"] or (date.fromisoformat(str(begun["until"])) if begun else london_day(timezone.now()))
        return Plan(options["members"], options["topics"], options["posts"], options["seed"], day, options["responses"])

    def _progress(self, stage: str, part: int, of: int) -> None:
        self.stderr.write(f"town: {stage} {part}/{of}")
