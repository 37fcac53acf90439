"""Bounces and complaints by a provider's webhook: who proves who they are, of our messages alone, each message once."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from mail import addresses
from mail.bounces import note_trouble
from mail.messages import message_id
from mail.models import Address, Mail, MailEvent
from mail.suppressions import why_suppressed

pytestmark = pytest.mark.django_db
URL = reverse("mail:events")
POSTMARK = "anymail.webhooks.postmark.PostmarkTrackingWebhookView"
MAILGUN = "anymail.webhooks.mailgun.MailgunTrackingWebhookView"
NOW = timezone.now()


@pytest.fixture(autouse=True)
def way(settings):
    settings.MAIL_EVENTS_WAY, settings.ANYMAIL = POSTMARK, {"WEBHOOK_SECRET": "us:pass word"}


@pytest.fixture
def sent():
    return one_sent()


def one_sent(email="maren@example.org", ago=1):
    address = addresses.address_for(email, at=NOW)
    at = NOW - timedelta(days=ago)
    mail = Mail.objects.create(
        address=address, kind="test.x", key=f"x:{Mail.objects.count()}", lane="notify", created_at=at, state="accepted",
        first_attempt_at=at, accepted_at=at,
    )  # fmt: skip
    mail.message_id = message_id("m", mail.pk)
    mail.save()
    return mail


def bounce(email="maren@example.org", details="smtp;550 5.1.1 no such user", kind="HardBounce", number=7, **told):
    record = "SpamComplaint" if kind == "SpamComplaint" else "Bounce"
    own = {
        "RecordType": record,
        "Type": kind,
        "ID": number,
        "Email": email,
        "Details": details,
        "BouncedAt": "2026-11-28T02:00:00Z",
    }
    return own | told


def post(client, told, secret="us:pass word"):
    head = {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(secret.encode()).decode()} if secret else {}
    body = told if isinstance(told, str) else json.dumps(told)
    return client.post(URL, body, content_type="application/json", **head)


def test_a_mailbox_that_does_not_exist_is_written_to_no_more(client, sent):
    assert post(client, bounce()).status_code == 200
    sent.address.refresh_from_db()
    assert sent.address.state == Address.State.DEAD
    assert why_suppressed("maren@example.org") == "hard_bounce"
    assert post(client, bounce()).status_code == 200
    event = MailEvent.objects.get()
    assert (event.kind, event.told, event.provider) == ("hard", {"code": "5.1.1"}, "postmark")


def test_a_complaint_stops_the_mail(client, sent):
    post(client, bounce(kind="SpamComplaint", details=""))
    assert why_suppressed("maren@example.org") == "complaint"


@pytest.mark.parametrize(
    ("kind", "details"), [("SoftBounce", "smtp;452 4.2.2 full"), ("HardBounce", "smtp;554 5.7.1 not wanted"), ("HardBounce", "")]
)
def test_without_a_word_that_the_mailbox_is_gone_it_is_soft(client, sent, kind, details):
    post(client, bounce(kind=kind, details=details))
    assert MailEvent.objects.get().kind == "soft"
    assert why_suppressed("maren@example.org") is None


@pytest.mark.parametrize("kind", ["Transient", "AutoResponder", "Unsubscribe", "DnsError"])
def test_what_is_no_trouble_is_not_noted(client, sent, kind):
    assert post(client, bounce(kind=kind)).status_code == 200
    assert not MailEvent.objects.exists()


def test_a_delivery_is_evidence_that_a_message_was_taken_of_which_nobody_knew(client, sent):
    Mail.objects.update(state="uncertain", accepted_at=None)
    told = {"RecordType": "Delivery", "MessageID": "x", "Recipient": "maren@example.org", "DeliveredAt": "2026-11-28T02:00:00Z"}
    post(client, told)
    sent.refresh_from_db()
    assert sent.state == "uncertain", "it names no message of ours"
    post(client, told | {"Metadata": {"id": sent.message_id}})
    sent.refresh_from_db()
    assert sent.state == "accepted"
    assert not MailEvent.objects.exists()


def test_an_address_that_we_did_not_write_to_is_not_noted(client, sent):
    one_sent("long.ago@example.org", ago=40)
    addresses.address_for("never@example.org", at=NOW)
    for email in ("stranger@example.org", "never@example.org", "long.ago@example.org"):
        assert post(client, bounce(email)).status_code == 200
    assert not MailEvent.objects.exists()


def test_a_message_counts_once_by_mail_and_by_webhook(client, sent):
    note_trouble(sent.address, what="hard", event_id=f"m.{sent.pk}", code="5.1.1", at=NOW)
    post(client, bounce(Metadata={"any": "thing"}, Headers=[{"Name": "Message-ID", "Value": sent.message_id}]))
    assert MailEvent.objects.count() == 1


def test_a_word_about_another_address_is_never_hard(client, sent):
    """The mailbox that we write to forwards to one that is gone."""
    one_sent("else@example.net")
    post(client, bounce("else@example.net", MessageID=sent.message_id))
    assert (MailEvent.objects.get().kind, MailEvent.objects.get().address) == ("soft", sent.address)


@pytest.mark.parametrize("secret", ["", "us:wrong", "x"])
def test_nobody_else_is_believed(client, sent, secret):
    assert post(client, bounce(), secret).status_code == 401
    assert not MailEvent.objects.exists()


@pytest.mark.parametrize("told", ["", "[]", "{", '{"RecordType": "Bounce"}', "null", '{"RecordType": 3}', '"x"'])
def test_what_no_provider_writes_is_refused_or_passed_over(client, sent, told):
    assert post(client, told).status_code in {200, 400}
    assert not MailEvent.objects.exists()


def test_there_is_no_such_address_without_a_way_or_without_a_proof(client, settings):
    settings.ANYMAIL = {}
    assert post(client, bounce()).status_code == 404
    settings.MAIL_EVENTS_WAY = ""
    assert post(client, bounce()).status_code == client.head(URL).status_code == 404


def test_a_provider_may_ask_whether_it_is_there(client):
    assert client.head(URL).status_code == 200
    assert client.get(URL).status_code == 405


def signed(told, key="key"):
    moment, token = str(int(NOW.timestamp())), "t" * 50
    signature = hmac.new(key.encode(), (moment + token).encode(), hashlib.sha256).hexdigest()
    return {"signature": {"timestamp": moment, "token": token, "signature": signature}, "event-data": told}


def test_a_provider_that_signs_is_bound_to_the_very_message(client, settings, sent):
    settings.MAIL_EVENTS_WAY, settings.ANYMAIL = MAILGUN, {"MAILGUN_WEBHOOK_SIGNING_KEY": "key"}
    told = {
        "event": "failed", "severity": "permanent", "reason": "bounce", "recipient": "maren@example.org",
        "timestamp": NOW.timestamp(), "message": {"headers": {"message-id": sent.message_id.strip("<>")}},
        "delivery-status": {"code": 550, "message": "5.1.1 The email account that you tried to reach does not exist"},
    }  # fmt: skip
    assert post(client, signed(told, "wrong"), "").status_code == 401
    assert post(client, signed(told), "").status_code == 200
    event = MailEvent.objects.get()
    assert (event.kind, event.message_id, event.event_id) == ("hard", sent.message_id, f"m.{sent.pk}.hard")
