"""What is signed, and that nothing of it can be changed unseen."""

import json
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from consultation.proof.receipts import (
    Receipt,
    fingerprint,
    instant,
    is_signed,
    leaf_of,
    leaves_file,
    public_key,
    receipt_lines,
    root_file,
    root_lines,
    sign,
)

SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
"""RFC 8032, section 7.1, test 1."""
KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


def a_receipt() -> Receipt:
    nonce, response = bytes(range(32)), b'{"answers":{"why":"\xc3\xa9"}}'
    leaf, sent = leaf_of(nonce, response), "2026-11-27T19:05:00Z"
    lines = receipt_lines(consultation="routes", leaf=leaf, sent=sent)
    return Receipt("routes", response, nonce, leaf, sent, public_key(SEED), sign(lines, seed=SEED))


def test_a_key_signs_as_rfc_8032_says():
    assert public_key(SEED).hex() == KEY
    assert sign(b"", seed=SEED).hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155")


def test_the_lines_are_as_documented():
    leaf = bytes(32)
    assert receipt_lines(consultation="routes", leaf=leaf, sent="S") == b"plenary receipt 1\nroutes\n" + b"00" * 32 + b"\nS\n"
    told = root_lines(consultation="routes", size=3, root=leaf, fixed="F")
    assert told == b"plenary root 1\nroutes\n3\n" + b"00" * 32 + b"\nF\n"


def test_holds_as_it_was_given_and_in_no_other_way():
    receipt = a_receipt()
    assert receipt.holds()
    for change in (
        {"response": receipt.response + b" "},
        {"nonce": bytes(32)},
        {"leaf": bytes(32)},
        {"sent": "2026-11-27T19:05:01Z"},
        {"consultation": "other"},
        {"signature": bytes(64)},
        {"key": public_key(bytes(32))},
    ):
        assert not replace(receipt, **change).holds(), change


def test_the_files_are_plain():
    told = a_receipt().as_dict()
    assert json.loads(told["response"]) == {"answers": {"why": "é"}}
    assert bytes.fromhex(told["leaf"]) == leaf_of(bytes.fromhex(told["nonce"]), told["response"].encode())
    assert leaves_file([bytes(32), bytes([255]) * 32]) == "00" * 32 + "\n" + "ff" * 32 + "\n"
    told = root_file(consultation="routes", size=1, root=bytes(32), fixed="F", key=bytes(32), signature=bytes(64))
    assert list(told) == ["format", "consultation", "size", "root", "fixed", "key", "signature"]


def test_an_instant_is_told_in_utc():
    assert instant(datetime(2026, 7, 1, 0, 30, 15, 999, tzinfo=ZoneInfo("Europe/London"))) == "2026-06-30T23:30:15Z"


def test_a_fingerprint_can_be_compared_by_eye():
    assert fingerprint(bytes.fromhex(KEY)).count(" ") == 7


@pytest.mark.parametrize("signature", [bytes(64), bytes(3)])
def test_what_is_no_signature_is_none(signature):
    assert not is_signed(b"x", key=bytes.fromhex(KEY), signature=signature)
