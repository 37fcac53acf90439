"""A register of the real size, two in a hundred lines faulty: dry run, apply, and again a month later; seconds and memory.

`make test` runs it at a hundredth; `make drill` at real size, and prints what docs/drills keeps.
"""

import os
import resource
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from django.db import connection

from accounts.actions.register import approve_register, losses, map_register, receive_register
from accounts.actions.register_work import apply_register, check_register
from accounts.models import Membership, RegisterRow, User
from accounts.register.mapping import guess_columns
from tests.accounts.factories import UserFactory
from tests.accounts.register.files import many

REAL = bool(os.environ.get("PLENARY_DRILL"))
LINES, MOST_SECONDS, MOST_GROWTH = (150_851, 180, 40) if REAL else (1_508, 30, 40)
ACCOUNTS_SHARE = 3
"""One member in three has an account by the confirmed address."""
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def memory() -> float:
    """The most this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def people(count: int) -> None:
    """Accounts with confirmed addresses, made by set."""
    UserFactory(email="first@example.org")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_user (password, email, display_name, handle, sort_key, is_active, created_at, card_version)
            SELECT '!', 'm' || to_char(n, 'FM000000') || '@example.org', 'Member ' || n, 'm-' || n, 'member ' || n, true, %s, 1
            FROM generate_series(0, %s) n WHERE n %% %s = 0
            """,
            [AT, count - 1, ACCOUNTS_SHARE],
        )
        cursor.execute(
            """
            INSERT INTO account_emailaddress (user_id, email, verified, "primary")
            SELECT id, email, true, true FROM accounts_user WHERE email LIKE 'm0%%' OR email LIKE 'm1%%'
            """
        )


@pytest.mark.django_db(transaction=True)
def test_a_register_of_the_real_size_takes_minutes_and_no_memory(capsys):
    keeper = UserFactory(administrator=True)
    people(LINES)
    began_with, told = memory(), []

    def bring_in(at, **how):
        begun = monotonic()
        run = receive_register(many(LINES, **how), file_name="register.csv", by=keeper, at=at)
        if run.state == "uploaded":
            run = map_register(run, columns=guess_columns(run.header), values={}, is_whole=True, by=keeper, at=at)
        uploaded = monotonic()
        run = check_register(run, at=at)
        checked = monotonic()
        approve_register(run, by=keeper, at=at, typed=losses(run.counts))
        run = apply_register(run, at=at)
        applied = monotonic()
        told.append((run, run.size, uploaded - begun, checked - uploaded, applied - checked))
        return run

    first = bring_in(AT)
    grown = memory() - began_with
    gone = frozenset(range(0, LINES, 50))
    second = bring_in(AT + timedelta(days=30), seed=8, but=gone)

    assert first.counts["joins"] + first.counts["faults"] == LINES
    assert 0.01 < first.counts["faults"] / LINES < 0.03
    assert second.counts["lapses"] == len(joined(first) & {f"M{number:06}" for number in gone})
    assert (
        Membership.objects.filter(ended_at=None).count()
        == first.counts["joins"] + second.counts["joins"] - second.counts["lapses"]
    )
    assert User.objects.filter(role_grants__role="member", role_grants__revoked_at=None).count() > LINES / ACCOUNTS_SHARE * 0.9
    assert RegisterRow.objects.filter(outcome="same").count() == 0
    with capsys.disabled():
        for run, size, receiving, checking, applying in told:
            print(
                f"\n{size / 1e6:.1f} MB, {run.counts}: received {receiving:.1f} s, checked {checking:.1f} s, applied {applying:.1f} s",
                end="",
            )
        print(f"\nmemory grew by {grown:.0f} MB in the first, {memory() - began_with:.0f} MB in both")
    assert sum(sum(each[2:]) for each in told[:1]) < MOST_SECONDS
    assert sum(sum(each[2:]) for each in told[1:]) < MOST_SECONDS
    assert memory() - began_with < MOST_GROWTH


def joined(run) -> set[str]:
    return set(RegisterRow.objects.filter(run=run, outcome="join").values_list("number", flat=True))
