import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from html import escape

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString
from hypothesis import given, settings
from hypothesis import strategies as st

from mail import molds
from mail.kinds import Letter
from mail.messages import build, inline
from mail.molds import HeaderRefused, Mold, mark

AT = datetime(2026, 11, 30, 6, tzinfo=UTC)
ENVELOPE = {"sender": "Plenary Weekly <weekly@news.example.org>", "recipient": "a@example.org", "date": AT}
ENVELOPE["message_id"] = "<d.1.2.abcdef12@plenary.example.org>"
LONG = st.sampled_from(
    ["x" * 998, "." * 90, "ß" * 400, "🩺" * 120, "a=b" * 60, "word " * 300, ".\n..\n.x\n", "From me\n", "\t \n", "\r", "\u2028"]
)
TEXTS = st.lists(st.one_of(st.text(max_size=60), LONG), max_size=4).map("".join)


def read(data):
    return message_from_bytes(data, policy=default)


def part(message, kind="plain"):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


def lines(text):
    return re.sub("\r\n|\r|\n", "\n", text.encode("utf-8", "replace").decode())


def letter_of(pieces, names):
    """A letter out of fixed text with slots between, in both parts."""
    text = "".join(each + (mark(names[place]) if place < len(names) else "") for place, each in enumerate(pieces))
    return Letter("Week 49", text, text)


@settings(max_examples=120, deadline=None)
@given(st.lists(TEXTS, min_size=3, max_size=3), st.lists(TEXTS, min_size=2, max_size=2))
def test_is_read_back_as_it_was_meant_whatever_the_words(pieces, values):
    mold = Mold.cast(letter_of(pieces, ["one", "two"]), slots=["one", "two"])
    data = mold.fill({"one": values[0], "two": values[1]}, **ENVELOPE)
    pieces, values = [lines(each) for each in pieces], [lines(each) for each in values]
    meant = pieces[0] + values[0] + pieces[1] + values[1] + pieces[2]
    in_html = pieces[0] + escape(values[0]) + pieces[1] + escape(values[1]) + pieces[2]
    message = read(data)
    assert part(message) == lines(meant)
    assert part(message, "html") == lines(in_html)
    assert max(map(len, data.split(b"\r\n"))) <= 76
    assert b"\n" not in data.replace(b"\r\n", b"") and b"\r" not in data.replace(b"\r\n", b"")
    assert not message.defects


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_says_what_the_slow_way_says(text, html):
    letter = Letter("Grüße, “week” 49", text, html + ".", {"List-Id": "Weekly <weekly.example.org>", "Precedence": "bulk"})
    fast = read(Mold.cast(letter, slots=()).fill({}, **ENVELOPE))
    slow = read(build(letter, **ENVELOPE))
    assert {name: str(value) for name, value in fast.items() if name != "Content-Type"} == {
        name: str(value) for name, value in slow.items() if name != "Content-Type"
    }
    assert part(fast, "html").rstrip("\n") == lines(html + ".")
    assert fast.get_content_type() == slow.get_content_type()


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_for_readers_of_plain_text_there_is_one_part(text, value):
    data = Mold.cast(Letter("Week 49", text + mark("one") + "\n", ""), slots=["one"]).fill({"one": value}, **ENVELOPE)
    message = read(data)
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == lines(text) + lines(value) + "\n"
    assert data.endswith(b"\r\n") and max(map(len, data.split(b"\r\n"))) <= 76


@given(st.text(max_size=200))
def test_no_value_begins_a_header_of_its_own(value):
    mold = Mold.cast(Letter("Week 49", "x", "x"), slots=())
    try:
        data = mold.fill({}, **ENVELOPE, headers={"X-Note": value})
    except HeaderRefused:
        assert re.search("[\r\n\0]", value)
        return
    assert not re.search("[\r\n\0]", value)
    assert [name for name, _ in message_from_bytes(data).items()] == [
        "From", "To", "Date", "Message-ID", "X-Note", "Subject", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version",
        "Content-Type",
    ]  # fmt: skip


