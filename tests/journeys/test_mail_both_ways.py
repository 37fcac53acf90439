"""A member is told of a reply by mail, answers that mail, and has enough of the topic: no browser, real processes all the way."""

import hashlib
import hmac
import re
import time
import urllib.parse
import urllib.request
from email.message import EmailMessage

import pytest
from django.utils import timezone

from forum.actions.posts import reply_to_topic
from forum.models import Post, Topic
from mail.models import InboundMail, Mail
from mail.suppressions import suppressed
from notifications.models import Event
from tests.accounts.factories import UserFactory
from tests.browser.site import INBOUND_SECRET, Site
from tests.forum.factories import CategoryFactory, TopicFactory
from tests.journeys.fixtures import eventually
from tests.mail import returned
from tests.mail.sink import Received, Sink

pytestmark = pytest.mark.browser
THEIRS = returned.THEIRS


def test_told_by_mail_answered_by_mail_and_muted_by_one_click(site: Site, worker: None, post_office: Sink) -> None:
    now = timezone.now()
    maren = UserFactory(member=True, email=THEIRS, display_name="Maren Oake")
    other = UserFactory(member=True, display_name="Wilf Harding")
    topic = TopicFactory(category=CategoryFactory(), title="Who covers the desk?", author=maren, created_at=now)
    reply_to_topic(topic, by=other, body="We take turns, by the week.", at=now)

    (told,) = eventually(lambda: post_office.to(THEIRS))  # type: ignore[misc]
    assert told.message["Subject"].endswith("Who covers the desk?")
    assert "We take turns, by the week." in told.text
    assert "You can answer this mail" in told.text

    answer = answer_to(told, "By the week would not work here: *two* of us are part time.")
    assert [bring(site, answer) for _ in range(2)] == [200, 200], "as a mail server does that missed our word"
    post = eventually(lambda: Post.objects.filter(topic=topic, number=3).first())
    assert isinstance(post, Post)
    assert (post.author_id, post.parent_number) == (maren.pk, 2)
    page = fetch(f"{site.url}{Topic.objects.get(pk=topic.pk).get_absolute_url()}")
    assert "By the week would not work here: <em>two</em> of us are part time." in page
    assert "We take turns, by the week" in page
    assert "Wilf Harding wrote:" not in page, "what was quoted is cut off"
    assert InboundMail.objects.get().outcome == "taken"

    mute = re.fullmatch(r"<(.+)>", told.message["List-Unsubscribe"])
    assert mute is not None
    one_click = urllib.parse.urlencode({"List-Unsubscribe": "One-Click"}).encode()
    assert "Set-Cookie" not in fetch(mute[1], one_click, headers=True)
    reply_to_topic(topic, by=other, body="Then by the day.", at=timezone.now())
    eventually(lambda: not Event.objects.filter(expanded_at=None).exists())
    assert len(post_office.to(THEIRS)) == 1
    assert Post.objects.filter(topic=topic).count() == 4

    bring(site, returned.postfix(to=told.sender))  # her mailbox goes away meanwhile
    eventually(lambda: suppressed([THEIRS], scope="all"))
    assert Mail.objects.get(address__email=THEIRS).state == "accepted"


def answer_to(told: Received, words: str) -> bytes:
    """As a mail program writes it: the words on top, all of the mail quoted below."""
    answer = EmailMessage()
    answer["From"] = f"Maren Oake <{THEIRS}>"
    answer["To"] = told.message["Reply-To"]
    answer["Subject"] = f"Re: {told.message['Subject']}"
    answer["Message-ID"] = "<answer.1@example.org>"
    answer["In-Reply-To"] = told.message["Message-ID"]
    quoted = "\n".join(f"> {line}" for line in told.text.splitlines())
    answer.set_content(f"{words}\n\nOn 27 Nov 2026, at 09:12, Wilf Harding wrote:\n\n{quoted}\n")
    return answer.as_bytes()


def bring(site: Site, raw: bytes) -> int:
    """To the webhook, signed."""
    moment = str(int(time.time()))
    signature = hmac.new(INBOUND_SECRET.encode(), moment.encode() + b"." + raw, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "message/rfc822", "X-Plenary-Timestamp": moment, "X-Plenary-Signature": signature}
    with urllib.request.urlopen(urllib.request.Request(f"{site.url}/mail/inbound/", raw, headers), timeout=20) as response:
        return int(response.status)


def fetch(url: str, body: bytes | None = None, *, headers: bool = False) -> str:
    with urllib.request.urlopen(url, body, timeout=20) as response:
        return str(response.headers) if headers else response.read().decode()
