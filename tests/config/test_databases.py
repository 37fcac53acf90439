"""What every test stands on: a database with all migrations in it, and an empty one after whoever commits."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from common import audit
from common.models import AuditEntry
from tests.accounts.factories import GroupFactory, UserFactory
from tests.emptying import KEPT, empty


@pytest.mark.django_db
def test_the_database_that_was_copied_holds_every_migration():
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


@pytest.mark.django_db(transaction=True)
def test_emptying_leaves_nothing_not_even_what_may_only_be_added_to():
    GroupFactory(members=[UserFactory(member=True)])
    audit.record("test.emptied", subject=("topic", 1), by=7, at=timezone.now())
    empty()
    tables = set(connection.introspection.django_table_names(only_existing=True)) - KEPT
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables))
        assert cursor.fetchall() == []
        cursor.execute("SELECT count(*) FROM auth_permission")
        assert cursor.fetchone() > (100,)


@pytest.mark.django_db(transaction=True)
def test_emptying_takes_no_promise_of_the_database_away():
    audit.record("test.emptied", subject=("topic", 1), by=7, at=timezone.now())
    empty()
    audit.record("test.kept", subject=("topic", 1), by=7, at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.all()._raw_delete("default")
