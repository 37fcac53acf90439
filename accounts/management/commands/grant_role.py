from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts.actions.roles import grant_role, revoke_role
from accounts.models import RoleGrant, User
from common.clock import LONDON, after_london_day


class Command(BaseCommand):
    help = (
        "Gives somebody a role, or takes it away: manage.py grant_role ADDRESS ROLE [--until 2027-11-30] [--revoke]. "
        "For the first officers: from then on, two of them give the roles of director and administrator on the site."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", choices=RoleGrant.Role.values)
        parser.add_argument("--until", help="the last day, YYYY-MM-DD; directors and administrators: a year if not said")
        parser.add_argument("--revoke", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        user, now = User.objects.filter(email=options["email"].lower()).first(), timezone.now()
        if user is None:
            raise CommandError("There is no account with this address.")
        if options["revoke"]:
            revoke_role(user, role=options["role"], by=None, at=now)
            self.stdout.write(f"{user.display_name} no longer is {options['role']}.")
            return
        grant = grant_role(user, role=options["role"], by=None, at=now, ends_at=_end_of(options["until"], now))
        until = f" until {grant.last_moment.astimezone(LONDON):%Y-%m-%d}" if grant.last_moment else ""
        self.stdout.write(f"{user.display_name} is {grant.role}{until}.")


def _end_of(day: str | None, now: datetime) -> datetime | None:
    """The midnight after a day in London."""
    if day is None:
        return None
    try:
        found = parse_date(day)
    except ValueError:
        found = None
    if found is None or found < now.astimezone(LONDON).date():
        raise CommandError("--until wants a day that is not over, like 2027-11-30.")
    return after_london_day(found)
