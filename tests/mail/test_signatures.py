import base64
import re
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256, Hash

from mail.signatures import NoSuchKey, Signer, hashed_headers, headers_of, relaxed_body, signer

ELSEWHERE = Path(__file__).with_name("signed_elsewhere.eml").read_bytes()
"""Signed by dkimpy 1.1.8 with a key that was thrown away, of which this is the public half."""
PUBLIC = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAl5ErG1P4JTUC2Y65VQd66kpYVdoLCNVIhkraVfbp9MlWvkRpo5o6fWQG"
    "KR7bUMaAo+5DMjrJDWmlhv8S8596cC+3g8eYVa2FbvExGMNU7wZj3E/BNwogRFp5fHNWnk1gAGsSN6XGLF+oyYggAeY3kqmvSdrl"
    "yw56iOhfovd5PxQYREwcASxj0/8ezZx11F2/ENizyv4T2ZGzUVyb37v2OkfIjZIQBaUU+BUY6pW9xQw1jPxVOzFvH0hdOVtLIXVe"
    "9L0e0nAdG1Br7f3oaBpq6Kg2uYOGNugucjWlklCdivUOvzHnMq8q7ADnp/uKTj1PeLEw1YNo9askj8p75GYBUwIDAQAB"
)
MESSAGE = (
    b"From: Plenary Weekly <weekly@news.example.org>\r\nTo: a@example.org\r\nSubject: Week\r\n  49\r\n"
    b"List-Unsubscribe: <https://plenary.example.org/x/>,\r\n <mailto:office@example.org>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nFeedback-ID: 1:weekly:49:plenaryweekly\r\n\r\n"
    b"Good  morning. \r\n.dot\r\n\r\n\r\n"
)


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


def pem(key):
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(*kinds)


def verify(message, public):
    """As a receiver does it; raises InvalidSignature."""
    head, _, body = message.partition(b"\r\n\r\n")
    stamp, rest = headers_of(head)[0][1].decode(), headers_of(head)[1:]
    tags = {name: "".join(value.split()) for name, value in re.findall(r"\s*(\w+)=([^;]*)", stamp)}
    digest = Hash(SHA256())
    digest.update(relaxed_body(body))
    if base64.b64encode(digest.finalize()).decode() != tags["bh"]:
        raise InvalidSignature
    emptied = b"DKIM-Signature:" + re.sub(r"(\bb=)[^;]*", r"\1", stamp).encode()
    told = hashed_headers(rest, [name.lower() for name in tags["h"].split(":")], emptied)
    signature = base64.b64decode(tags["b"])
    if isinstance(public, Ed25519PublicKey):
        digest = Hash(SHA256())
        digest.update(told)
        public.verify(signature, digest.finalize())
    else:
        public.verify(signature, told, padding.PKCS1v15(), hashes.SHA256())
    return tags


def test_what_another_program_signed_is_read_alike():
    verify(ELSEWHERE, serialization.load_der_public_key(base64.b64decode(PUBLIC)))
    with pytest.raises(InvalidSignature):
        verify(ELSEWHERE.replace(b"hello", b"hallo"), serialization.load_der_public_key(base64.b64decode(PUBLIC)))


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_covers_both_headers_of_one_click_and_the_feedback_id(key, kind):
    private = key if kind == "rsa" else Ed25519PrivateKey.generate()
    signed = Signer("s1", private).signed(MESSAGE)
    tags = verify(signed, private.public_key())
    covered = set(tags["h"].split(":"))
    assert {"list-unsubscribe", "list-unsubscribe-post", "feedback-id", "from", "subject"} <= covered
    assert (tags["d"], tags["s"], tags["a"]) == ("news.example.org", "s1", f"{kind}-sha256")
    assert max(map(len, signed.split(b"\r\n"))) <= 120
    assert Signer("s1", private).signed(MESSAGE) == signed, "a second attempt is the same bytes"


@pytest.mark.parametrize(
    "change",
    [
        (b"One-Click", b"One-Kick"), (b"Good", b"Bad"), (b"\r\nTo:", b"\r\nFrom: evil@example.com\r\nTo:"), (b"<https", b"<http"),
    ],
)  # fmt: skip
def test_whatever_is_changed_or_added_breaks_it(key, change):
    signed = Signer("s1", key).signed(MESSAGE)
    with pytest.raises(InvalidSignature):
        verify(signed.replace(*change), key.public_key())


def test_spaces_that_servers_change_on_the_way_break_nothing(key):
    signed = Signer("s1", key).signed(MESSAGE)
    verify(signed.replace(b"morning. \r\n", b"morning.\r\n").replace(b"Week\r\n  49", b"Week 49") + b"\r\n", key.public_key())


def test_a_file_without_a_key_is_refused_in_words(tmp_path, key):
    good, bad, other = (tmp_path / name for name in ("good.pem", "bad.pem", "other.pem"))
    good.write_bytes(pem(key))
    bad.write_text("nothing")
    other.write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))
    assert signer("s1", str(good)).algorithm == "rsa-sha256"
    for each in (bad, other):
        with pytest.raises(NoSuchKey, match="pem"):
            signer("s1", str(each))
