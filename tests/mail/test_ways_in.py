"""Providers prove in their own ways that it is them; nobody else is let in, and nothing goes in twice."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mail.models import InboundMail
from mail.ways_in import GOOD_FOR

pytestmark = pytest.mark.django_db
URL = reverse("mail:inbound")
MAIL = b"From: mira@example.org\r\nTo: reply+abc@plenary.example.org\r\nMessage-ID: <1@x.org>\r\n\r\nYes, \xe2\x9c\x93 \xff.\r\n"
TOKEN = "a" * 50


def kept():
    return [bytes(row.raw) for row in InboundMail.objects.order_by("pk") if row.raw]


class TestSignedToken:
    @pytest.fixture(autouse=True)
    def way(self, settings):
        settings.INBOUND_WAY, settings.INBOUND_SECRET = "mail.ways_in.SignedToken", "signing-key"
        cache.clear()

    def fields(self, mail=MAIL, *, token=TOKEN, ago=0, secret="signing-key"):
        moment = str(int((timezone.now() - timedelta(seconds=ago)).timestamp()))
        signature = hmac.new(secret.encode(), (moment + token).encode(), hashlib.sha256).hexdigest()
        return {
            "recipient": "reply+abc@plenary.example.org",
            "timestamp": moment,
            "token": token,
            "signature": signature,
            "body-mime": mail,
        }

    def multipart(self, client, fields):
        pieces = [
            f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
            + (value if isinstance(value, bytes) else value.encode())
            for name, value in fields.items()
        ]
        body = b"\r\n".join([*pieces, b"--cut--\r\n"])
        return client.post(URL, body, content_type="multipart/form-data; boundary=cut")

    def test_takes_a_form_of_either_kind(self, client):
        assert self.multipart(client, self.fields()).status_code == 200
        other = self.fields(MAIL.replace(b"<1@", b"<2@"), token="b" * 50)
        assert client.post(URL, urlencode(other), content_type="application/x-www-form-urlencoded").status_code == 200
        assert kept() == [MAIL, MAIL.replace(b"<1@", b"<2@")]

    def test_takes_one_that_is_larger_than_djangos_forms(self, client):
        mail = MAIL + b"x" * 3_000_000
        assert self.multipart(client, self.fields(mail)).status_code == 200
        assert kept() == [mail]

    def test_a_token_is_good_for_one_mail_however_often_that_is_brought(self, client):
        fields = self.fields()
        assert [self.multipart(client, fields).status_code for _ in range(2)] == [200, 200]
        assert self.multipart(client, fields | {"body-mime": MAIL.replace(b"Yes", b"No")}).status_code == 403
        assert kept() == [MAIL]

    @pytest.mark.parametrize("change", [{"ago": GOOD_FOR + 5}, {"ago": -GOOD_FOR - 5}, {"secret": "another"}, {"token": "short"}])
    def test_refuses_what_is_late_early_or_signed_by_somebody_else(self, client, change):
        assert self.multipart(client, self.fields(**change)).status_code == 403
        assert not kept()

    def test_refuses_another_shape_and_says_where_there_is_no_mail(self, client):
        assert client.post(URL, MAIL, content_type="message/rfc822").status_code == 403
        assert client.post(URL, "a=1&" * 200, content_type="application/x-www-form-urlencoded").status_code == 403
        assert self.multipart(client, self.fields(b"")).status_code == 400

    @given(
        body=st.binary(max_size=200),
        kind=st.sampled_from(
            ["multipart/form-data; boundary=a", "multipart/form-data", "x", "application/x-www-form-urlencoded"]
        ),
    )
    @hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
    def test_no_bytes_come_in_unproven(self, client, body, kind):
        assert client.post(URL, body, content_type=kind).status_code == 403


class TestPassword:
    @pytest.fixture(autouse=True)
    def way(self, settings):
        settings.INBOUND_WAY, settings.INBOUND_SECRET = "mail.ways_in.Password", "plenary:pass:word"

    def bring(self, client, body, *, said="plenary:pass:word", secure=True, content_type="application/json", scheme="Basic"):
        headers = {"Authorization": f"{scheme} {base64.b64encode(said.encode()).decode()}"}
        return client.post(URL, body, content_type=content_type, headers=headers, secure=secure)

    def test_takes_the_whole_mail_out_of_the_json(self, client):
        mail = MAIL.replace(b"\xff", b"")
        assert self.bring(client, json.dumps({"Subject": "x", "RawEmail": mail.decode()})).status_code == 200
        assert self.bring(client, MAIL.replace(b"<1@", b"<2@"), content_type="message/rfc822").status_code == 200
        assert kept() == [mail, MAIL.replace(b"<1@", b"<2@")]

    def test_says_so_where_the_whole_mail_is_not_in_it(self, client):
        assert self.bring(client, json.dumps({"TextBody": "Yes"})).status_code == 400

    @pytest.mark.parametrize(
        "change", [{"said": "plenary:other"}, {"said": ""}, {"said": "plénary"}, {"secure": False}, {"scheme": "Bearer"}]
    )
    def test_refuses_whoever_does_not_know_it_or_says_it_in_the_open(self, client, change):
        assert self.bring(client, MAIL, content_type="message/rfc822", **change).status_code == 401
        assert not kept()

    def test_refuses_what_is_no_base64(self, client):
        assert (
            client.post(URL, MAIL, content_type="message/rfc822", secure=True, headers={"Authorization": "Basic é"}).status_code
            == 401
        )
