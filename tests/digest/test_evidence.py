"""What a mail server says that it took: Postfix by its log, Mailgun by its list of events; and what follows from it."""

import json
from base64 import b64encode
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from digest.actions.reconciling import FOUND, GIVEN_UP, MISSING, reconcile_uncertain
from digest.actions.runs import abort_run
from digest.evidence import MailgunEvents, PostfixLog
from digest.models import Delivery, Run
from digest.ticking import tick
from mail.messages import message_id
from tests.accounts.factories import UserFactory
from tests.digest.factories import WEDNESDAY, SubscriptionFactory

SOON, LATER = WEDNESDAY + timedelta(minutes=1), WEDNESDAY + timedelta(minutes=12)


def name(word):
    return f"<{word}@plenary.example.org>"


def written(story, *, program="postfix"):
    """A log out of `process| words` lines, as Postfix 3.7 writes them."""
    lines = [line.strip().partition("| ") for line in story.strip().splitlines()]
    return "".join(f"Nov 28 07:29:05 mail {program}/{process}: {words}\n" for process, _, words in lines)


TAKEN = """
    smtpd[18101]| connect from localhost[127.0.0.1]
    smtpd[18101]| 9BE55312066: client=localhost[127.0.0.1]
    cleanup[18105]| 9BE55312066: message-id=<sent@plenary.example.org>
    qmgr[18058]| 9BE55312066: from=<b+d.1.x@example.org>, size=291, nrcpt=1 (queue active)
    smtp[18107]| 9BE55312066: to=<a@example.net>, relay=mx.example.net[192.0.2.1]:25, delay=0.4, dsn=2.0.0, status=sent (250 OK)
    qmgr[18058]| 9BE55312066: removed
    smtpd[18101]| disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
"""
DEFERRED_THEN_SENT = """
    smtpd[1]| 4XyZab12Cdz9Q: client=localhost[127.0.0.1]
    cleanup[2]| 4XyZab12Cdz9Q: message-id=<late@plenary.example.org>
    qmgr[3]| 4XyZab12Cdz9Q: from=<b@example.org>, size=291, nrcpt=1 (queue active)
    smtp[4]| 4XyZab12Cdz9Q: to=<a@example.net>, relay=none, delay=30, dsn=4.4.1, status=deferred (connect to mx: timed out)
    smtp[5]| 4XyZab12Cdz9Q: to=<a@example.net>, relay=mx.example.net[192.0.2.1]:25, delay=400, dsn=2.0.0, status=sent (250 OK)
"""
BOUNCED = """
    smtpd[1]| B0UNCE00001: client=localhost[127.0.0.1]
    cleanup[2]| B0UNCE00001: message-id=<back@plenary.example.org>
    qmgr[3]| B0UNCE00001: from=<b@example.org>, size=291, nrcpt=1 (queue active)
    smtp[4]| B0UNCE00001: to=<a@example.net>, relay=mx[192.0.2.1]:25, delay=1, dsn=5.1.1, status=bounced (550 5.1.1 no such user)
    cleanup[2]| B0UNCE00002: message-id=<20261128072905.B0UNCE00002@mail.example.org>
    bounce[6]| B0UNCE00001: sender non-delivery notification: B0UNCE00002
"""
CUT_BEFORE_THE_DOT = """
    smtpd[18101]| 9D70F312068: client=localhost[127.0.0.1]
    cleanup[18106]| 9D70F312068: message-id=<cut@plenary.example.org>
    smtpd[18101]| lost connection after DATA (10557 bytes) from localhost[127.0.0.1]
    smtpd[18101]| disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4
"""
SILENT_BEFORE_THE_DOT = """
    smtpd[7]| D265B312078: client=localhost[127.0.0.1]
    cleanup[8]| D265B312078: message-id=<silent@plenary.example.org>
    smtpd[7]| timeout after DATA (10555 bytes) from localhost[127.0.0.1]
    smtpd[7]| disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4
"""
TOO_LARGE = """
    smtpd[7]| D167E312078: client=localhost[127.0.0.1]
    smtpd[7]| warning: D167E312078: queue file size limit exceeded
    cleanup[8]| D167E312078: message-id=<large@plenary.example.org>
    cleanup[8]| warning: D167E312078: queue file size limit exceeded
    cleanup[8]| warning: mail_stream_cleanup: close error
    smtpd[7]| disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5
"""
REFUSED_BY_A_MILTER = """
    smtpd[7]| A167E312078: client=localhost[127.0.0.1]
    cleanup[8]| A167E312078: message-id=<spam@plenary.example.org>
    cleanup[8]| A167E312078: milter-reject: END-OF-MESSAGE from localhost[127.0.0.1]: 5.7.1 no; from=<b@x> to=<a@y> proto=ESMTP
    smtpd[7]| disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5
"""
THE_CONNECTION_BROKE_BEHIND_IT = """
    smtpd[9]| 3D4A431206F: client=localhost[127.0.0.1]
    cleanup[8]| 3D4A431206F: message-id=<whole@plenary.example.org>
    smtpd[9]| 3E22F312070: client=localhost[127.0.0.1]
    smtpd[9]| lost connection after DATA (0 bytes) from localhost[127.0.0.1]
    smtpd[9]| disconnect from localhost[127.0.0.1] ehlo=1 mail=2 rcpt=2 data=1/2 commands=6/7
"""
A_LONG_QUEUE = """
    smtpd[9]| 87A44312074: client=localhost[127.0.0.1]
    cleanup[8]| 87A44312074: message-id=<waits@plenary.example.org>
    smtpd[9]| disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=1 commands=4
"""
STILL_COMING = """
    smtpd[9]| 97A44312074: client=localhost[127.0.0.1]
    cleanup[8]| 97A44312074: message-id=<coming@plenary.example.org>
"""
A_QUEUE_ID_AGAIN = """
    smtpd[1]| CAFE0000001: client=localhost[127.0.0.1]
    cleanup[2]| CAFE0000001: message-id=<first@plenary.example.org>
    smtpd[1]| lost connection after DATA (99 bytes) from localhost[127.0.0.1]
    smtpd[1]| CAFE0000001: client=localhost[127.0.0.1]
    cleanup[2]| CAFE0000001: message-id=<second@plenary.example.org>
    qmgr[3]| CAFE0000001: from=<b@example.org>, size=291, nrcpt=1 (queue active)
"""
A_PROCESS_ID_AGAIN = """
    smtpd[1]| CAFE0000002: client=localhost[127.0.0.1]
    cleanup[2]| CAFE0000002: message-id=<older@plenary.example.org>
    smtpd[1]| connect from localhost[127.0.0.1]
    smtpd[1]| lost connection after DATA (0 bytes) from localhost[127.0.0.1]
"""
SAID_BY_ANOTHERS_MAIL = """
    smtpd[1]| CAFE0000003: client=mx.example.net[192.0.2.1]
    cleanup[2]| CAFE0000003: message-id=<theirs@example.net>
    cleanup[2]| CAFE0000003: warning: header Subject: message-id=<trick@plenary.example.org> from mx.example.net[192.0.2.1]
    qmgr[3]| CAFE0000003: from=<c@example.net>, size=291, nrcpt=1 (queue active)
"""


