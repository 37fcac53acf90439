import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from digest.models import Edition, Subscription
from digest.readers import latest_edition, my_subscription
from tests.accounts.factories import UserFactory
from tests.digest.factories import MONDAY, WEDNESDAY, EditionFactory, SubscriptionFactory
from tests.forum.factories import CategoryFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_wednesday():
    cache.clear()
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


@pytest.fixture
def signed_in(client):
    def go(**roles):
        user = UserFactory(**roles)
        client.force_login(user)
        return user

    return go


def save(client, **fields):
    return client.post(reverse("digest:mine"), {"weekday": "1", "hour": "8"} | fields, follow=True)


def test_the_front_page_has_one_field_and_the_editions(client, edition):
    text = client.get(reverse("digest:weekly")).text
    assert text.count('type="email"') == 1
    assert edition.headline in text
    assert "Change the day" not in text


def test_the_front_page_says_when_there_is_no_edition_yet(client):
    assert "No edition yet" in client.get(reverse("digest:weekly")).text


def test_a_reader_with_an_account_is_led_to_their_own_page(client, signed_in, edition):
    signed_in(member=True)
    assert "Choose your day and subscribe" in client.get(reverse("digest:weekly")).text
    save(client)
    assert "You get this." in client.get(reverse("digest:weekly")).text


def test_a_draft_is_not_on_the_web(client, edition):
    draft = EditionFactory(draft=True)
    assert client.get(reverse("digest:edition", args=[draft.number])).status_code == 404
    assert draft.headline not in client.get(reverse("digest:weekly")).text.replace(edition.headline, "", 1)


def test_the_web_copy_shows_note_editor_and_the_audits_head(client, edition):
    Edition.objects.update(audit_position=12, audit_head="ab" * 32, editor=UserFactory(display_name="Oonagh Tiernay"))
    text = client.get(reverse("digest:edition", args=[edition.number])).text
    assert "<em>Tuesday</em>" in text
    assert "Oonagh Tiernay, editor" in text
    assert "entry 12" in text
    assert "abababababababab abab" in text


def test_one_button_subscribes_and_the_page_says_when_it_comes(client, signed_in):
    user = signed_in(member=True)
    assert "Send me the weekly" in client.get(reverse("digest:mine")).text
    room, private = CategoryFactory(), CategoryFactory(members_only=True)
    page = save(client, categories=[str(private.pk)])
    assert "The weekly comes on Tuesdays at 08:00." in page.text
    assert "Next: " in page.text
    mine = my_subscription(user)
    assert (mine.weekday, mine.local_hour, mine.categories) == (1, 8, [private.pk])
    assert room.name in page.text


def test_what_it_tells_of_is_ticked_as_behind_a_link(client, signed_in):
    signed_in(member=True)
    one, two = CategoryFactory(), CategoryFactory()
    page = client.get(reverse("digest:mine")).text
    assert len(re.findall(r'name="categories" value="\d+"[^>]* checked', page)) == 2
    save(client, categories=[one.pk, two.pk])
    assert Subscription.objects.get().categories == [], "all of them is everything"
    save(client, categories=[two.pk])
    assert Subscription.objects.get().categories == [two.pk]
    assert "Leave at least one ticked" in save(client).text


def test_a_category_one_may_not_read_cannot_be_chosen(client, signed_in):
    signed_in()
    CategoryFactory()
    private = CategoryFactory(members_only=True)
    page = client.post(reverse("digest:mine"), {"weekday": "1", "hour": "8", "categories": [str(private.pk)]})
    assert private.name not in page.text
    assert not Subscription.objects.exists()


def test_pause_go_on_stop_and_undo(client, signed_in):
    user = signed_in(member=True)
    save(client)
    assert "paused until" in client.post(reverse("digest:mine_pause", args=["weekly"]), {"weeks": "2"}, follow=True).text
    assert "paused until" not in client.post(reverse("digest:mine_pause", args=["weekly"]), {"weeks": "0"}, follow=True).text
    client.post(reverse("digest:mine_pause", args=["weekly"]), {"weeks": "3"})
    assert my_subscription(user).paused_until is None
    page = client.post(reverse("digest:mine_leave", args=["weekly"]), follow=True)
    assert "You have left the weekly." in page.text
    assert "Undo" in page.text
    assert my_subscription(user) is None
    assert "Next: " in client.post(reverse("digest:mine_back", args=["weekly"]), follow=True).text
    assert my_subscription(user).state == "active"


