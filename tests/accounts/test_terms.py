import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actions.terms import accept_terms
from accounts.models import TermsAcceptance, User
from accounts.permissions import TERMS_CHANGED, why_not_a_member
from accounts.standing import standing_of
from common.models import AuditEntry
from forum.permissions import can_reply
from tests.accounts.factories import UserFactory
from tests.forum.factories import TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget():
    cache.clear()


def test_signing_up_accepts_them_and_without_the_tick_no_account_is_made(client, settings):
    form = {"display_name": "Hester Quill", "email": "hester@example.org", "password1": "a-long-enough-phrase"}
    wrong = client.post(reverse("account_signup"), form)
    assert "Read the terms and tick the box" in wrong.content.decode()
    assert not User.objects.exists()
    client.post(reverse("account_signup"), {**form, "terms": "on"})
    user = User.objects.get()
    assert user.terms_version == settings.TERMS_VERSION
    assert TermsAcceptance.objects.get(user=user).version == settings.TERMS_VERSION
    assert AuditEntry.objects.filter(verb="account.accept_terms", actor_id=user.pk).count() == 1


def test_whoever_accepted_another_version_reads_but_does_not_write_until_asked(client, settings):
    user = UserFactory(member=True, terms_version="2025-01")
    topic = TopicFactory()
    standing = standing_of(user)
    assert standing.is_member
    assert not standing.takes_part
    assert why_not_a_member(standing) == TERMS_CHANGED
    assert can_reply(user, topic).reason == TERMS_CHANGED
    client.force_login(user)
    page = client.get("/forum/")
    assert TERMS_CHANGED in page.content.decode()
    terms = client.get(reverse("terms") + "?next=/forum/").content.decode()
    assert "What changed since version 2025-01" in terms
    answer = client.post(reverse("accept_terms"), {"next": "/forum/"})
    assert answer.headers["Location"] == "/forum/"
    assert can_reply(User.objects.get(pk=user.pk), topic)
    assert TERMS_CHANGED not in client.get("/forum/").content.decode()
    assert "What changed" not in client.get(reverse("terms")).content.decode()


def test_each_version_is_kept_with_its_time(settings):
    user = UserFactory(terms_version="")
    accept_terms(user, at=timezone.now())
    accept_terms(user, at=timezone.now())
    settings.TERMS_VERSION = "2027-01"
    accept_terms(user, at=timezone.now())
    assert list(TermsAcceptance.objects.order_by("pk").values_list("version", flat=True)) == ["2026-11", "2027-01"]
    assert User.objects.get(pk=user.pk).terms_version == "2027-01"


def test_the_database_keeps_one_acceptance_a_version():
    user = UserFactory()
    TermsAcceptance.objects.create(user=user, version="x", accepted_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        TermsAcceptance.objects.create(user=user, version="x", accepted_at=timezone.now())


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_it_leads_nowhere_else(client, there):
    client.force_login(UserFactory(terms_version=""))
    assert client.post(reverse("accept_terms"), {"next": there}).headers["Location"] == reverse("home")


def test_anybody_reads_them(client):
    html = client.get(reverse("terms")).content.decode()
    assert "<h1>Terms</h1>" in html
    assert reverse("accept_terms") not in html
