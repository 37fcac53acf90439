"""What is pointed out before it is published, and what must not nag."""

import json
import re
import tarfile
import time

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from common.html_reading import plain_text
from forum.confidentiality import BadPatternError, findings, is_nhs_number, patterns_of


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.words) for one in findings(text)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("The patient, 943 476 5919, rang twice.", "nhs-number", "943 476 5919"),
        ("NHS no 9434765919.", "nhs-number", "9434765919"),
        ("NHS: 943-476-5919", "nhs-number", "943-476-5919"),
        ("`943\u00a0476\u00a05919` in a code sample", "nhs-number", "943\u00a0476\u00a05919"),
        ("CHI 010190 1232 it was", "nhs-number", "010190 1232"),
        ("Ring 07700 900123 after six.", "phone", "07700 900123"),
        ("Ring 07700900123.", "phone", "07700900123"),
        ("Ring (020) 7946 0958", "phone", "(020) 7946 0958"),
        ("Ring 020 7946 0958", "phone", "020 7946 0958"),
        ("Ring 0161 496 0123", "phone", "0161 496 0123"),
        ("Ring 01632 960 001", "phone", "01632 960 001"),
        ("Ring +44 7700 900 123", "phone", "+44 7700 900 123"),
        ("Ring +44 (0)20 7946 0958", "phone", "+44 (0)20 7946 0958"),
        ("Ring 0044 20 7946 0958", "phone", "0044 20 7946 0958"),
        ("[ring me](tel:+447700900123)", "phone", "+447700900123"),
        ("Write to jane.o'shea+rota@sunny-surgery.nhs.uk, please", "email", "jane.o'shea+rota@sunny-surgery.nhs.uk"),
        ("[mail](mailto:jane@example.org)", "email", "jane@example.org"),
        ("DOB 12/03/1954", "birth", "12/03/1954"),
        ("d.o.b. 12.3.54", "birth", "12.3.54"),
        ("Born on 3rd of March 1954 in a caravan", "birth", "3rd of March 1954"),
        ("date of birth: 1954-03-12", "birth", "1954-03-12"),
        ("12 Mar 1954 (DOB) came in", "birth", "12 Mar 1954"),
        ("We are A81001, in the north.", "practice", "A81001"),
        ("our practice code is y02045", "practice", "y02045"),
        ("In Larne we are Z00123.", "practice", "Z00123"),
        ("In Leith we are S55555.", "practice", "S55555"),
        ("Our practice code is 55555 in Leith.", "practice", "55555"),
        ("JER999 on the island", "practice", "JER999"),
        ("A patient aged 71 (07/05/1953)", "birth", "07/05/1953"),
        ("DOB 29/02/00", "birth", "29/02/00"),
    ],
)
def test_is_pointed_out(text, kind, words):
    assert found(text) == [(kind, words)]
    one = findings(text)[0]
    assert text[one.start : one.end] == words
    assert one.why.endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "943 476 5918 has another check digit, and so has 9434765910.",
        "0000000000 and 1111111111 are no numbers of anybody.",
        "Invoice 4012885312, paid £1,234,567.89 on 01/04/2004 10:30, ref 2026-11-0123456789.",
        "Ring NHS 111, 999, 0300 123 1234, 0800 111 111, 0845 46 47 or 0344 225 1234.",
        "It was 01/02/2026 10:30, 01-02-2026 1030 and 2026-02-01T10:30:00+00:00.",
        "The list grew from 4,900 to 10 200 patients in 2019–2024; 12 345 678 in all.",
        "The GMS contract of 01/04/2004 and the white paper of 5 July 1948.",
        "Born in 1954, she joined in 2019.",
        "@maren-a wrote this; see [#4](/forum/topics/12345/posts/4/#p4).",
        "https://example.org/a/9434765919/07700900123?code=A81001 is an address.",
        "![](/forum/files/0b8c2f5e-58f4-4d62-a4ad-943476591900/picture-1600x1200.webp)",
        "Form FP10, SNOMED 1240581000000104, EMIS 12.3.4, Windows 10.0.19045, #A81001 and model XA81001.",
        "Account 12345678, sort code 01-02-03, VAT GB 123 4567 89, ISBN 978-0-306-40615-7.",
        "I12345, O12345 and X12345 begin with letters that no practice has; V81997 to V81999 is nobody (V81998).",
        "DOB 29/02/1983, born 31/04/1980, d.o.b. 1979-02-30 and born 31 June 1961 are no days.",
        "The aged debt report of 31/03/2025, and aged creditors on 31/03/2025.",
        "Read code 12345 and sort code 12345 say nothing of a practice.",
        "IBAN GB29 NWBK 6016 1331 9268 19.",
        "",
    ],
)
def test_does_not_nag(text):
    assert found(text) == []


