from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from demo.accounts import DEMO_ACCOUNTS
from demo.consultations import load_consultations
from demo.debate import load_categories, load_debate
from demo.editions import load_editions, subscribe_demo_accounts
from demo.moderation import load_cases
from demo.people import load_members
from demo.places import load_places
from demo.quiet import let_old_news_rest
from demo.speaking import load_voices


class Command(BaseCommand):
    help = "Loads the demo community: invented members, a debate, consultations and four editions. All or nothing."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo community is never loaded in production: its passwords are printed in the README.")
        if User.objects.exists():
            raise CommandError("There are accounts already. The demo community is loaded into an empty database only.")
        now = timezone.now()
        self.verbosity = options["verbosity"]
        self._say("members")
        people = load_members(at=now - timedelta(days=200))
        self._say("topics and posts")
        categories = load_categories()
        topics = load_debate(people, categories, loaded_at=now)
        self._say("consultations and their answers")
        load_consultations(people, categories, topics, director=_account(people, "director"), loaded_at=now)
        self._say("reports for the moderators")
        load_cases(people, topics, moderator=_account(people, "moderator"), loaded_at=now)
        self._say("four editions of the weekly")
        load_editions(people, topics, loaded_at=now)
        subscribe_demo_accounts(people, frozenset(account.email for account in DEMO_ACCOUNTS), loaded_at=now)
        self._say("groups, their rooms, and who keeps them")
        load_places(people, loaded_at=now)
        self._say("a pseudonym, and the officers who could open it")
        load_voices(people, topics, loaded_at=now)
        let_old_news_rest(now)
        self._say(f"done: {len(people)} members")

    def _say(self, what: str) -> None:
        if self.verbosity:
            self.stdout.write(f"demo: {what}")


def _account(people: dict[str, User], role: str) -> User:
    """The demo account of this role."""
    (account,) = (account for account in DEMO_ACCOUNTS if account.role == role)
    return next(user for user in people.values() if user.email == account.email)
