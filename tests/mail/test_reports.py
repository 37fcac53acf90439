"""What servers say of our mail is read as they write it, and no bytes harm who reads."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.incoming import MOST_BOXES
from mail.reports import read_report, verdict
from tests.mail import returned

OURS = "b+m.7.0123456789abcdef@bounce.example.org"


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (returned.postfix, ("hard", "5.1.1")),
        (returned.postfix_gave_up, ("soft", "4.4.1")),
        (returned.postfix_late, None),
        (returned.exim, ("hard", "5.0.0")),
        (returned.exim_unwanted, ("soft", "5.7.1")),
        (returned.exim_of_old, ("soft", "")),
        (returned.exchange, ("hard", "5.1.10")),
        (returned.full, ("soft", "5.2.2")),
        (returned.gmail, ("hard", "5.1.1")),
        (returned.forwarded, ("soft", "5.1.1")),
    ],
)
def test_each_servers_words_are_understood(write, said):
    assert read_report(write()).verdict_on(returned.THEIRS) == said


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822", "message/rfc822-headers"])
def test_the_mail_that_came_back_is_known_by_its_own_name(kind):
    report = read_report(
        returned.dsn(returned_type=kind, returned=f"Return-Path: <{OURS}>\nMessage-ID:\n <m.7.ab@plenary.example.org>")
    )
    assert (report.message_id, report.senders) == ("<m.7.ab@plenary.example.org>", (OURS,))


def test_a_report_in_unicode_is_read_as_well():
    raw = returned.postfix().replace(b"message/delivery-status", b"message/global-delivery-status")
    assert read_report(raw).verdict_on(returned.THEIRS) == ("hard", "5.1.1")


def test_of_several_words_about_one_address_the_worst_counts():
    theirs = f"Final-Recipient: rfc822; {returned.THEIRS}\nAction: failed\nStatus:"
    assert read_report(returned.dsn(f"{theirs} 4.2.2", f"{theirs} 5.1.1")).verdict_on(returned.THEIRS) == ("hard", "5.1.1")


@pytest.mark.parametrize(
    ("status", "diagnostic", "said"),
    [
        ("5.1.8", "", ("soft", "5.1.8")),  # it is our address that they do not like
        ("5.2.1", "", ("hard", "5.2.1")),
        ("5.0.0", "smtp; 550-5.1.1 no", ("hard", "5.1.1")),
        ("5.0.0", "smtp; 552 too much", ("soft", "5.0.0")),
        ("5.0.0", "", ("soft", "5.0.0")),
        ("", "smtp; 553 no", ("hard", "553")),
        ("5.7.1 (delivery not authorised)", "smtp; 550 5.1.1", ("soft", "5.7.1")),
        ("4.0.0", "smtp; 450 4.2.2", ("soft", "4.2.2")),
        ("5.1.1.1", "x 1.5.1.1.9", ("hard", "5.1.1")),
        ("rubbish", "192.0.2.5", ("soft", "")),
    ],
)
def test_what_is_about_the_mailbox_is_hard_and_all_else_soft(status, diagnostic, said):
    assert verdict(status, diagnostic) == said


def test_a_complaint_is_one_whoever_it_names():
    report = read_report(returned.complaint(mail_from=OURS, returned="Message-ID: <m.7.ab@plenary.example.org>"))
    assert report.verdict_on("anybody@example.org") == ("complaint", "")
    assert (report.senders, report.message_id) == ((OURS,), "<m.7.ab@plenary.example.org>")


@pytest.mark.parametrize("feedback", ["not-spam", "virus", "auth-failure"])
def test_other_feedback_is_no_complaint(feedback):
    assert read_report(returned.complaint(feedback=feedback)).verdict_on("anybody@example.org") is None


@pytest.mark.parametrize("raw", [b"", b"From: mira@example.org\n\nYes.\n", b"Content-Type: multipart/mixed; boundary=x\n\n--x\n"])
def test_other_mail_is_no_report(raw):
    assert read_report(raw) is None


PIECES = st.sampled_from(
    [
        b"Content-Type: multipart/report; boundary=b\n", b"Content-Type: message/delivery-status\n", b"\n", b"--b\n", b"--b--\n",
        b"Content-Type: message/feedback-report\n", b"Content-Type: text/rfc822-headers\n", b"Action: failed\n", b"\xff\xfe\0",
        b"Content-Transfer-Encoding: base64\n", b"Status: 5.1.1\n", b"Final-Recipient: rfc822; a@b\n", b"Feedback-Type: abuse\n",
        b"Message-ID: <\n", b"Content-Type: message/rfc822\n", b"=?utf-8?q?=FF?=\n", b"Content-Type: message/global-headers\n",
    ]
)  # fmt: skip


@given(st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=30).map(b"".join)))
def test_no_bytes_harm_who_reads(raw):
    report = read_report(raw)
    assert report is None or report.verdict_on("a@b") in {None, ("complaint", "")} or report.recipients


def test_a_report_made_to_be_slow_is_not():
    began = time.perf_counter()
    read_report(b"Content-Type: multipart/report; boundary=a\n\n" + b"--a\nContent-Type: multipart/x; boundary=c\n\n" * 5_000)
    read_report(returned.dsn(*["Action: failed\nFinal-Recipient: rfc822; " + "a" * 4_000] * 2_000))
    nested = b"".join(b"Content-Type: message/rfc822\n\n" for _ in range(20_000))
    read_report(b"Content-Type: multipart/report; boundary=a\n\n--a\n" + nested)
    assert time.perf_counter() - began < 3
    assert MOST_BOXES < 100
