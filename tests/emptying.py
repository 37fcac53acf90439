"""An empty database after a test that committed: only what was written to is emptied, in one trip.

Django truncates every table and writes all permissions anew, a third of a second each time; this takes a hundredth.
"""

from django.core.management import call_command
from django.db import connection

KEPT = {"auth_permission", "django_content_type"}
"""Written by the migrations and by nothing else."""


def empty() -> None:
    """Nothing is left in any table of ours; sequences go on. Foreign keys and what forbids deleting are put aside meanwhile."""
    if connection.in_atomic_block or not _may_put_triggers_aside():
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        return
    with connection.cursor() as cursor:
        tables = sorted({*connection.introspection.django_table_names(only_existing=True, include_views=False)} - KEPT)
        quoted = [connection.ops.quote_name(table) for table in tables]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in quoted))
        written = [name for (name,) in cursor.fetchall()]
        if written:
            deletes = "; ".join(f"DELETE FROM {name}" for name in written)
            cursor.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {deletes}; COMMIT")


def _may_put_triggers_aside() -> bool:
    """Whether we are a superuser of this server."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        return bool(cursor.fetchone() == ("on",))