@pytest.fixture
def log(tmp_path, settings):
    settings.WEEKLY_EVIDENCE, settings.WEEKLY_EVIDENCE_AT = "digest.evidence.PostfixLog", str(tmp_path / "mail.log")
    return tmp_path / "mail.log"


def asked(*words):
    return {each[1:].partition("@")[0] for each in PostfixLog().accepted({name(word) for word in words}, since=WEDNESDAY)}


@pytest.mark.parametrize(
    ("story", "word", "taken"),
    [
        (TAKEN, "sent", True),
        (DEFERRED_THEN_SENT, "late", True),
        (BOUNCED, "back", True),
        (CUT_BEFORE_THE_DOT, "cut", False),
        (SILENT_BEFORE_THE_DOT, "silent", False),
        (TOO_LARGE, "large", False),
        (REFUSED_BY_A_MILTER, "spam", False),
        (THE_CONNECTION_BROKE_BEHIND_IT, "whole", True),
        (A_LONG_QUEUE, "waits", True),
        (STILL_COMING, "coming", False),
        (A_QUEUE_ID_AGAIN, "first", False),
        (A_QUEUE_ID_AGAIN, "second", True),
        (A_PROCESS_ID_AGAIN, "older", True),
        (SAID_BY_ANOTHERS_MAIL, "trick", False),
    ],
)
def test_a_log_of_postfix_says_what_was_taken_and_not_what_began_to_come(log, story, word, taken):
    log.write_text(written(story, program="postfix/submission") if word == "sent" else written(story))
    assert asked(word, "never") == ({word} if taken else set())


