"""Scanners that open in a browser what a letter links to: scripts run, they wait, they scroll to the end. Not one row of the
database changes.

A letter of every kind, and the weekly as the mail server got it. `make test` opens one address of each name, `make drill` every
one, and stays longer.
"""

import os
from email import message_from_bytes
from email.policy import default
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from django.utils import timezone

from digest.models import Run
from digest.sending import send_due
from digest.ticking import tick
from mail.sink import Sink
from tests.browser.driver import csp_violations
from tests.drills.every_letter import letters_of_every_kind
from tests.drills.test_scanners import every_row, links_in, words_of
from tests.journeys.world import build_world

REAL = bool(os.environ.get("PLENARY_DRILL"))
STAYS = 3.0 if REAL else 0.2
"""Seconds at the end of each page."""
SCROLL = """
const [stays, done] = arguments;
let y = 0;
const further = () => {
  scrollTo({top: y += innerHeight / 2, behavior: "instant"});
  if (y < document.documentElement.scrollHeight) setTimeout(further, 10); else setTimeout(done, stays);
};
further();
"""
STATUS = "return performance.getEntriesByType('navigation')[0].responseStatus"


@pytest.mark.browser
def test_a_scanner_with_scripts_that_waits_and_scrolls_changes_nothing(site, browser, tmp_path, settings, capsys):
    settings.SITE_URL, settings.SMTP_POOLS = site.url, {}
    world = build_world()
    letters = {"digest.weekly": words_of(the_weekly(tmp_path, settings))}
    for kind, letter in letters_of_every_kind(world).items():
        letters[kind] = " ".join([*letter.headers.values(), letter.text, letter.html])
    links = {kind: links_in(words, site=site.url) for kind, words in letters.items()}
    assert [kind for kind, found in links.items() if not found] == ["accounts.login_code"]
    opened = sorted(set().union(*links.values()))
    if not REAL:
        opened = sorted({resolve(urlsplit(link).path).view_name: link for link in opened}.values())
    before = every_row()
    for link in opened:
        browser.get("about:blank")  # else what stands behind the # would not load a page anew
        browser.get(link)
        assert browser.execute_script(STATUS) == 200, link
        browser.execute_async_script(SCROLL, STAYS * 1000)
        assert "#r=" not in browser.current_url, "the script of the web copy ran"
        assert csp_violations(browser) == [], link
    after = every_row()
    assert after == before, {table for table in before if after[table] != before[table]}
    with capsys.disabled():
        print(f"\nletters of {len(letters)} kinds, {len(opened)} pages opened with scripts: not a row changed")


def the_weekly(tmp_path, settings):
    """As a member gets it, with parts of their own."""
    with Sink(tmp_path / "record", keeps=True).in_thread() as sink:
        settings.SMTP_URL = sink.url
        while Run.objects.get().state != "done":
            send_due(clock=timezone.now)
            tick(at=timezone.now())
        return message_from_bytes(sink.messages[0], policy=default)
