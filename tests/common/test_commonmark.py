"""CommonMark's own 652 cases. The oracle is the case's HTML, cleaned by the allow-list that every text goes through; where we
differ on purpose the difference is named and counted.

exact          character by character
hard breaks    a line break in the source is one on the page, as people who write in a box expect
raw HTML       is shown as it was typed
links          a bare address is a link
"""

import json
import re
from collections import Counter
from html import escape

import pytest

from common.markdown import render, sanitise

UNCLOSED_HTML = {156, 157, 158, 626}
"""HTML blocks and comments that nothing closes: the oracle drops the rest of the text, we show it."""
BARE_ADDRESSES = {602, 608, 611, 612}
_RAW = re.compile(r"<(?:[a-zA-Z][^>]*|/[a-zA-Z][^>]*|!--.*?--|\?.*?\?|![A-Z][^>]*|!\[CDATA\[.*?\]\])>", re.DOTALL)


@pytest.fixture(scope="module")
def cases(shared_data) -> list[dict[str, object]]:
    return json.loads((shared_data / "commonmark.json").read_text())


def kind_of(case) -> str:
    source, html = case["markdown"], case["html"]
    ours, theirs = render(source), sanitise(html)
    if ours == theirs:
        return "exact"
    if without_breaks(ours) == without_breaks(theirs):
        return "hard breaks"
    typed = [tag for tag in _RAW.findall(source) if tag in html]
    shown = without_breaks(ours).replace("&quot;", '"')
    if typed and all(escape(tag, quote=False) in shown for tag in typed):
        return "raw HTML"
    return "other"


def without_breaks(html: str) -> str:
    return html.replace("<br>\n", "\n")


def test_every_case_is_as_it_should_be_or_differs_in_a_way_that_is_named(cases):
    kinds = Counter(kind_of(case) for case in cases)
    others = {case["example"] for case in cases if kind_of(case) == "other"}
    assert others == UNCLOSED_HTML | BARE_ADDRESSES
    assert kinds == {"exact": 512, "hard breaks": 64, "raw HTML": 68, "other": 8}


def test_what_nothing_closes_is_shown_and_bare_addresses_are_links(cases):
    for case in cases:
        if case["example"] in UNCLOSED_HTML:
            first = case["markdown"].strip().splitlines()[0]
            assert escape(first, quote=False) in render(case["markdown"]).replace("&quot;", '"')
        if case["example"] in BARE_ADDRESSES:
            assert re.sub(r"</?a[^>]*>", "", render(case["markdown"])) == case["html"].replace("&quot;", '"')
