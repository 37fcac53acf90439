"""What has to be done before Plenary can be opened, asked cheaply: a start with nothing due takes seconds."""

import hashlib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from search.actions.words import refresh_words
from search.models import Word


class DemoAccount(Protocol):
    """As `demo.accounts` defines it."""

    role: str
    email: str
    password: str
    note: str


def migrations_due() -> int:
    """How many migrations wait to be applied."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def static_fingerprint() -> str:
    """Changes whenever a source of a static file does."""
    found = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            file = Path(storage.path(name))
            status = file.stat()
            found.append(f"{name} {file} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()


def wants_demo() -> bool:
    """Whether the demo community is to be loaded: nobody is here yet, and there is one."""
    return "seed_demo" in get_commands() and not get_user_model().objects.exists()


def count_words() -> None:
    """So that a slip of the keys is recognised from the first minute on; the tick would count only a quarter of an hour later.
    Nothing where words are counted already."""
    if not Word.objects.exists():
        refresh_words()


def demo_accounts() -> list[DemoAccount]:
    """The accounts to try Plenary with, as far as they are here."""
    if find_spec("demo.accounts") is None:
        return []
    known: tuple[DemoAccount, ...] = import_module("demo.accounts").DEMO_ACCOUNTS
    present = get_user_model().objects.filter(email__in=[account.email for account in known])
    emails = set(present.values_list("email", flat=True))
    return [account for account in known if account.email in emails]
