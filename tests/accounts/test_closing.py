"""An account is closed for good: asked for, taken back, agreed to by two, and told of."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.closing import (
    ClosesAlready,
    ClosingIsOver,
    agree_to_close,
    close_own_account,
    keep_account,
    propose_closing,
)
from accounts.actions.erasing import erase_account, erase_due_accounts
from accounts.actions.roles import LastAdministrator
from accounts.models import Closing, User
from accounts.tokens import closing_of, keeping_key
from common.models import AuditEntry
from common.verdicts import Refused
from forum.actions.posts import reply_to_topic
from notifications.expander import expand_next
from notifications.models import Notice
from tests.accounts.factories import PASSWORD, UserFactory
from tests.accounts.ways_in import deliver, link_in, show_it_is_you, signed_in
from tests.forum.factories import TopicFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _forget():
    cache.clear()


@pytest.fixture
def maren():
    return UserFactory(email="maren@practice.example", display_name="Maren Ostrow", member=True)


@pytest.fixture
def officers():
    return UserFactory(administrator=True), UserFactory(director=True)


def test_a_member_closes_it_is_told_and_keeps_it_by_the_link(maren, sink):
    client = signed_in(maren)
    page = client.get(reverse("accounts:account")).content.decode()
    assert reverse("accounts:close") in page
    show_it_is_you(client)
    page = client.get(reverse("accounts:close")).content.decode()
    assert "What stays" in page
    assert "after 14 days it is erased" in page
    missing = client.post(reverse("accounts:close"))
    assert "Tick the box if you want this" in missing.content.decode()
    assert client.post(reverse("accounts:close"), {"sure": "on"}).status_code == 302
    assert "Your account will be closed on" in client.get("/").content.decode(), "a bar on every page"
    deliver()
    told = sink.to(maren.email)[-1]
    path = link_in(told, "close/link")
    stranger = Client()
    assert "Keep your account?" in stranger.get(path).content.decode()
    assert Closing.objects.open().exists(), "opening a link changes nothing"
    assert "Your account stays" in stranger.post(path).content.decode()
    assert "_auth_user_id" not in stranger.session, "it signs nobody in"
    assert "no longer works" in stranger.post(path).content.decode()
    assert "Your account will be closed on" not in client.get("/").content.decode()
    deliver()
    assert "Your account stays" in sink.to(maren.email)[-1].text


def test_a_missing_tick_is_told_before_anybody_is_asked_who_they_are(client):
    client.force_login(UserFactory(member=True))
    answer = client.post(reverse("accounts:close"), {})
    assert answer.status_code == 200
    assert answer.context["form"].errors["sure"]
    assert not Closing.objects.exists()


def test_it_asks_who_is_there_and_goes_on_with_what_was_pressed(maren):
    client = signed_in(maren)
    assert client.get(reverse("accounts:close")).status_code == 200
    assert client.post(reverse("accounts:copy_file")).headers["Location"].startswith(reverse("account_reauthenticate"))
    asked = client.post(reverse("accounts:close"), {"sure": "on"})
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert not Closing.objects.exists()
    client.post(asked.headers["Location"], {"password": PASSWORD, "next": reverse("accounts:close")})
    assert Closing.objects.open().filter(user=maren).exists()


def test_signed_in_they_keep_it_by_a_button(maren):
    close_own_account(maren, at=timezone.now())
    client = signed_in(maren)
    assert "Keep my account" in client.get(reverse("accounts:close")).content.decode()
    assert client.post(reverse("accounts:stay")).status_code == 302
    maren.refresh_from_db()
    assert maren.closes_at is None
    assert client.post(reverse("accounts:stay")).status_code == 404


def test_asked_for_twice_it_closes_once(maren):
    close_own_account(maren, at=timezone.now())
    with pytest.raises(ClosesAlready):
        close_own_account(maren, at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Closing.objects.create(user=maren, why="own", asked_at=timezone.now(), asked_by=maren, due_at=timezone.now())


def test_whoever_alone_can_appoint_others_stays_until_somebody_else_can(officers):
    with pytest.raises(LastAdministrator):
        close_own_account(officers[0], at=timezone.now())
    UserFactory(administrator=True)
    assert close_own_account(officers[0], at=timezone.now()).due_at


def test_once_it_has_begun_nobody_can_keep_it(maren):
    closing = close_own_account(maren, at=timezone.now())
    key = keeping_key(closing)
    assert closing_of(key) == closing
    assert erase_account(closing.pk, at=timezone.now()) is False, "not before its day"
    assert erase_account(closing.pk, at=timezone.now() + 15 * DAY)
    assert closing_of(key) is None
    with pytest.raises(ClosingIsOver):
        keep_account(closing, by=None, at=timezone.now() + 15 * DAY)
    assert closing_of(f"{closing.pk}:forged") is None


def test_two_officers_close_it_for_somebody_who_asked(maren, officers, sink):
    first, second = officers
    client = signed_in(first)
    assert (
        reverse("accounts:close_person", args=[maren.handle])
        in client.get(reverse("accounts:person", args=[maren.handle])).content.decode()
    )
    page = reverse("accounts:close_person", args=[maren.handle])
    assert "Say why." in client.post(page).content.decode()
    client.post(page, {"why": "asked"})
    closing = Closing.objects.get()
    assert "You asked for this: another officer decides." in client.get(reverse("accounts:closings")).content.decode()
    assert client.post(reverse("accounts:closing_agree", args=[closing.pk])).status_code == 403
    assert erase_due_accounts(clock=lambda: timezone.now() + 99 * DAY) == 0, "one alone does nothing"
    expand_next(at=timezone.now())
    told = signed_in(second).get(reverse("notifications:list")).content.decode()
    assert "The account of Maren Ostrow is to be closed" in told
    assert Notice.objects.get().user == second, "neither who asked nor whose it is"
    signed_in(second).post(reverse("accounts:closing_agree", args=[closing.pk]))
    deliver()
    assert "the officers of the institute decided" in sink.to(maren.email)[-1].text
    assert erase_due_accounts(clock=lambda: timezone.now() + 15 * DAY) == 1
    entries = AuditEntry.objects.filter(verb__startswith="account.", subject_id=str(maren.pk))
    assert set(entries.values_list("verb", flat=True)) >= {"account.ask_to_close", "account.agree_to_close", "account.erase"}
    assert not entries.filter(detail__details__icontains="maren").exists()


def test_officers_call_off_what_officers_asked_and_nothing_else(maren, officers):
    first, second = officers
    closing = propose_closing(maren, why="died", by=first, at=timezone.now())
    client = signed_in(second)
    client.post(reverse("accounts:closing_off", args=[closing.pk]))
    assert not Closing.objects.open().exists()
    own = close_own_account(maren, at=timezone.now())
    assert client.post(reverse("accounts:closing_off", args=[own.pk])).status_code == 403
    assert Closing.objects.open().exists()


def test_the_rules_are_the_actions(maren, officers):
    first, second = officers
    other = UserFactory(member=True)
    with pytest.raises(Refused):
        propose_closing(maren, why="asked", by=other, at=timezone.now())
    with pytest.raises(Refused, match="your own account"):
        propose_closing(second, why="asked", by=second, at=timezone.now())
    closing = propose_closing(maren, why="asked", by=first, at=timezone.now())
    for person in (first, other, maren):
        with pytest.raises(Refused):
            agree_to_close(closing, by=person, at=timezone.now())
    with pytest.raises(Refused):
        keep_account(closing, by=other, at=timezone.now())
    agree_to_close(closing, by=second, at=timezone.now())
    with pytest.raises(ClosingIsOver):
        agree_to_close(closing, by=second, at=timezone.now())
    with pytest.raises(IntegrityError, match="two_officers"), transaction.atomic():
        Closing.objects.filter(pk=closing.pk).update(agreed_by=first)


def test_a_copy_holds_what_is_theirs_and_nothing_of_others(maren):
    topic = TopicFactory(title="Rotas", body="Words of somebody else.")
    reply_to_topic(topic, by=User.objects.with_roles().get(pk=maren.pk), body="Ours is on paper.", at=timezone.now())
    client = signed_in(maren)
    show_it_is_you(client)
    assert client.get(reverse("accounts:copy")).status_code == 200
    answer = client.post(reverse("accounts:copy_file"))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:
        told = {name: packed.read(name).decode() for name in packed.namelist()}
    assert json.loads(told["account.json"])["account"]["email"] == maren.email
    assert json.loads(told["forum.json"])["posts"][0]["text"] == "Ours is on paper."
    assert {name.removesuffix(".json") for name in told} == {
        *("READ ME.txt", "account", "forum", "consultations", "mail", "notices", "moderation")
    }
    assert "Words of somebody else" not in "".join(told.values())
    assert "argon2" not in "".join(told.values())
    assert AuditEntry.objects.filter(verb="account.copy").count() == 1


def refuses(leaver, *, at):
    """A door that does not open for one person."""
    if "stuck" in leaver.addresses[0]:
        raise RuntimeError(at)
    return True


def test_one_that_cannot_be_erased_holds_up_no_other(settings):
    settings.ACCOUNT_ERASED = ["tests.accounts.test_closing.refuses"]
    stuck, free = UserFactory(email="stuck@example.org"), UserFactory()
    at = timezone.now()
    for user in (stuck, free):
        close_own_account(user, at=at)
    for day in (15, 16):
        with pytest.raises(RuntimeError):
            erase_due_accounts(clock=lambda day=day: at + day * DAY)
    assert Closing.objects.get(user=free).erased_at
    assert not Closing.objects.get(user=stuck).erased_at
