import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import markdown
from common.html_depth import words_of
from common.html_reading import own_text, plain_text


def test_finds_mentions_outside_code_links_and_addresses():
    read = markdown.read("Hello @maren-a, see `@code` and [@link](/x/) or a@example.org.\n\n    @indented\n\n@Dilip!")
    assert read.mentions == ("maren-a", "dilip")


def test_whom_somebody_else_named_is_not_named_again_by_a_quotation():
    read = markdown.read("> [Maren, #12](/forum/topics/3/#p12)\n> ask @dilip\n>\n> - or @hester\n\n@maren-a, did you?")
    assert read.mentions == ("maren-a",)


def test_a_task_list_says_what_is_done():
    html = markdown.render("- [ ] ring the ICB\n- [x] ask the partners\n- [not] a box")
    assert plain_text(html) == "☐ ring the ICB\n☑ ask the partners\n[not] a box"
    assert "<input" not in html


def test_own_words_leave_out_what_is_quoted_unless_nothing_else_stands():
    assert own_text(markdown.render("> She said\n>\n> > he said\n> - and so on\n\nI agree.\n\n> Also")) == "I agree."
    assert own_text(markdown.render("> She said")) == "She said"
    assert own_text("<blockquote><p>cut off in the mid") == "cut off in the mid"


def test_finds_the_posts_that_a_quotation_points_at():
    read = markdown.read("> [Maren, #12](/forum/topics/3/#p12)\n> she said\n\nI agree with [#4](#p4).")
    assert read.quotes == (12,)
    assert read.links == ("/forum/topics/3/#p12", "#p4")


def test_shows_raw_html_as_it_was_typed():
    assert "&lt;b&gt;" in markdown.render("a <b>bold</b> claim")


def test_a_remote_image_becomes_a_link():
    html = markdown.render("![a chart](https://example.org/c.png)")
    assert "<img" not in html
    assert '<a href="https://example.org/c.png"' in html


def test_an_image_inside_a_link_leaves_its_words():
    assert markdown.sanitise('<a href="/x"><img src="y" alt="a chart"></a>') == (
        '<a href="/x" rel="nofollow ugc noopener">a chart</a>'
    )


@given(st.text(max_size=400))
def test_no_text_breaks_it_and_none_brings_a_script(source):
    assert_harmless(markdown.render(source))


@given(st.text(alphabet=st.sampled_from("<>/\"'=&;#abcsriptonlx:() \n`*[]!"), max_size=120))
def test_sanitising_twice_changes_nothing(html):
    once = markdown.sanitise(html)
    assert markdown.sanitise(once) == once


def test_the_known_attacks_stay_text(shared_data):
    attacks = json.loads((shared_data / "xss" / "blns.json").read_text())
    attacks += re.split(r"\n\.\n", (shared_data / "xss" / "markdown-xss.md").read_text())
    assert len(attacks) > 400
    for attack in attacks:
        assert_harmless(markdown.render(attack))
        assert_harmless(markdown.sanitise(attack))


def test_plain_text_keeps_words_and_drops_marks():
    assert plain_text(markdown.render("# A\n\n- b *c*\n- d\n\nx<y")) == "A\nb c\nd\nx<y"


@pytest.mark.parametrize("section", ["Paragraphs", "Emphasis and strong emphasis", "Block quotes", "Lists"])
def test_reads_markdown_as_commonmark_does(shared_data, section):
    examples = [e for e in json.loads((shared_data / "commonmark.json").read_text()) if e["section"] == section]
    assert examples
    for example in examples:
        if "<" in example["markdown"] or "&" in example["html"] or "![" in example["markdown"]:
            continue
        ours = plain_text(markdown.render(example["markdown"]))
        theirs = plain_text(example["html"])
        assert ours.split() == theirs.split(), example["example"]