def test_lines_of_many_processes_stand_between_each_other(log):
    stories = [written(each).splitlines(keepends=True) for each in (TAKEN, CUT_BEFORE_THE_DOT.replace("18101", "18102"), BOUNCED)]
    mixed = [story[place] for place in range(max(map(len, stories))) for story in stories if place < len(story)]
    log.write_text("".join(mixed))
    assert asked("sent", "cut", "back") == {"sent", "back"}


@pytest.mark.parametrize("before", ["mail.log.1", "mail.log-20261128"])
def test_a_message_that_came_while_the_log_was_changed_is_followed_from_one_into_the_other(log, before):
    lines = written(TAKEN).splitlines(keepends=True)
    log.with_name(before).write_text("".join(lines[:3]))
    log.with_name("mail.log-20261121.gz").write_bytes(b"\x1f\x8b")
    log.write_text("".join(lines[3:]))
    assert asked("sent") == {"sent"}


def test_a_log_that_is_not_there_says_nothing_about_anything(log):
    with pytest.raises(FileNotFoundError):
        asked("sent")


class Mailgun(BaseHTTPRequestHandler):
    """Its list of events as documented: filtered, `limit` a page, a further page behind the last, which is empty."""

    accepted, key, seen, fails, pages_of, filters = (), "key-1", [], 0, 1, True

    def do_GET(self):
        told = urlsplit(self.path)
        query = {field: values[0] for field, values in parse_qs(told.query).items()}
        type(self).seen.append(query)
        if self.headers["Authorization"] != "Basic " + b64encode(f"api:{self.key}".encode()).decode():
            return self.answer(401, b"Forbidden")
        if self.fails:
            return self.answer(self.fails, b"<html>no</html>")
        assert told.path.startswith("/v3/news.example.org/events")
        place = int(told.path.rpartition("/")[2]) if told.path[-1].isdigit() else 0
        events = [each for each in self.accepted if query["message-id"] == each or not self.filters]
        items = [self.event(each) for each in events[place : place + self.pages_of]]
        further = f"http://elsewhere.example/v3/news.example.org/events/{place + self.pages_of}?{told.query}"
        return self.answer(200, json.dumps({"items": items, "paging": {"next": further, "first": self.path}}).encode())

    def event(self, message_id):
        head = {"message-id": message_id, "to": "a@example.net", "from": "weekly@example.org", "subject": "No. 1"}
        return {"event": "accepted", "timestamp": 1764315000.1, "id": "czsjqFATSlC3QtAK-C80nw", "message": {"headers": head}}

    def answer(self, code, body):
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def mailgun(settings):
    with mailgun_that(accepted=("sent@plenary.example.org", "other@plenary.example.org"), seen=[]) as (server, api):
        at = f"http://api:key-1@127.0.0.1:{server.server_port}/v3/news.example.org"
        settings.WEEKLY_EVIDENCE, settings.WEEKLY_EVIDENCE_AT = "digest.evidence.MailgunEvents", at
        yield api


@contextmanager
def mailgun_that(**told):
    api = type("Told", (Mailgun,), told)
    server = ThreadingHTTPServer(("127.0.0.1", 0), api)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server, api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_mailgun_is_asked_by_name_since_when_and_with_its_key(mailgun):
    found = MailgunEvents().accepted({name("sent"), name("never")}, since=WEDNESDAY)
    assert found == {name("sent")}
    told = mailgun.seen[0]
    assert (told["event"], told["ascending"], told["begin"]) == ("accepted", "yes", str(int(WEDNESDAY.timestamp())))


def test_further_pages_are_turned_on_our_own_server_until_one_is_empty(mailgun):
    """Where the filter is not heeded, nothing is taken for what it is not, and every page is looked at."""
    mailgun.accepted, mailgun.filters = tuple(f"m{number}@plenary.example.org" for number in range(5)), False
    assert MailgunEvents().accepted({name("m4")}, since=WEDNESDAY) == {name("m4")}
    assert len(mailgun.seen) == 5
    assert MailgunEvents().accepted({name("never")}, since=WEDNESDAY) == set()


