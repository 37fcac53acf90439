"""`migrate`, and statistics after it: a column that was just added has none, and the planner then takes one row for all."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connection

from config.preparing import migrations_due


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        due = migrations_due()
        super().handle(*args, **options)
        if due:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
