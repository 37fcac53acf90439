"""Scanners of mailbox providers open every link of every letter, with GET and with HEAD, before its reader does: not one row of the
database changes.

`make test` sends twenty letters, `make drill` a thousand; links that all of them share are opened once for every fifty.
"""

import os
import re
import time
from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from digest.management.inventing import cut_edition, invent_readers
from digest.models import Run
from digest.sending import send_due
from digest.ticking import tick
from mail.sink import Sink
from tests.digest.factories import ItemFactory
from tests.forum.factories import CategoryFactory, TopicFactory

REAL = bool(os.environ.get("PLENARY_DRILL"))
LETTERS, SHARED_BY = (1_000, 50) if REAL else (20, 20)
SITE = "http://127.0.0.1:8000"


@pytest.mark.django_db
def test_scanners_that_open_every_link_of_every_letter_change_nothing(tmp_path, settings, capsys):
    settings.WEEKLY_CANARY_FROM, settings.SMTP_POOLS = LETTERS + 1, {}
    letters = [links_of(each) for each in a_run(tmp_path, settings)]
    assert len(letters) == LETTERS
    shared = Counter(link for links in letters for link in links)
    own = [[link for link in links if shared[link] == 1] for links in letters]
    assert all(len([link for link in links if "/weekly/m/" in link]) == 2 for links in own), "two keys each, nobody else's"
    before, client, asked, began = every_row(), Client(), 0, time.monotonic()
    for number, links in enumerate(letters):
        for link in own[number] + [link for link in links if shared[link] > 1 and number % SHARED_BY == 0]:
            for way in (client.get, client.head):
                answer = way(link)
                assert answer.status_code == 200, link
                asked += 1
            assert not re.search(
                rb'hx-trigger="(load|revealed)|data-submit|onload', client.get(link).content if not number else b""
            )
    after = every_row()
    assert after == before, {table for table in before if after[table] != before[table]}
    with capsys.disabled():
        took = time.monotonic() - began
        print(
            f"\n{LETTERS} letters of one run, {len(shared)} different links, {asked} requests in {took:.0f} s: not a row changed"
        )


def a_run(tmp_path, settings):
    """The letters of a run, as the mail server got them."""
    now = timezone.now()
    invent_readers(LETTERS, due=now.replace(second=0, microsecond=0) - timedelta(minutes=1))
    edition = cut_edition(at=now)
    topic = TopicFactory(title="Exam or portfolio", category=CategoryFactory())
    href = f'<p><a href="{SITE}{topic.get_absolute_url()}">Exam or portfolio</a></p>'
    ItemFactory(edition=edition, object_id=topic.pk, fragment_html=href)
    with Sink(tmp_path / "record", keeps=True).in_thread() as sink:
        settings.SMTP_URL = sink.url
        tick(at=timezone.now())
        while Run.objects.get().state != "done":
            send_due(clock=timezone.now)
            tick(at=timezone.now())
        return list(sink.messages)


def links_of(data):
    """Every address of ours in the letter, as a server is asked for it."""
    found = links_in(words_of(message_from_bytes(data, policy=default)), site=SITE)
    return sorted({link.removeprefix(SITE).partition("#")[0] for link in found})


def words_of(message):
    """Headers, text and HTML."""
    return " ".join([*message.values(), *(message.get_body((kind,)).get_content() for kind in ("plain", "html"))])


def links_in(words, *, site):
    return set(re.findall(re.escape(site) + r"/[^\s\"<>)]*", words.replace("&amp;", "&")))


def every_row():
    """What stands in each table, down to the last column."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    each = (f"SELECT '{table}', count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM \"{table}\" t" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return {table: (count, told) for table, count, told in cursor.fetchall()}