@pytest.mark.parametrize("fault", [{"fails": 503}, {"fails": 200}, {"key": "another"}])
def test_a_provider_that_is_away_decides_nothing_and_stops_no_tick(mailgun, edition, settings, fault, caplog):
    for field, value in fault.items():
        setattr(mailgun, field, value)
    SubscriptionFactory()
    tick(at=WEDNESDAY)
    Delivery.objects.update(state="uncertain", message_id=name("lost"))
    Run.objects.update(state="sending")
    settings.WEEKLY_DOUBT_MINUTES = 10 * settings.SPEED
    tick(at=SOON)
    tick(at=LATER)
    assert Delivery.objects.get().state == "uncertain"
    assert Run.objects.get().state == "draining"
    assert "cannot be asked" in caplog.text
    assert "key-1" not in caplog.text
    mailgun.fails, mailgun.key = 0, "key-1"
    tick(at=LATER)
    assert Delivery.objects.get().state == "pending"


def test_a_row_whose_mark_was_lost_with_the_database_is_looked_for_by_the_name_that_it_would_have(edition, log, settings):
    """Claimed before PostgreSQL went down, and so in doubt: the mark with its Message-ID may be among what was lost."""
    settings.WEEKLY_DOUBT_MINUTES = 10 * settings.SPEED
    SubscriptionFactory.create_batch(2)
    tick(at=WEDNESDAY)
    Delivery.objects.update(state="uncertain", reason="the database went down while the message may have been on its way")
    arrived, lost = Delivery.objects.order_by("pk")
    wire = message_id(f"d.{arrived.run_id}", arrived.pk)
    log.write_text(written(TAKEN.replace("<sent@plenary.example.org>", wire)))
    assert reconcile_uncertain(at=WEDNESDAY) == {"found": 1, "resent": 0}
    assert reconcile_uncertain(at=LATER) == {"found": 0, "resent": 1}
    arrived.refresh_from_db()
    lost.refresh_from_db()
    assert (arrived.state, arrived.reason, arrived.message_id) == ("accepted", FOUND, wire)
    assert lost.state == "pending"


def test_a_second_crash_before_the_second_attempt_began_costs_nobody_their_letter(edition, log, settings):
    settings.WEEKLY_DOUBT_MINUTES = 10 * settings.SPEED
    log.write_text("")
    SubscriptionFactory.create_batch(2)
    tick(at=WEDNESDAY)
    _, begun_twice = Delivery.objects.order_by("pk")
    Delivery.objects.update(state="uncertain", resent_at=WEDNESDAY, attempts=1)
    Delivery.objects.filter(pk=begun_twice.pk).update(attempts=2)
    reconcile_uncertain(at=WEDNESDAY)
    assert reconcile_uncertain(at=LATER) == {"found": 0, "resent": 1}
    assert list(Delivery.objects.order_by("pk").values_list("state", "reason")) == [("pending", ""), ("uncertain", MISSING)]


def test_what_is_looked_for_in_vain_twice_or_in_a_run_that_is_over_is_not_looked_for_again(edition, log, settings):
    settings.WEEKLY_DOUBT_MINUTES = 10 * settings.SPEED
    log.write_text("")
    SubscriptionFactory.create_batch(2)
    tick(at=WEDNESDAY)
    twice, once = Delivery.objects.order_by("pk")
    Delivery.objects.filter(pk=twice.pk).update(state="uncertain", resent_at=WEDNESDAY)
    Delivery.objects.filter(pk=once.pk).update(state="uncertain")
    abort_run(Run.objects.get(), by=UserFactory(organiser=True), at=WEDNESDAY)
    reconcile_uncertain(at=WEDNESDAY)
    assert reconcile_uncertain(at=LATER) == {"found": 0, "resent": 0}
    assert dict(Delivery.objects.values_list("pk", "reason")) == {twice.pk: MISSING, once.pk: GIVEN_UP}
    log.unlink()
    assert reconcile_uncertain(at=LATER) == {"found": 0, "resent": 0}, "and nobody is asked"
