"""Every mail of every room: accessible HTML, and a text twin that lacks nothing."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = settings.BASE_DIR
MAILS = sorted(
    str(path.with_suffix("")) for path in ROOT.glob("*/templates/*/mail/*.html") if not path.name.startswith(("_", "base"))
)
BASE = (ROOT / "common/templates/mail/base.html").read_text()


def source(mail, ending):
    return Path(f"{mail}{ending}").read_text()


def short(mail):
    return "/".join(mail.split("/")[-3:])


def test_there_are_mails():
    assert len(MAILS) >= 7


@pytest.mark.parametrize("mail", MAILS, ids=short)
def test_stands_in_the_base_with_text_and_subject(mail):
    assert '{% extends "mail/base.html" %}' in source(mail, ".html")
    assert '{% extends "mail/base.txt" %}' in source(mail, ".txt")
    assert len(source(mail, ".subject.txt").strip().splitlines()) == 1
    name = mail.partition("/templates/")[2]
    for ending in (".html", ".txt", ".subject.txt"):
        assert get_template(name + ending)


@pytest.mark.parametrize("mail", MAILS, ids=short)
def test_the_text_says_whatever_the_html_says(mail):
    """Every value and every address that the HTML shows stands in the text, or in the subject above it."""

    def values(ending):
        return {
            name.split("|")[0].split(".")[0].strip() for name in re.findall(r"{{\s*([\w.|:\" ]+?)\s*}}", source(mail, ending))
        }

    twins = {
        "note": "note_text",
        "opening": "note_text",
        "sections": "section",
        "html": "words",
        "personal_html": "personal_text",
    }
    assert {twins.get(name, name) for name in values(".html")} <= values(".txt") | values(".subject.txt")


@pytest.mark.parametrize("mail", MAILS, ids=short)
def test_is_accessible_and_fetches_nothing(mail):
    html = source(mail, ".html")
    assert re.search(r"<img|<script|<link|<iframe|<form|url\(|style=|@import", html) is None
    assert html.count("<table") == html.count('role="presentation"')
    assert len(re.findall(r"<h1[ >]", html)) == 1
    for link in re.findall(r"<a [^>]*>(.*?)</a>", html, re.DOTALL):
        assert link.strip().lower() not in {"", "here", "click here", "link"}


@pytest.mark.parametrize("mail", MAILS, ids=short)
def test_its_headings_follow_each_other_and_its_links_lead_somewhere(mail):
    html = source(mail, ".html")
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(re.search(r'href="[^"]', link) for link in re.findall(r"<a [^>]*>", html))


def test_the_base_says_language_and_direction_and_marks_its_layout():
    assert '<html lang="en-GB" dir="ltr">' in BASE
    assert BASE.count("<table") == BASE.count('role="presentation"')
    assert re.search(r"<img(?![^>]*alt=)", BASE) is None


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, two):
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rules(css):
    found = {}
    for selectors, body in re.findall(r"([^{}@]+){([^{}]*)}", css):
        for selector in selectors.split(","):
            for name, value in re.findall(r"(?<![\w-])(color|background-color):\s*(#[0-9a-f]{6})", body):
                found[selector.strip(), name] = value
    return found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_colour_of_the_base_can_be_read(dark):
    sheets = re.findall(r"<style>(.*?)</style>", BASE, re.DOTALL)
    told = rules(sheets[1].partition("prefers-color-scheme: dark")[2] if dark else sheets[0])
    paper, box = told["body", "background-color"], told[".box", "background-color"]
    for text in ("h1", "p", "a", ".soft", ".due", ".title a", ".brand span"):
        assert contrast(told[text, "color"], paper) >= 4.5, text
    for text in ("h3", "p", ".due", "a"):
        assert contrast(told[text, "color"], box) >= 4.5, text
    assert contrast(told[".button", "color"], told[".button", "background-color"]) >= 4.5