@pytest.mark.parametrize("where", ["subject", "header", "sender", "recipient", "message_id", "own header"])
def test_a_line_end_is_refused_wherever_a_header_is_made(where):
    bad = "x\r\nBcc: everybody@example.org"
    letter = Letter(bad if where == "subject" else "x", "x", "x", {"X-Note": bad} if where == "header" else {})
    told = ENVELOPE | {where: bad} if where in ENVELOPE else ENVELOPE
    with pytest.raises(HeaderRefused):
        Mold.cast(letter, slots=()).fill({}, **told, headers={"X-Own": bad} if where == "own header" else {})


def test_a_header_line_that_no_server_takes_is_refused():
    with pytest.raises(HeaderRefused, match="too long"):
        molds.header_line("List-Unsubscribe", "<https://example.org/" + "x" * 1000 + ">")


def test_a_mark_in_the_subject_is_a_fault_that_is_told():
    with pytest.raises(ValueError, match="slot"):
        Mold.cast(Letter(f"For {mark('name')}", "x", "x"), slots=["name"])


def test_what_mail_programs_read_is_folded_and_never_encoded():
    link = (
        "<https://plenary.example.org/weekly/manage/"
        + "k" * 60
        + "/>, <mailto:office@example.org?subject=unsubscribe%20"
        + "k" * 40
        + ">"
    )
    line = molds.header_line("List-Unsubscribe", link)
    assert line.count(b"\r\n") == 2 and b"=?" not in line
    assert message_from_bytes(line + b"\r\n")["List-Unsubscribe"].replace("\r\n", "") == link


def test_a_name_of_any_script_is_read_back():
    told = ENVELOPE | {"sender": "Plénière “Wöchentlich” <weekly@news.example.org>"}
    data = Mold.cast(Letter("x", "x", "x"), slots=()).fill({}, **told, headers={"List-Id": "Über uns <daily.7.example.org>"})
    message = read(data)
    assert message["From"].addresses[0].display_name == "Plénière “Wöchentlich”"
    assert message["From"].addresses[0].addr_spec == "weekly@news.example.org"
    assert "<daily.7.example.org>" in message["List-Id"]


def test_a_slot_survives_template_and_inlining_and_is_escaped_where_it_stands():
    page = Template(
        '<html><head><style>a{color:#036}</style></head><body><a href="{{ leave }}">Leave</a>{{ part }}</body></html>'
    )
    html = inline(page.render(Context({"leave": mark("leave"), "part": mark("part")})))
    mold = Mold.cast(Letter("x", f"Leave: {mark('leave')}\n{mark('part')}\n", html), slots=["leave", "part", "unused"])
    values = {"leave": 'https://x.example/?a=1&b="2"', "part": SafeString("<p>Two & three</p>")}
    message = read(mold.fill(values, **ENVELOPE))
    assert 'href="https://x.example/?a=1&amp;b=&quot;2&quot;"' in part(message, "html")
    assert "<p>Two & three</p></body>" in part(message, "html")
    assert part(message) == 'Leave: https://x.example/?a=1&b="2"\n<p>Two & three</p>\n'
    with pytest.raises(KeyError, match="part"):
        mold.fill({"leave": "x"}, **ENVELOPE)


def test_a_value_that_is_html_is_never_taken_for_one_that_is_not():
    mold = Mold.cast(Letter("x", "x", mark("one")), slots=["one"])
    both = [part(read(mold.fill({"one": value}, **ENVELOPE)), "html") for value in ("<b>", SafeString("<b>"), "<b>")]
    assert both == ["&lt;b&gt;", "<b>", "&lt;b&gt;"]


def test_the_same_input_gives_the_same_bytes():
    letter, told = Letter("x", f"{mark('one')}", f"{mark('one')}"), ENVELOPE
    assert len({Mold.cast(letter, slots=["one"]).fill({"one": "1"}, **told) for _ in range(3)}) == 1


def test_nobody_can_write_a_mark(settings):
    settings.ADDRESS_KEY = b"one"
    first = mark("leave")
    settings.ADDRESS_KEY = b"another"
    assert mark("leave") != first and first.isalnum()
