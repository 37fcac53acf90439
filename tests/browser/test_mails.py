"""Every mail as its reader's program draws it: the rules of axe, on a desk in the light and on a telephone in the dark, with
everything that can stand in it and with nothing that can be left out. The weekly has tests of its own."""

import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace as Thing

import pytest
from django.conf import settings
from selenium.webdriver import Chrome

from common.html_reading import plain_text
from common.markdown import as_html, for_mail, render
from mail.messages import letter_from
from tests.browser.driver import axe, axe_on_every_page, overflow, show

ROOM = settings.BASE_DIR
OWN_TESTS = {"digest/mail/weekly": "tests/digest/test_in_browser.py"}
MAILS = sorted(
    name
    for path in ROOM.glob("*/templates/*/mail/*.html")
    if not path.name.startswith(("_", "base"))
    and (name := str(path.with_suffix("")).partition("/templates/")[2]) not in OWN_TESTS
)
URL = "https://plenary.example.org/forum/topics/7-could-a-decent-annual-appraisal-do-the-whole-job/"
AT = datetime(2026, 11, 28, 9, tzinfo=UTC)
TITLE = "Could a decent annual appraisal do the whole job of accreditation, and who would pay for it?"
SAID = "We tried a shared rota for a year, and the partners asked for the evidence before they would pay for it."
MARKDOWN = f"""{SAID} **All of it**, see [the minutes of the last meeting]({URL}) or {URL}

- One
- `rota_for_two_sites_with_one_deputy_and_no_cover_on_fridays_at_all.xlsx`

> {SAID}

```
{"a-long-line-of-figures " * 9}
```

| Practice | Hours | Cover on a Friday | Who pays | What the partners said |
|---|---|---|---|---|
| Two sites | 14 | nobody | the federation | wait |
"""
HTML = as_html(for_mail(render(MARKDOWN), site="https://plenary.example.org"))
LINKS = (
    *("link", "preferences", "reset", "sign_in", "sign_up", "ask", "copy", "mute", "manage", "not_me", "stop", "weekly", "asks"),
)
ASKED = Thing(question="Which day?", options=["Monday", "The first Friday of the month"], until="5 December 2026, 23:59")
POST = {"sentence": f"Maren Ashdowne answered you in “{TITLE}”", "author": "Maren Ashdowne", "facts": "practice manager, Wales"}
CONSULTATION = Thing(title=TITLE, lede=SAID, responses_counted=1204)
TOLD = dict.fromkeys(LINKS, URL) | {
    "name": "Nettie", "subject": TITLE, "sentence": POST["sentence"], "headline": "A moderator moved what you wrote",
    "see": "See your account", "button": "See where it stands", "said": SAID, "reason": SAID, "own_words": SAID, "told": SAID,
    "office": "office@plenary.example.org", "code": "K7XQ-2MPD", "before": "m…@example.org", "after": "n…@example.org",
    "at": AT, "due_at": AT, "ends_at": AT, "days": 14, "when": "on Monday at 8:00", "closes": "Sunday 6 December, 23:59",
    "is_own": True, "entered": True, "is_members": True, "revision": 2, "kind": "changed", "results": URL, "slowed": True, "paused_until": "11 January 2027",
    "consultation": CONSULTATION, "party": Thing(name="Harbour Road Surgery"), "taken_back": False, "done": [SAID, SAID],
    "row": Thing(answer_by=AT, consultation=CONSULTATION, post=Thing(topic=Thing(title=TITLE))),
    "offer": Thing(name="the weekly", promise=SAID, stream="weekly"), "topic_title": TITLE, "kept": True, "posted": True,
    "author": POST["author"], "facts": POST["facts"], "html": HTML, "words": SAID, "asked": ASKED, "may_answer": True,
    "first": False, "place": "a place for members", "under": "Nettie Brackwater", "count": 23, "more": 3,
    "posts": [Thing(**POST, html=HTML, words=SAID, link=URL, asked=ASKED)] * 2,
    "groups": [[Thing(heading=TITLE, sentence=POST["sentence"], url=URL, detail=SAID)] * 2] * 2,
}  # fmt: skip
LEAST = TOLD | dict.fromkeys(
    ("facts", "said", "reason", "own_words", "topic_title", "kept", "may_answer", "more", "party", "entered", "revision"),
    "",
) | {"is_own": False, "is_members": False, "slowed": False, "kind": "published", "taken_back": True, "ends_at": None, "asked": None}  # fmt: skip
OF_A_READER = {"region", "landmark-one-main"}
"""A message has no landmarks of its own: the program that shows it has."""


def asked_for(mail: str) -> set[str]:
    """The names that a mail puts in, or decides by."""
    template = next(ROOM.glob(f"*/templates/{mail}.html"))
    source = "".join(template.with_suffix(ending).read_text() for ending in (".html", ".txt", ".subject.txt"))
    made = set(re.findall(r"{% for (\w+) in", source))
    put = re.findall(r"{{\s*(\w+)", source) + re.findall(r"{% (?:el)?if (?:not )?(\w+)", source)
    return {*put, *re.findall(r"{% for \w+ in (\w+)", source)} - made


def test_whatever_a_mail_puts_in_is_put_in_here() -> None:
    assert {mail: lacking for mail in MAILS if (lacking := asked_for(mail) - set(TOLD))} == {}


@pytest.mark.browser
def test_every_mail_breaks_no_rule_and_fits_a_telephone(browser: Chrome, tmp_path: Path) -> None:
    with axe_on_every_page(browser):
        for place, mail in enumerate(MAILS):
            letter, page = letter_from(mail, TOLD), tmp_path / "mail.html"
            page.write_text(letter.html)
            browser.get(page.as_uri())
            show(browser, width=360, scheme=("light", "dark")[place % 2])
            assert [found for found in axe(browser) if found.rule not in OF_A_READER] == [], mail
            assert overflow(browser) <= 0, mail
    show(browser)


@pytest.mark.parametrize("mail", MAILS)
def test_nothing_is_left_dangling_where_less_is_to_be_said(mail: str) -> None:
    letter = letter_from(mail, LEAST)
    for part in (letter.subject, letter.text, plain_text("<body" + letter.html.partition("<body")[2])):
        assert part.strip() and not re.search(r"None|[{}]|“”|Hello ,| \.(?!\w)|,\s*\.", part), part
