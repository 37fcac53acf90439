"""For tests in which one transaction waits for what another holds."""

from time import monotonic, sleep

from django.db import connection

PATIENCE = 30.0


def wait_until_somebody_waits_for_a_lock() -> None:
    """In this database. Also within a transaction, which sees who waits as it first saw it until it is told to look anew."""
    deadline = monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while monotonic() < deadline:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
            sleep(0.01)
    raise AssertionError(f"nobody waited for a lock within {PATIENCE:g} s")
