"""What must hold, the database holds: each constraint refuses by itself."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from digest.models import Body, CapabilityToken, Delivery, Edition, Item, Run, Subscription
from tests.digest.factories import MONDAY, EditionFactory, ItemFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


def refuses(name):
    return pytest.raises(IntegrityError, match=name)


def another(edition, **changes):
    values = {"number": edition.number + 1, "window": DateTimeTZRange(edition.ends, edition.ends + timedelta(days=7))}
    values |= {"cut_off": edition.cut_off + timedelta(days=7)} | changes
    return Edition.objects.create(**values)


def test_a_second_open_subscription_of_an_address_is_refused():
    mine = SubscriptionFactory()
    with refuses("one_open_subscription_per_address"), transaction.atomic():
        SubscriptionFactory(address=mine.address, pending=True)
    Subscription.objects.filter(pk=mine.pk).update(state="ended", ended_at=MONDAY)
    assert SubscriptionFactory(address=mine.address).pk != mine.pk


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"state": "ended"}, "subscription_ended_says_when"),
        ({"ended_at": MONDAY}, "subscription_ended_says_when"),
        ({"confirmed_at": None}, "subscription_active_was_confirmed"),
        ({"next_due_at": None}, "subscription_active_was_confirmed"),
        ({"weekday": 7}, "subscription_day_and_hour_exist"),
        ({"local_hour": 24}, "subscription_day_and_hour_exist"),
    ],
)
def test_a_subscription_that_contradicts_itself_is_refused(changes, name):
    mine = SubscriptionFactory()
    with refuses(name), transaction.atomic():
        Subscription.objects.filter(pk=mine.pk).update(**changes)


def test_two_editions_may_not_tell_of_one_moment(edition):
    early = DateTimeTZRange(edition.ends - timedelta(seconds=1), edition.ends + timedelta(days=7))
    with refuses("editions_tell_nothing_twice"), transaction.atomic():
        another(edition, window=early)
    assert another(edition).starts == edition.ends


def test_a_number_and_a_week_have_one_edition(edition):
    with refuses("one_edition_per_number"), transaction.atomic():
        another(edition, number=edition.number)
    with refuses("one_edition_per_week"), transaction.atomic():
        another(edition, cut_off=edition.cut_off)


def test_an_edition_tells_of_some_time_and_of_nothing_after_its_cut(edition):
    with refuses("edition_window_is_not_empty"), transaction.atomic():
        another(edition, window=DateTimeTZRange(edition.ends, edition.ends))
    with refuses("edition_ends_by_its_cut"), transaction.atomic():
        another(edition, state="cut", cut_at=edition.cut_off)


def test_an_instant_of_an_edition_has_one_run_and_a_thing_one_item(edition):
    Run.objects.create(edition=edition, slot=MONDAY, made_at=MONDAY)
    with refuses("one_run_per_edition_and_slot"), transaction.atomic():
        Run.objects.create(edition=edition, slot=MONDAY, made_at=MONDAY)
    with refuses("run_done_says_when"), transaction.atomic():
        Run.objects.update(state="done")
    item = ItemFactory(edition=edition)
    with refuses("one_item_per_thing_and_edition"), transaction.atomic():
        ItemFactory(edition=edition, object_id=item.object_id)
    with refuses("one_item_per_place"), transaction.atomic():
        ItemFactory(edition=edition, position=item.position)
    assert Item.objects.count() == 1


def test_a_selection_is_kept_once(edition):
    Body.objects.create(edition=edition, signature="a", subject="x")
    with refuses("one_body_per_selection"), transaction.atomic():
        Body.objects.create(edition=edition, signature="a", subject="y")


def test_an_edition_goes_once_to_a_subscription_and_once_to_an_address(edition):
    run = Run.objects.create(edition=edition, slot=MONDAY, made_at=MONDAY)
    later = Run.objects.create(edition=edition, slot=MONDAY + timedelta(days=1), made_at=MONDAY)
    mine, other = SubscriptionFactory(), SubscriptionFactory()
    Delivery.objects.create(run=run, edition=edition, subscription=mine, address=mine.address)
    with refuses("one_delivery_per_subscription"), transaction.atomic():
        Delivery.objects.create(run=later, edition=edition, subscription=mine, address=other.address)
    with refuses("one_delivery_per_address"), transaction.atomic():
        Delivery.objects.create(run=later, edition=edition, subscription=other, address=mine.address)
    with refuses("delivery_state_is_known"), transaction.atomic():
        Delivery.objects.update(state="lost")


def test_a_delivery_is_of_a_run_that_there_is_and_of_that_run_s_edition(edition):
    run = Run.objects.create(edition=edition, slot=MONDAY, made_at=MONDAY)
    mine = SubscriptionFactory()
    told = {"subscription": mine, "address": mine.address}
    for wrong in ({"run": run, "edition": another(edition)}, {"run_id": run.pk + 1, "edition": edition}):
        with refuses("delivery_is_of_its_runs_edition"), transaction.atomic():
            Delivery.objects.create(**told | wrong)
            connection.check_constraints()
    Delivery.objects.create(**told, run=run, edition=edition)
    connection.check_constraints()


def test_a_token_is_kept_once(edition):
    mine = SubscriptionFactory()
    values = {"subscription": mine, "scope": "pause", "made_at": MONDAY, "expires_at": MONDAY}
    CapabilityToken.objects.create(digest=b"a" * 32, **values)
    with refuses("one_standing_token_per_subscription_and_scope"), transaction.atomic():
        CapabilityToken.objects.create(digest=b"b" * 32, **values)
    with refuses("digest_capabilitytoken_digest"), transaction.atomic():
        CapabilityToken.objects.create(digest=b"a" * 32, **{**values, "scope": "unsubscribe"})
    run = Run.objects.create(edition=EditionFactory(), slot=MONDAY, made_at=MONDAY)
    row = Delivery.objects.create(run=run, edition=run.edition, subscription=mine, address=mine.address)
    CapabilityToken.objects.create(digest=b"c" * 32, delivery=row, **values)
    with refuses("one_token_per_delivery_and_scope"), transaction.atomic():
        CapabilityToken.objects.create(digest=b"d" * 32, delivery=row, **values)
