"""Mail comes in by two ways, is kept first and taken in once."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils import timezone

from common.models import Heartbeat
from mail.fetching import fetch_mails
from mail.inbound import KEPT_FOR, forget_old, keep_mail, take_in_next
from mail.incoming import read_mail
from mail.kinds import Taken
from mail.models import InboundMail
from mail.models.inbound import MOST_ATTEMPTS
from tests.mail import authority
from tests.mail.imap import Mailbox

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
URL = reverse("mail:inbound")


class Door:
    """Keeps what it was given; poison raises."""

    given: ClassVar = []

    def take(self, came, token, *, name, inbound, at):
        if token == "poison":
            raise ZeroDivisionError
        self.given.append((token, came.text.strip(), name))
        return Taken("refused", "Not today.") if token == "refuse" else Taken("taken")


@pytest.fixture(autouse=True)
def door(settings):
    Door.given = []
    settings.INBOUND_KINDS = {"reply": "tests.mail.test_inbound.Door"}
    settings.INBOUND_SECRET = "shared"
    return Door


def letter(number=1, token="abc", **headers):
    head = {"From": "mira@example.org", "To": f"reply+{token}@plenary.example.org", "Message-ID": f"<{number}@x.org>"} | headers
    return ("".join(f"{name}: {value}\n" for name, value in head.items()) + "\nYes.\n").encode()


def signed(client, body, *, at=None, secret="shared", content_type="message/rfc822"):
    moment = str(int((at or timezone.now()).timestamp()))
    signature = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"X-Plenary-Timestamp": moment, "X-Plenary-Signature": signature}
    return client.post(URL, body, content_type=content_type, headers=headers)


def outcomes():
    return list(InboundMail.objects.order_by("pk").values_list("outcome", flat=True))


class TestTakingIn:
    def test_gives_it_to_its_door_and_keeps_no_words(self, door):
        keep_mail(letter(), at=AT)
        row = take_in_next(at=AT)
        assert [(token, text) for token, text, _ in door.given] == [("abc", "Yes.")]
        row.refresh_from_db()
        assert (row.outcome, row.raw) == ("taken", None)
        assert take_in_next(at=AT) is None

    def test_what_is_brought_twice_is_taken_in_once(self, door):
        for _ in range(2):
            keep_mail(letter(), at=AT)
            take_in_next(at=AT)
        assert len(door.given) == 1

    def test_without_a_message_id_the_whole_mail_is_its_name(self, door):
        for _ in range(2):
            keep_mail(letter(**{"Message-ID": ""}), at=AT)
        assert InboundMail.objects.count() == 1

    def test_the_answer_is_written_down(self, door):
        keep_mail(letter(token="refuse"), at=AT)
        row = take_in_next(at=AT)
        assert (row.outcome, row.answer) == ("refused", "Not today.")

    @pytest.mark.parametrize(
        ("headers", "outcome"),
        [
            ({"Auto-Submitted": "auto-replied"}, "dropped"),
            ({"List-Id": "Plenary forum <forum.plenary.example.org>"}, "dropped"),
            ({"To": "office@example.org"}, "unknown"),
            ({"To": "office@example.org", "Delivered-To": "reply+abc@plenary.example.org"}, "taken"),
        ],
    )
    def test_machines_our_own_mail_and_strangers_are_told_apart(self, door, headers, outcome):
        keep_mail(letter(**headers), at=AT)
        take_in_next(at=AT)
        assert outcomes() == [outcome]

    def test_one_that_fails_waits_longer_each_time_and_holds_up_no_other(self, door):
        keep_mail(letter(1, token="poison"), at=AT)
        keep_mail(letter(2), at=AT)
        with pytest.raises(ZeroDivisionError):
            take_in_next(at=AT)
        take_in_next(at=AT)
        assert take_in_next(at=AT) is None
        later = AT
        for _ in range(MOST_ATTEMPTS - 1):
            later += timedelta(days=1)
            with pytest.raises(ZeroDivisionError):
                take_in_next(at=later)
        assert take_in_next(at=later + timedelta(days=1)) is None
        assert InboundMail.objects.get(outcome="").raw is not None, "somebody can look at it"

    def test_of_one_that_is_too_large_only_the_headers_are_kept_and_its_door_knows(self, door, settings):
        settings.INBOUND_MAX_MB = 0
        kept = bytes(keep_mail(letter(), at=AT).raw)
        assert read_mail(kept).is_cut and not read_mail(kept).text and read_mail(kept).recipients
        take_in_next(at=AT)
        assert outcomes() == ["taken"]

    def test_after_a_while_nothing_is_left_of_it(self, door):
        keep_mail(letter(), at=AT)
        take_in_next(at=AT)
        forget_old(at=AT + KEPT_FOR)
        assert outcomes() == ["taken"]
        forget_old(at=AT + KEPT_FOR + timedelta(seconds=1))
        assert outcomes() == []

    def test_the_database_keeps_no_words_of_what_is_done(self):
        keep_mail(letter(), at=AT)
        with pytest.raises(IntegrityError, match="kept_only_until"), connection.cursor() as cursor:
            cursor.execute("UPDATE mail_inboundmail SET outcome = 'taken'")


class TestWebhook:
    def test_keeps_a_mail_that_is_signed(self, client):
        assert signed(client, letter()).status_code == 200
        assert bytes(InboundMail.objects.get().raw) == letter()

    def test_keeps_one_that_is_larger_than_a_form_may_be(self, client):
        raw = letter() + b"x" * 2_000_000
        assert signed(client, raw).status_code == 200
        assert len(bytes(InboundMail.objects.get().raw)) == len(raw)

    def test_keeps_one_in_json(self, client):
        body = json.dumps({"raw": base64.b64encode(letter()).decode()}).encode()
        assert signed(client, body, content_type="application/json").status_code == 200
        assert bytes(InboundMail.objects.get().raw) == letter()

    @pytest.mark.parametrize("body", [b"[]", b"{", b'{"raw": 1}', b'{"raw": "a"}', b'{"raw": ""}'])
    def test_says_so_where_there_is_no_mail_in_it(self, client, body):
        assert signed(client, body, content_type="application/json").status_code == 400

    def test_replayed_it_changes_nothing_and_later_it_is_refused(self, client):
        assert signed(client, letter()).status_code == 200
        assert signed(client, letter()).status_code == 200
        assert InboundMail.objects.count() == 1
        assert signed(client, letter(2), at=timezone.now() - timedelta(minutes=6)).status_code == 403

    @pytest.mark.parametrize("headers", [{}, {"X-Plenary-Timestamp": "x", "X-Plenary-Signature": "ä"}])
    def test_refuses_what_is_not_signed(self, client, headers):
        assert client.post(URL, letter(), content_type="message/rfc822", headers=headers).status_code == 403
        assert signed(client, letter(), secret="another").status_code == 403
        assert not InboundMail.objects.exists()

    def test_refuses_what_is_too_large(self, client, settings):
        settings.INBOUND_MAX_MB = 0
        assert signed(client, letter()).status_code == 413

    def test_is_not_there_without_a_secret(self, client, settings):
        settings.INBOUND_SECRET = ""
        assert signed(client, letter()).status_code == 404


class TestMailbox:
    @pytest.fixture
    def box(self):
        box = Mailbox([letter(1), letter(2)])
        yield box
        box.close()

    def fetch(self, box):
        return fetch_mails(box.url, clock=lambda: AT)

    def test_keeps_what_is_unseen_and_marks_it(self, box):
        assert self.fetch(box) == 2
        assert box.seen == {1, 2}
        assert InboundMail.objects.count() == 2
        assert self.fetch(box) == 0

    def test_one_that_was_kept_and_not_marked_is_known_again(self, box):
        self.fetch(box)
        box.seen.clear()
        assert self.fetch(box) == 2
        assert InboundMail.objects.count() == 2

    def test_one_that_is_too_large_is_not_asked_for(self, box, settings):
        settings.INBOUND_MAX_MB = 0
        assert self.fetch(box) == 2
        assert not any("BODY.PEEK[]" in command for command in box.told)

    def test_a_server_that_says_no_or_is_away_fails_nothing(self, box):
        box.refuse_login = True
        assert self.fetch(box) == 0
        assert fetch_mails(box.url.replace("/Answers", "/Other"), clock=lambda: AT) == 0
        box.close()
        assert self.fetch(box) == 0


class TestMailboxOverTls:
    """A server of our own with a certificate of our own: the standard library's client, its checks and nothing put in its place."""

    @pytest.fixture
    def box(self):
        boxes = []

        def opened(**certificate):
            boxes.append(Mailbox([letter(1), letter(2)], tls=authority.server_context(**certificate)))
            return boxes[-1]

        yield opened
        for box in boxes:
            box.close()

    @pytest.fixture(autouse=True)
    def trusted(self, monkeypatch, tmp_path):
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.written_to(tmp_path)))

    def test_a_server_that_is_who_it_should_be_is_read(self, box):
        server = box()
        assert fetch_mails(server.url, clock=lambda: AT) == 2
        assert server.seen == {1, 2}
        assert Heartbeat.objects.get(name="mailbox").at == AT

    @pytest.mark.parametrize(
        ("certificate", "said"),
        [
            ({"names": ["elsewhere.example.org"]}, "not valid for '127.0.0.1'"),
            ({"by_itself": True}, "self-signed certificate"),
            ({"until": timedelta(days=-1)}, "certificate has expired"),
        ],
    )
    def test_another_is_told_in_the_log_and_hears_no_password(self, box, caplog, certificate, said):
        server = box(**certificate)
        assert fetch_mails(server.url, clock=lambda: AT) == 0
        (line,) = [record.getMessage() for record in caplog.records if record.name == "plenary.inbound"]
        assert "certificate is not valid" in line
        assert said in line
        assert server.told == []
        assert not Heartbeat.objects.filter(name="mailbox").exists()

    def test_one_that_speaks_in_the_open_is_not_spoken_to(self):
        box = Mailbox([letter(1)])
        try:
            assert fetch_mails(box.url.replace("imap:", "imaps:"), clock=lambda: AT) == 0
            assert not any("LOGIN" in command for command in box.told)
        finally:
            box.close()


class TestReadyz:
    def mailbox(self, client):
        return client.get("/readyz").json().get("mailbox")

    def test_says_whether_the_mailbox_is_read_where_there_is_one(self, client, settings):
        assert self.mailbox(client) is None
        settings.INBOUND_IMAP_URL = "imaps://x@y/INBOX"
        assert self.mailbox(client) == "has not been read lately"
        Heartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now()})
        assert client.get("/readyz").status_code == 200, "pages are served all the same"
        Heartbeat.objects.create(name="mailbox", at=timezone.now())
        assert self.mailbox(client) == "ok"