def test_several_are_told_in_their_order_and_none_twice():
    text = "DOB 12/03/1954, NHS 943 476 5919, jane@example.org, 07700 900123, A81001"
    assert [kind for kind, _ in found(text)] == ["birth", "nhs-number", "email", "phone", "practice"]
    assert len(found("jane@example.org " * 80)) == 50


def test_a_key_names_the_words_wherever_they_stand():
    one, other, third = (findings(text)[0].key for text in ("943 476 5919", "So: 943 476 5919!", "943 476 5870"))
    assert one == other != third


@given(st.integers(0, 10**9 - 1))
def test_of_ten_last_digits_one_at_most_checks_and_a_slip_of_one_digit_never_passes(first):
    valid = [number for last in range(10) if is_nhs_number(number := f"{first:09d}{last}")]
    assert len(valid) <= 1
    for number in valid:
        for place in range(10):
            slipped = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
            assert not is_nhs_number(slipped)
        spoken = f"{number[:3]} {number[3:6]} {number[6:]}"
        kinds = {kind for kind, _ in found(f"It is {spoken} here")}
        assert kinds and kinds <= {"nhs-number", "phone"}


@given(st.text(alphabet=st.sampled_from("0123456789 -()+./@aA:£#[]\n\u00a0"), max_size=200))
def test_any_text_is_read_and_places_are_exact(text):
    for one in findings(text):
        assert text[one.start : one.end] == one.words


@pytest.mark.parametrize("piece", ["0 ", "07700 ", "+44", "a@", "a.", "9" * 30, "1/1/", "A1", "](", "born 1", "(0)"])
def test_no_text_takes_long(piece):
    begun = time.monotonic()
    findings((piece * 20_000)[:20_000])
    assert time.monotonic() - begun < 2


def test_an_organisation_adds_patterns_of_its_own():
    more = patterns_of("Smartcard=\\b5\\d{11}\\b\n;; Ward = Ward [A-F]\\d{1,2}")
    told = findings("Card 512345678901 on Ward B12", more=more)
    assert [(one.kind, one.label, one.words) for one in told] == [
        ("own:Smartcard", "Smartcard", "512345678901"),
        ("own:Ward", "Ward", "Ward B12"),
    ]


@pytest.mark.parametrize(
    "bad",
    ["no equals sign", "=x", "name=", "name=(", "name=(a+)+b", "name=a*", "name=.+@.+", "name=(a{1,20}){1,20}", "name=(a)\\1",
     "name=x{0,3}", "name=a{1,9}a{1,9}a{1,9}a{1,9}"],
)  # fmt: skip
def test_a_pattern_that_is_wrong_or_may_take_long_is_refused_when_plenary_starts(bad):
    with pytest.raises(BadPatternError, match="CONFIDENTIALITY_PATTERNS"):
        patterns_of(bad)


def test_the_posts_of_the_demo_do_not_nag():
    texts = [path.read_text() for path in sorted((settings.BASE_DIR / "demo" / "content" / "topics").iterdir())]
    assert texts
    assert [told for text in texts if (told := found(text))] == []


def test_a_real_forum_is_asked_about_mail_addresses_alone(shared_data):
    """2,530 posts of programmers, full of numbers: three have an e-mail address in them, and nothing else is pointed out."""
    told = []
    with tarfile.open(shared_data / "discourse" / "urho3d-sample.tar.xz") as archive:
        for member in archive:
            if re.search(r"topics/.*\.json$", member.name):
                posts = json.load(archive.extractfile(member)).get("post_stream", {}).get("posts", [])
                told += [kind for post in posts for kind, _ in found(plain_text(post.get("cooked", "")))]
    assert told == ["email"] * 3
