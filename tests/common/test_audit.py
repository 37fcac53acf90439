import threading
import time
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from common import audit
from common.models import AuditDetail, AuditEntry, AuditHead, AuditLink

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def seal_all(many: int) -> int:
    """Seal until so many are chained. Another process of the test run may have a transaction open in the same cluster for a while."""
    sealed, deadline = 0, time.monotonic() + 120
    while sealed < many and time.monotonic() < deadline:
        sealed += audit.seal(at=AT)
        time.sleep(0.02)
    return sealed


def decide(number: int) -> AuditEntry:
    return audit.record("topic.lock", subject=("topic", number), by=7, at=AT, reason=f"reason {number}")


@pytest.mark.django_db(transaction=True)
def test_chains_what_was_committed_and_signs_the_head():
    for number in range(5):
        decide(number)
    assert seal_all(5) == 5
    assert audit.seal(at=AT) == 0
    assert list(AuditLink.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    assert AuditHead.objects.order_by("-position")[0].position == 5, "sealed in one round or in several, the last head signs all"
    assert audit.first_break() is None


@pytest.mark.django_db(transaction=True)
def test_waits_for_the_oldest_running_transaction():
    holding, sealed = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            decide(1)
            holding.set()
            sealed.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    holding.wait(10)
    decide(2)
    assert audit.seal(at=AT) == 0, "an older transaction may still commit before this entry"
    sealed.set()
    thread.join()
    assert seal_all(2) == 2
    assert [link.entry.subject_id for link in AuditLink.objects.select_related("entry").order_by("position")] == ["1", "2"]


@pytest.mark.django_db(transaction=True)
def test_shows_where_an_entry_was_changed():
    for number in range(3):
        decide(number)
    assert seal_all(3) == 3
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE common_auditentry DISABLE TRIGGER insert_only")
        cursor.execute("UPDATE common_auditentry SET verb = 'topic.unlock' WHERE subject_id = '1'")
        cursor.execute("ALTER TABLE common_auditentry ENABLE TRIGGER insert_only")
    assert audit.first_break() == 2


@pytest.mark.django_db(transaction=True)
def test_shows_details_that_were_changed_but_not_details_that_were_erased():
    entries = [decide(number) for number in range(3)]
    assert seal_all(3) == 3
    AuditDetail.objects.filter(entry=entries[0]).delete()
    assert audit.first_break() is None
    AuditDetail.objects.filter(entry=entries[2]).update(details={"reason": "another"})
    assert audit.first_break() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("model", [AuditEntry, AuditLink, AuditHead])
def test_the_database_refuses_to_rewrite_the_audit(model):
    decide(1)
    link = AuditLink.objects.create(position=1, entry=AuditEntry.objects.get(), hash=b"h" * 32)
    AuditHead.objects.create(position=1, hash=link.hash, signature=b"s" * 64, at=AT)
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")


@pytest.mark.django_db
def test_an_entry_keeps_no_details_itself():
    entry = audit.record("role.grant", subject=("user", 3), by=None, at=AT, role="director")
    assert "director" not in str(AuditEntry.objects.filter(pk=entry.pk).values().get())
    assert len(bytes(entry.digest)) == 32
