from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.actions.roles import grant_role, revoke_role
from accounts.models import RoleGrant, User


class Command(BaseCommand):
    help = "Gives somebody a role, or takes it away: manage.py grant_role ADDRESS ROLE [--revoke]"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", choices=RoleGrant.Role.values)
        parser.add_argument("--revoke", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].lower()).first()
        if user is None:
            raise CommandError("There is no account with this address.")
        if options["revoke"]:
            revoke_role(user, role=options["role"], by=None, at=timezone.now())
        else:
            grant_role(user, role=options["role"], by=None, at=timezone.now())
        self.stdout.write(f"{user.display_name} {'no longer is' if options['revoke'] else 'is'} {options['role']}.")
