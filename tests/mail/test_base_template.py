import re

import pytest

from mail.messages import letter_from


@pytest.fixture(scope="module")
def html() -> str:
    return letter_from("accounts/mail/confirm_address", {"link": "https://plenary.test/x"}).html


def test_says_its_language_and_direction_and_marks_layout_tables(html: str) -> None:
    assert '<html lang="en-GB" dir="ltr"' in html
    assert html.count("<table") == html.count('role="presentation"')


def test_looks_right_where_a_reader_drops_the_style_element(html: str) -> None:
    bare = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    assert re.search(r'<a [^>]*style="[^"]*background-color: ?#12594c[^"]*"[^>]*>Confirm this address', bare) is not None
    assert re.search(r"<h1 [^>]*style=", bare) is not None


def test_keeps_the_rules_for_a_dark_screen(html: str) -> None:
    assert "prefers-color-scheme: dark" in html


def test_asks_for_no_file_from_anywhere(html: str) -> None:
    assert re.search(r"<img|<link|url\(|@import|@font-face", html) is None
