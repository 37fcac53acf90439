from datetime import UTC, datetime

import pytest

from accounts.actions.register import approve_register, map_register, receive_register
from accounts.actions.register_work import apply_register, check_register
from accounts.models import RegisterRun, User
from accounts.register.mapping import guess_columns
from tests.accounts.factories import UserFactory
from tests.accounts.register.files import csv_of

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def keeper(db) -> User:
    return UserFactory(administrator=True)


@pytest.fixture
def dry_run(keeper):
    """`dry_run(row, row, …, at=AT)`: received, mapped by the guess, and checked."""

    def make(*rows, at=AT, whole=True, data=None, **how) -> RegisterRun:
        run = receive_register([data or csv_of(*rows, **how)], file_name="register.csv", by=keeper, at=at)
        if run.state == "uploaded":
            run = map_register(run, columns=guess_columns(run.header), values={}, is_whole=whole, by=keeper, at=at)
        if run.is_whole != whole:
            RegisterRun.objects.filter(pk=run.pk).update(is_whole=whole)
        return check_register(run, at=at)

    return make


@pytest.fixture
def bring_in(dry_run, keeper):
    """The same, and applied, however many lapse."""

    def make(*rows, at=AT, **how) -> RegisterRun:
        run = dry_run(*rows, at=at, **how)
        approve_register(run, by=keeper, at=at, typed=run.counts["lapses"] + run.counts["unlisted"])
        return apply_register(run, at=at)

    return make
