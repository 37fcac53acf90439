"""Whatever a stranger sends is read."""

from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mail.incoming import File, read_mail

HEADS = st.sampled_from(
    ["From", "To", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Message-ID", "Subject"]
)
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from([
        "multipart/mixed; boundary=a", "text/plain; charset=nonsense", "text/plain; charset*=x'y'%FF", "text/html", "base64",
        "quoted-printable", "uuencode", "attachment; filename*0*=utf-8''%C3; filename*1=b", "=?utf-8?q?=0D=0A?= <a@b>", "a@b, , <@>,;:",
        "=?x?b?!!!?=", "(((", '"', "<a@b", "message/rfc822", "application/octet-stream; name==?a?b?c?=",
    ]),
)  # fmt: skip


def written(text="Yes.\n", **headers):
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = (
        "Mira <Mira@Example.org>",
        "reply+abc@plenary.example.org",
        "<1@x.org>",
    )
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


@given(st.binary())
def test_any_bytes_are_read(raw):
    read_mail(raw)


@example([("From", "\x80"), ("Content-Type", ";CHARSET*")], "")
@given(st.lists(st.tuples(HEADS, VALUES), max_size=8), st.text(max_size=60))
def test_any_headers_are_read(heads, body):
    head = "\n".join(f"{name}: {value}" for name, value in heads)
    read_mail(f"{head}\n\n{body}\n--a\n{head}\n\n{body}\n--a--".encode("utf-8", "surrogateescape"))


def test_boxes_in_boxes_are_given_up():
    raw = b"Content-Type: multipart/mixed; boundary=b0\n\n"
    for level in range(3000):
        raw += b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (level, level + 1)
    assert read_mail(raw).text == ""


def test_says_who_wrote_and_where_it_came():
    came = read_mail(written(Cc="Otto <otto@example.org>").as_bytes())
    assert (came.sender, came.message_id) == ("mira@example.org", "<1@x.org>")
    assert came.tokens({"reply"}) == [("reply", "abc")]
    assert came.tokens({"other"}) == []


def test_files_are_told_from_words():
    message = written()
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="rota für März.pdf")
    message.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="a.ics")
    came = read_mail(message.as_bytes())
    assert came.text.strip() == "Yes."
    assert came.files == (File("rota für März.pdf", b"%PDF"),)


def test_html_alone_becomes_words():
    message = EmailMessage()
    message.set_content("<p>Yes &amp; no.</p><script>alert(1)</script><p>Two</p>", subtype="html")
    assert read_mail(message.as_bytes()).text == "Yes & no.\n\nTwo"


@pytest.mark.parametrize(
    ("charset", "data", "words"),
    [
        ("windows-1252", b"\x93Yes\x94", "“Yes”"),
        ("nonsense", b"\x93Yes\x94", "“Yes”"),
        ("us-ascii", "Ja, größer".encode(), "Ja, größer"),
    ],
)
def test_odd_letters_are_read(charset, data, words):
    assert read_mail(b"Content-Type: text/plain; charset=" + charset.encode() + b"\n\n" + data).text == words


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"X-Autoreply": "yes"},
        {"Precedence": "bulk"},
        {"Return-Path": "<>"},
        {"X-Auto-Response-Suppress": "All"},
    ],
)
def test_a_machine_is_known(headers):
    message = written()
    for name, value in headers.items():
        message[name] = value
    assert read_mail(message.as_bytes()).automatic


def test_a_bounce_is_known_and_a_person_is_not_a_machine():
    assert read_mail(b"Content-Type: multipart/report; report-type=delivery-status; boundary=a\n\n--a--").automatic
    assert not read_mail(written(Auto_Submitted="no", Return_Path="<mira@example.org>").as_bytes()).automatic


@pytest.mark.parametrize(
    ("results", "authentic"),
    [
        (["mx.us; spf=pass smtp.mailfrom=x@clinic.example; dkim=none"], True),
        (["mx.us; spf=fail; dkim=pass; dmarc=fail"], False),
        (["mx.us; spf=fail; dkim=fail"], False),
        (["mx.else; dkim=pass", "mx.us; dkim=fail"], False),
        (["mx.us; dkim=fail", "mx.us; dkim=pass"], False),
        (["mx.else; dkim=pass"], False),
        ([], False),
    ],
)
def test_our_own_server_says_whether_it_is_authentic(results, authentic):
    head = "".join(f"Authentication-Results: {line}\n" for line in results)
    assert read_mail(f"From: mira@clinic.example\n{head}\nYes".encode()).is_authentic("mx.us") is authentic
