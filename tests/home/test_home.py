from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions.sanctions import impose_sanction
from consultation.models import Consultation
from tests.accounts.factories import UserFactory
from tests.consultation.factories import a_draft, a_response, an_open_one
from tests.forum.factories import PostFactory, TopicFactory
from tests.querycount import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db


def page(client) -> str:
    return client.get("/").content.decode()


def test_a_stranger_is_told_what_this_is_and_how_to_take_part(client):
    html = page(client)
    assert "make up their minds" in html
    assert "Nothing has been written yet" in html
    assert "None at the moment" in html


def test_members_only_topics_are_for_members(client):
    TopicFactory(members_only=True, title="Pay in the north")
    TopicFactory(title="Phones on Monday")
    assert "Phones on Monday" in page(client)
    assert "Pay in the north" not in page(client)
    client.force_login(UserFactory(member=True))
    assert "Pay in the north" in page(client)


def test_whoever_is_suspended_is_told_so_first_and_nobody_else_is(client):
    person, moderator = UserFactory(member=True), UserFactory(member=True, moderator=True)
    client.force_login(person)
    assert "suspended" not in page(client)
    now = timezone.now()
    impose_sanction(person, kind="suspension", reason="Insults.", by=moderator, at=now, ends_at=now + timedelta(days=7))
    assert "You are suspended until" in page(client)


def test_whoever_has_no_membership_is_shown_where_to_claim_it(client):
    client.force_login(UserFactory())
    assert "Claim your membership" in page(client)
    client.force_login(UserFactory(member=True))
    assert "Claim your membership" not in page(client)


def test_drafts_of_consultations_are_not_shown(client):
    a_draft(title="Not yet asked")
    client.force_login(UserFactory(member=True))
    assert "Not yet asked" not in page(client)


def test_an_open_consultation_waits_for_a_member_until_it_is_answered(client):
    consultation = an_open_one(title="Routes for all", at=timezone.now() - timedelta(days=1))
    assert Consultation.objects.accepting_at(timezone.now()).exists()
    assert "See what is asked" not in page(client), "a visitor cannot answer"
    member = UserFactory(member=True)
    client.force_login(member)
    assert "See what is asked" in page(client)
    a_response(consultation, by=member, at=timezone.now())
    html = page(client)
    assert "See what is asked" not in html
    assert "You have answered" in html


@pytest.mark.parametrize(("member", "most"), [(False, 5), (True, 8)])
def test_costs_the_same_whatever_is_there(client, member, most):
    if member:
        client.force_login(UserFactory(member=True))
    TopicFactory()

    def add_rows():
        for _ in range(12):
            PostFactory(topic=TopicFactory(created_at=timezone.now() - timedelta(hours=1)))

    assert_queries_do_not_grow("/", client, add_rows=add_rows, at_most=most)
