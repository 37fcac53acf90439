"""A stranger gets the weekly and leaves it: the form, real mail from a real worker, one edition, one click, then silence."""

import re
import time
import urllib.parse
import urllib.request
from email.message import EmailMessage

import pytest
from django.utils import timezone
from selenium.webdriver import Chrome

from digest.models import Delivery, Edition, Run, Subscription
from tests.accounts.factories import UserFactory
from tests.browser.driver import begin_afresh
from tests.browser.site import Site, sign_in
from tests.forum.factories import TopicFactory
from tests.journeys.fixtures import eventually
from tests.journeys.steps import come_to, fill, follow, heading, open_account_menu, open_mailed, push, tick, words
from tests.mail.sink import Received, Sink

pytestmark = pytest.mark.browser
READER, HEADLINE, TOPIC = "maren@example.org", "Who covers the desk", "Does the exam fit a small practice?"


def test_subscribe_confirm_receive_once_and_leave_in_one_click(
    site: Site, browser: Chrome, worker: None, post_office: Sink
) -> None:
    TopicFactory(title=TOPIC, created_at=timezone.now())
    sign_in(browser, site, UserFactory(member=True, organiser=True))
    come_to(browser, site)
    edit_and_cut(browser)

    begin_afresh(browser)  # a stranger
    come_to(browser, site)
    subscribe(browser, post_office)
    Subscription.objects.update(next_due_at=timezone.now().replace(microsecond=0))  # a minute's wait, spared

    weekly = eventually(lambda: post_office.to(READER)[1:2])[0]  # type: ignore[index]
    assert_is_the_edition(weekly, site)
    eventually(lambda: Run.objects.filter(state="done").exists())
    assert_reading_changes_nothing(browser, weekly)

    one_click = links(weekly.message["List-Unsubscribe"])[0]
    body = urllib.parse.urlencode({"List-Unsubscribe": "One-Click"}).encode()
    for _ in range(2):  # as a mail provider does, without a cookie; some send it twice
        with urllib.request.urlopen(one_click, body, timeout=20) as response:
            assert (response.status, response.geturl()) == (200, one_click)
            assert "Set-Cookie" not in response.headers
    assert Subscription.objects.get().state == "ended"
    open_mailed(browser, one_click)
    assert "You have left the weekly" in heading(browser)

    Subscription.objects.update(next_due_at=timezone.now())  # as if its hour had come again
    time.sleep(2)  # beat runs at a hundred times its speed: three further ticks
    assert len(post_office.to(READER)) == 2
    assert post_office.doubles() == []
    assert Delivery.objects.get().state == "accepted"


def edit_and_cut(browser: Chrome) -> None:
    open_account_menu(browser)
    follow(browser, "Edit the weekly", within="//header")
    fill(browser, headline=HEADLINE, note="The argument this week was about *Tuesday* afternoons.")
    push(browser, "Save the draft")
    follow(browser, "Read it as anybody would get it")
    assert heading(browser) == HEADLINE
    assert TOPIC in words(browser)
    follow(browser, "The draft")
    push(browser, "Cut now")
    assert "Tick the box" in words(browser)
    assert not Edition.objects.cut().exists()
    tick(browser, "I have read the preview")
    push(browser, "Cut now")
    assert "is out" in words(browser)


def subscribe(browser: Chrome, post_office: Sink) -> None:
    follow(browser, "Get the weekly", within="//footer")
    fill(browser, email="maren")
    push(browser, "Get the weekly")
    assert browser.title.startswith("Error: ")
    fill(browser, email=READER)
    push(browser, "Get the weekly")
    assert "Look in your mailbox" in heading(browser)
    (asked,) = eventually(lambda: post_office.to(READER))  # type: ignore[misc]
    open_mailed(browser, re.search(r"https?://\S+/weekly/confirm/\S+", asked.text)[0])  # type: ignore[index]
    assert Subscription.objects.get().state == "pending", "opening the page changes nothing"
    push(browser, "Yes, send me the weekly")
    assert "You get the weekly" in heading(browser)


def assert_is_the_edition(mail: Received, site: Site) -> None:
    edition, row = Edition.objects.cut().get(), Delivery.objects.get()
    head = mail.message
    assert head["Subject"] == f"No. {edition.number}: {HEADLINE}"
    assert head["To"] == READER
    assert head["From"] == "Plenary Weekly <weekly@news.example.org>"
    assert head["Reply-To"] == "office@example.org"
    assert re.fullmatch(rf"<d\.{row.run_id}\.{row.pk}\.[0-9a-f]{{8}}@plenary\.example\.org>", head["Message-ID"])
    assert head["Date"]
    assert head["List-Id"] == "Plenary Weekly <weekly.plenary.example.org>"
    page, by_mail = links(head["List-Unsubscribe"])
    assert page.startswith(f"{site.url}/weekly/m/")
    assert re.fullmatch(r"mailto:leave\+[a-z2-7]{20,58}@plenary\.example\.org\?subject=unsubscribe", by_mail)
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert head["List-Archive"] == f"<{site.url}/weekly/{edition.number}/>"
    assert (head["Auto-Submitted"], head["Precedence"]) == ("auto-generated", "bulk")
    assert head["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert head["Feedback-ID"] == f"{row.run_id}:weekly:{edition.number}:plenaryweekly"
    assert head["X-Delivery-Id"] == str(row.pk)
    assert (head["References"], head["In-Reply-To"]) == (None, None)
    assert mail.sender.startswith(f"b+d.{row.pk}.")
    assert parts(head) == ["text/plain", "text/html"]
    for said in (HEADLINE.upper(), "Tuesday afternoons", TOPIC):
        assert said in mail.text
    assert HEADLINE in mail.html
    assert TOPIC in mail.html
    assert re.search(r"<em[^>]*>Tuesday</em>", mail.html)


def assert_reading_changes_nothing(browser: Chrome, weekly: Received) -> None:
    """A scanner that fetches every link, and a reader who opens them, change no row; who touches the web copy is known to read."""
    before, read_at = rows(), Subscription.objects.get().read_at
    found = sorted({*re.findall(r'href="(https?://[^"]+)"', weekly.html), *re.findall(r"https?://\S+", weekly.text)})
    assert len(found) >= 5
    for link in found:
        for method in ("HEAD", "GET"):
            with urllib.request.urlopen(urllib.request.Request(link, method=method), timeout=20) as response:
                assert response.status == 200, link
    open_mailed(browser, re.search(r"Read on the web:\s+(\S+)", weekly.text)[1])  # type: ignore[index]
    assert heading(browser) == HEADLINE
    assert rows() == before
    follow(browser, TOPIC, within="//main")
    assert heading(browser) == TOPIC
    for said in ("Change the day or pause", "Stop it in one click"):
        open_mailed(browser, re.search(rf"{said}:\s+(\S+)", weekly.text)[1])  # type: ignore[index]
        assert "maren" not in words(browser)
    assert Subscription.objects.get().read_at > read_at
    Subscription.objects.update(read_at=read_at)
    assert rows() == before


def rows() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Subscription, Delivery, Run, Edition)]


def links(header: str) -> list[str]:
    found: list[str] = re.findall(r"<([^>]+)>", header)
    return found


def parts(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.iter_parts()]
