"""kill -9 of whoever cuts, plans, makes the rows and gives the bodies, as it is about to send its n-th statement, for each n:
taken up again, the same rows stand there as if nothing had been, and no second run.

`make drill` tries each statement, `make test` every sixteenth.
"""

import os
import random
import signal
from datetime import timedelta
from functools import partial

import pytest
from django.db.models import Count

from common.models import AuditEntry
from digest.models import Body, CapabilityToken, Delivery, Edition, Item, Run, Subscription
from digest.ticking import tick
from mail.models import Address
from mail.suppressions import suppress
from notifications.models import Event
from tests.accounts.factories import UserFactory
from tests.digest.factories import MONDAY, WEDNESDAY, EditionFactory, SubscriptionFactory
from tests.drills import forked
from tests.forum.factories import TopicFactory

REAL = bool(os.environ.get("PLENARY_DRILL"))
EVERY = 1 if REAL else 16
START = {"state": "draft", "cut_at": None, "audit_position": None, "audit_head": ""}


@pytest.fixture
def town(settings):
    """Readers of every kind, whom the tick treats differently, and an edition that is due to be cut."""
    settings.WEEKLY_CANARY_FROM, settings.WEEKLY_CANARY_PERCENT, settings.WEEKLY_SEEDS = 2, 0, ["first@example.org"]
    EditionFactory.reset_sequence(0, force=True)
    topic = TopicFactory(title="Exam or portfolio", created_at=MONDAY - timedelta(days=3))
    SubscriptionFactory(address__email="first@example.org")
    SubscriptionFactory(categories=[topic.category_id], local_hour=11, next_due_at=WEDNESDAY - timedelta(hours=1))
    SubscriptionFactory(paused_until=WEDNESDAY + timedelta(days=1))
    suppress("objects@example.org", scope="weekly", reason="by_hand", at=MONDAY)
    SubscriptionFactory(address__email="objects@example.org")
    member = UserFactory(member=True)
    SubscriptionFactory(address=Address.objects.get(account=member))
    return EditionFactory(draft=True)


def as_before(draft):
    """The database as it was when the edition was still to be cut."""
    for model in (CapabilityToken, Delivery, Body, Item, Run):
        model.objects.all().delete()
    Edition.objects.exclude(pk=draft.pk).delete()
    Edition.objects.filter(pk=draft.pk).update(window=draft.window, cut_off=draft.cut_off, **START)
    Subscription.objects.filter(local_hour=12).update(next_due_at=WEDNESDAY)
    Subscription.objects.filter(local_hour=11).update(next_due_at=WEDNESDAY - timedelta(hours=1))


def in_words(body):
    named = Item.objects.in_bulk(body.item_ids)
    return body.subject, [(named[each].kind, named[each].object_id) for each in body.item_ids]


def everything():
    """All that a tick writes, by what it means and not by its ids."""
    return {
        "editions": list(Edition.objects.order_by("number").values_list("number", "state", "cut_off", "window", "cut_at")),
        "items": list(Item.objects.order_by("position").values_list("kind", "object_id", "position", "section", "title")),
        "runs": list(Run.objects.order_by("slot").values_list("slot", "edition__number", "state", "counts")),
        "rows": [
            (row.address.email, row.run.slot, row.state, row.reason, row.is_canary, row.attempts, row.body and in_words(row.body))
            for row in Delivery.objects.order_by("address__email").select_related("address", "run", "body")
        ],
        "keys": list(
            CapabilityToken.objects.values_list("delivery__address__email", "scope")
            .annotate(Count("pk"))
            .order_by("delivery__address__email", "scope")
        ),
        "due": list(Subscription.objects.order_by("address__email").values_list("address__email", "next_due_at")),
    }


def tick_twice():
    """The second begins the draft of next week."""
    tick(at=WEDNESDAY)
    tick(at=WEDNESDAY)


def ticks_and_dies(number):
    with forked.killed_at_statement(number):
        tick(at=WEDNESDAY)


@pytest.mark.django_db(transaction=True)
def test_whoever_is_killed_at_whatever_statement_the_same_rows_come_of_it(town, capsys):
    tick_twice()
    undisturbed = everything()
    assert len(undisturbed["rows"]) == 5
    assert len(undisturbed["runs"]) == 2
    cuts, events = AuditEntry.objects.filter(verb="edition.cut").count(), Event.objects.count()
    number, killed = random.Random(7).randint(1, EVERY), 0
    while True:
        as_before(town)
        if forked.end(forked.start(partial(ticks_and_dies, number))) != -signal.SIGKILL:
            break
        forked.wait_until_alone()
        tick_twice()
        assert everything() == undisturbed, f"killed at statement {number}"
        killed, number = killed + 1, number + EVERY
    assert AuditEntry.objects.filter(verb="edition.cut").count() == cuts * (killed + 2), "cut once each time"
    assert Event.objects.count() == events
    assert killed >= 60 // EVERY
    with capsys.disabled():
        print(f"\nA tick was killed at {killed} of its {number - 1} statements: each time the same rows, one run an instant")
