from datetime import UTC, datetime, timedelta

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from digest.calendar import cut_before, slot_in_term
from digest.models import Edition, Item, Subscription
from mail.models import Address

MONDAY = datetime(2026, 11, 16, 6, tzinfo=UTC)
"""A cut: Monday 06:00 in London, in winter."""
WEDNESDAY = datetime(2026, 11, 18, 12, tzinfo=UTC)


class AddressFactory(factory.django.DjangoModelFactory):
    """A confirmed mailbox without an account."""

    class Meta:
        model = Address

    email = factory.Sequence(lambda number: f"reader{number}@example.org")
    state = "verified"
    verified_at = MONDAY
    created_at = MONDAY


class SubscriptionFactory(factory.django.DjangoModelFactory):
    """Active, on Wednesdays at 12:00, next due in the week that begins at MONDAY. `pending=True`: not confirmed."""

    class Meta:
        model = Subscription

    class Params:
        pending = factory.Trait(state="pending", confirmed_at=None, next_due_at=None)

    address = factory.SubFactory(AddressFactory)
    state = "active"
    weekday = 2
    local_hour = 12
    made_at = MONDAY - timedelta(days=30)
    confirmed_at = MONDAY - timedelta(days=30)
    next_due_at = factory.LazyAttribute(
        lambda mine: slot_in_term(MONDAY, weekday=mine.weekday, hour=mine.local_hour, tz="Europe/London")
    )


class EditionFactory(factory.django.DjangoModelFactory):
    """Out, with a note and nothing else. `draft=True`: in preparation."""

    class Meta:
        model = Edition

    class Params:
        draft = factory.Trait(state="draft", cut_at=None)

    number = factory.Sequence(lambda number: number + 1)
    cut_off = factory.Sequence(lambda number: cut_before(MONDAY + timedelta(days=7 * number, hours=12)))
    window = factory.LazyAttribute(lambda edition: DateTimeTZRange(edition.cut_off - timedelta(days=7), edition.cut_off))
    state = "cut"
    cut_at = factory.SelfAttribute("cut_off")
    headline = "Seven days left to say which route"
    editors_note = "The argument was about *Tuesday* afternoons."
    editors_note_html = "<p>The argument was about <em>Tuesday</em> afternoons.</p>"


class ItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Item

    edition = factory.SubFactory(EditionFactory)
    kind = "topic"
    object_id = factory.Sequence(lambda number: number + 1)
    position = factory.Sequence(lambda number: number + 1)
    section = "topics"
    title = "Exam or portfolio"
    fragment_html = "<p>Exam or portfolio</p>"
    fragment_text = "* Exam or portfolio"
    why = "because"