def assert_harmless(html: str) -> None:
    assert not re.search(r"<\s*(script|style|iframe|object|embed|svg|math|form|input|img|base|meta|link)\b", html, re.IGNORECASE)
    for tag in re.findall(r"<[a-z][^>]*>", html, re.IGNORECASE):
        assert not re.search(r"\son\w+\s*=", tag, re.IGNORECASE), tag
        assert not re.search(r"(href|src)\s*=\s*[\"']?\s*(javascript|data|vbscript):", tag, re.IGNORECASE), tag


HOSTILE = {
    "quotations in quotations": ">" * 20_000,
    "lists in lists": "".join("  " * depth + "- a\n" for depth in range(140)),
    "references": "&#" * 10_000,
    "half a surrogate pair": "a \ud800 b",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_renders_the_worst_post_in_the_time_of_any_other(source):
    began = time.process_time()
    assert_harmless(markdown.render(source))
    assert time.process_time() - began < 1.5  # 14 seconds, before the depth was bounded


def test_a_text_that_is_nested_absurdly_keeps_its_words():
    assert "the point" in markdown.render(">" * 500 + " the point")
    assert markdown.sanitise("<div>" * 500 + "<b>the</b> point") == "<p>the point</p>"


@pytest.mark.parametrize("mark", ["<!--", "<a ", "<div>", "<b>", "</", "<table><td>", "<font color=%d><p>", "<svg>", "&", "<p>"])
def test_reads_foreign_html_in_time_that_grows_with_its_length(mark):
    pieces = (mark % number if "%d" in mark else mark for number in range(60_000 // len(mark)))
    began = time.process_time()
    assert_harmless(markdown.sanitise("".join(pieces)))
    assert time.process_time() - began < 2


@given(st.text(alphabet=st.sampled_from("<>/bdivpl !-\"'=&"), max_size=200))
def test_keeping_the_words_alone_brings_no_marks(html):
    assert not re.search(r"<(?!/?p>)", words_of(html))


OURS = "/forum/files/0b8c2f5e-58f4-4d62-a4ad-f9e6b1a1a001"


def test_a_picture_of_ours_is_shown_and_one_from_elsewhere_is_a_link():
    html = markdown.render(f"![A plan]({OURS}/picture-1600x1200.webp)")
    assert f'<a href="{OURS}/picture-1600x1200.webp" rel="nofollow ugc noopener"><img src="{OURS}/small-1600x1200.webp"' in html
    assert 'alt="A plan" width="640" height="480" loading="lazy"' in html
    assert "<img" not in markdown.render("![A plan](https://pictures.example/a.webp)")


@pytest.mark.parametrize(
    "address",
    [
        f"https://elsewhere.example{OURS}/picture-16x12.webp",
        f"//elsewhere.example{OURS}/picture-16x12.webp",
        f"{OURS}/picture-16x12.webp?track",
        f"{OURS}/picture-0x12.webp",
        f"{OURS}/document.pdf",
        "/forum/files/picture-16x12.webp",
        "/logout/",
    ],
)
def test_no_other_address_becomes_a_picture(address):
    assert "<img" not in markdown.render(f"![A plan]({address})")
    assert "<img" not in markdown.sanitise(f'<img src="{address}" alt="A plan">')


def test_sanitising_twice_leaves_a_picture_of_ours_as_it_is():
    once = markdown.render(f"![]({OURS}/picture-16x12.webp) and [![A plan]({OURS}/picture-16x12.webp)](https://b.example)")
    assert markdown.sanitise(once) == once
    assert 'alt="Picture without a description"' in once


def test_a_letter_carries_no_picture_and_only_whole_links():
    clean = markdown.render(f"![A > plan]({OURS}/picture-16x12.webp) [there](/forum/) [elsewhere](//b.example) & so on")
    html = markdown.for_mail(clean, site="https://plenary.example")
    assert "<img" not in html
    assert (
        f'<a href="https://plenary.example{OURS}/picture-16x12.webp" rel="nofollow ugc noopener">picture: A &gt; plan</a>' in html
    )
    assert 'href="https://plenary.example/forum/"' in html
    assert 'href="//b.example"' in html
