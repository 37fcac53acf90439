"""The weekly, the one surface that is made on Monday and read all week: every reader gets what they may see when they read it."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import GroupMember
from digest.actions.editions import cut_due_edition, draft_edition
from digest.categories import choosable
from digest.sending import send_due
from digest.ticking import tick
from mail.models import Address
from tests.digest.conftest import QUICK
from tests.digest.factories import MONDAY, WEDNESDAY, SubscriptionFactory
from tests.digest.test_contents import IN_WEEK
from tests.forum.factories import CategoryFactory, TopicFactory
from tests.visibility.people import READERS, people_and_groups

pytestmark = pytest.mark.django_db
INSIDE = {"group member", "group owner", "category moderator"}
OUTSIDE = {"visitor", "subscriber", "lapsed member", "suspended member", "sleeping director"}


def expected(kind):
    return {"public"} | (set() if kind in OUTSIDE else {"members"}) | ({"group"} if kind in INSIDE else set())


@pytest.fixture
def population(settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    return people_and_groups(at=timezone.now())


@pytest.fixture
def draft(population):
    """The edition in preparation: one topic of each kind of category in its week, a pending and a hidden one in each."""
    for access in ("public", "members", "group"):
        extra = {"group": population.panel, "moderate_group": population.keepers} if access == "group" else {}
        category = CategoryFactory(access=access, name=f"Room zroom{access}", **extra)
        for state in ("published", "pending", "hidden"):
            word = f"ztitle{access}" if state == "published" else f"zoff{access}{state}"
            TopicFactory(category=category, title=f"About {word}", body=f"Word of {word}.", created_at=IN_WEEK, state=state)
    return draft_edition(at=IN_WEEK)


@pytest.fixture
def edition(draft):
    return cut_due_edition(at=MONDAY)


def told(text):
    assert "zoff" not in text
    return set(re.findall(r"z(?:title|room)(public|members|group)", text))


def test_the_web_copy_reader_by_reader(client, population, edition):
    for kind in READERS:
        client.logout()
        if kind != "visitor":
            client.force_login(population.people[kind])
        page = client.get(reverse("digest:edition", args=[edition.number])).content.decode()
        assert told(page) == expected(kind), kind


def test_the_mail_reader_by_reader_and_no_subject_names_a_private_place(sink, population, edition):
    for kind, person in population.people.items():
        if kind != "visitor":
            SubscriptionFactory(address=Address.objects.get(account=person))
    tick(at=WEDNESDAY)
    GroupMember.objects.filter(user=population.people["group owner"]).update(removed_at=WEDNESDAY)
    send_due(clock=lambda: WEDNESDAY, limits=QUICK)
    got = {message.recipient: message for message in sink.received}
    for kind, person in population.people.items():
        if kind == "visitor":
            continue
        wanted = expected(kind) - ({"group"} if kind == "group owner" else set())
        assert told(got[person.email].text) == wanted, kind
        assert told(str(got[person.email].message["Subject"])) <= {"public"}, kind


def test_categories_to_choose_from_are_those_that_may_be_read(population, edition):
    for kind, person in population.people.items():
        assert told(str(choosable(person))) == expected(kind), kind


def test_the_desk_names_nothing_of_a_group_that_the_editor_is_not_in(client, population, draft):
    for kind in ("organiser", "director"):
        client.force_login(population.people[kind])
        for url in (reverse("digest:edit"), reverse("digest:preview", args=["weekly", "editor"])):
            assert told(client.get(url).content.decode()) == {"public", "members"}, url
        assert told(client.get(reverse("digest:preview", args=["weekly", "visitor"])).content.decode()) == {"public"}