def test_nothing_to_pause_or_undo_is_not_found(client, signed_in):
    signed_in(member=True)
    assert client.post(reverse("digest:mine_pause", args=["weekly"]), {"weeks": "2"}).status_code == 404
    assert client.post(reverse("digest:mine_back", args=["weekly"])).status_code == 404


def test_an_address_that_moved_in_before_the_account_is_shown_as_its_own(client, signed_in):
    mine = SubscriptionFactory()
    user = UserFactory(email=mine.address.email, member=True)
    client.force_login(user)
    assert "Wednesday" in client.get(reverse("digest:mine")).text
    assert my_subscription(user).pk == mine.pk


def test_the_desk_is_for_organisers(client, signed_in):
    signed_in(member=True)
    for name, args in (("edit", []), ("preview", ["weekly", "visitor"]), ("runs", [])):
        assert client.get(reverse(f"digest:{name}", args=args)).status_code == 403
    assert client.post(reverse("digest:cut", args=["weekly"]), {"sure": "yes"}).status_code == 403


def test_an_editor_writes_previews_and_cuts(client, signed_in):
    editor = signed_in(organiser=True)
    assert "The next edition" in client.get(reverse("digest:edit")).text
    client.post(reverse("digest:edit"), {"headline": "A headline", "note": "Some **words**."})
    draft = Edition.objects.get()
    made = TopicFactory(title="Worth a pick", created_at=WEDNESDAY - timedelta(hours=1))
    page = client.get(reverse("digest:edit")).text
    assert "Worth a pick" in page
    client.post(reverse("digest:item_pin", args=["weekly", "topic", made.pk]))
    draft.refresh_from_db()
    assert (draft.headline, draft.picks, draft.editor) == ("A headline", [["topic", made.pk]], editor)
    for reader in ("visitor", "member"):
        preview = client.get(reverse("digest:preview", args=["weekly", reader])).text
        assert "<strong>words</strong>" in preview
        assert "Picked by the editor" in preview
    assert "Tick the box" in client.post(reverse("digest:cut", args=["weekly"]), follow=True).text
    assert Edition.objects.get().state == "draft"
    assert "No. 1 is out" in client.post(reverse("digest:cut", args=["weekly"]), {"sure": "yes"}, follow=True).text
    assert Edition.objects.get().cut_by == editor
    client.post(reverse("digest:edit"), {"headline": "The next", "note": ""})
    page = client.get(reverse("digest:edit")).text
    assert "This week's edition is out" in page
    assert client.post(reverse("digest:cut", args=["weekly"]), {"sure": "yes"}).status_code == 409


def test_opening_the_desk_writes_nothing(client, signed_in):
    signed_in(organiser=True)
    client.get(reverse("digest:edit"))
    assert not Edition.objects.exists()


def test_readers_for_the_home_page_cost_one_statement_each(edition):
    user = UserFactory(member=True)
    with CaptureQueriesContext(connection) as told:
        assert latest_edition(user) == edition
        assert my_subscription(user) is None
    assert len(told) == 2
    assert edition.cut_off == MONDAY


@pytest.mark.parametrize("name", ["weekly", "mine"])
def test_pages_cost_the_same_whatever_there_is(client, signed_in, edition, name):
    signed_in(member=True)
    save(client)
    counts = []
    for _ in range(2):
        client.get(reverse(f"digest:{name}"))
        with CaptureQueriesContext(connection) as told:
            client.get(reverse(f"digest:{name}"))
        counts.append(len(told))
        EditionFactory.create_batch(4)
        SubscriptionFactory.create_batch(4)
        CategoryFactory.create_batch(4)
    assert counts[0] == counts[1]
    assert counts[0] <= 6
