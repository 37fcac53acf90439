import socket
import threading
import time

import pytest

from mail.session import Envelope, Limits, Outcome, SmtpSession
from mail.sink import Behaviour, Rule, Sink, arrivals
from mail.wire import Wire
from tests.mail.authority import server_context, written_to

QUICK = Limits(connect=0.5, command=0.5, final_reply=0.5, idle=60)
TO = Envelope("b@example.org", "a@example.org")


@pytest.fixture
def counting(tmp_path):
    with Sink(tmp_path / "record", keeps=True).in_thread() as sink:
        yield sink


def data(number, body="hello"):
    return f"Message-ID: <{number}@example.org>\r\nSubject: x\r\n\r\n{body}\r\n".encode()


def crowd(session, count, behind=TO):
    """Messages in a row, each with the envelope of the next; what became of each."""
    fates, is_open = [], False
    for number in range(count):
        if not is_open:
            refused = session.open(TO)
            if refused is not None:
                fates.append(refused.fate)
                continue
        handed = session.finish(data(number), then=behind if number < count - 1 else None)
        fates.append(handed.outcome.fate)
        is_open = handed.is_open
    return fates


def ids(sink):
    return [each.message_id for each in arrivals(sink.record)]


def test_a_crowd_goes_over_one_connection_with_one_write_a_message(counting):
    with SmtpSession(counting.url, limits=QUICK) as session:
        assert crowd(session, 40) == ["accepted"] * 40
    assert counting.connections == 1
    assert len(ids(counting)) == len(set(ids(counting))) == 40
    assert counting.writes <= 40 + 4, "EHLO, the first envelope, a write each, QUIT"


def test_a_server_without_pipelining_is_asked_one_by_one(counting):
    counting.behaviour = Behaviour(pipelining=False)
    with SmtpSession(counting.url, limits=QUICK) as session:
        assert crowd(session, 5) == ["accepted"] * 5
    assert counting.writes >= 20


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("rule", "fate", "arrived"),
    [
        (Rule("mail", say="451 4.3.0 later", times=1), "deferred", 2),
        (Rule("rcpt", say="451 4.3.0 later", times=1), "deferred", 2),
        (Rule("rcpt", say="550 5.1.1 nobody", times=1), "failed", 2),
        (Rule("data", say="554 5.7.1 no", times=1), "failed", 2),
        (Rule("data", say="421 4.3.2 closing", times=1), "deferred", 2),
        (Rule("dot", say="552 5.2.2 full", times=1), "failed", 2),
        (Rule("dot", say="452 4.3.1 later", times=1), "deferred", 2),
        (Rule("dot", say="421 4.3.2 closing", times=1), "deferred", 2),
        (Rule("dot", close=True, times=1), "uncertain", 3),
        (Rule("dot", close=True, lost=True, times=1), "uncertain", 2),
        (Rule("dot", half=2, times=1), "uncertain", 3),
        (Rule("dot", seconds=0.7, times=1), "uncertain", 3),
        (Rule("body", close=True, times=1), "uncertain", 2),
        (Rule("dot", say="999 what", times=1), "uncertain", 2),
    ],
)
def test_one_fault_is_one_message_and_the_others_arrive(counting, rule, fate, arrived, pipelining):
    """`body` closes behind 354: we cannot see that before the whole message is in the kernel, so nobody knows."""
    counting.behaviour = Behaviour((rule,), pipelining=pipelining)
    with SmtpSession(counting.url, limits=QUICK) as session:
        fates = crowd(session, 3)
    assert sorted(fates) == sorted([fate, "accepted", "accepted"])
    time.sleep(0.3 if rule.seconds else 0)
    assert len(ids(counting)) == len(set(ids(counting))) == arrived


@pytest.mark.parametrize(
    ("code", "reply", "dead"),
    [
        (550, "5.1.1 no such user", True),
        (550, "5.1.10 null MX", True),
        (550, "No such user here", True),
        (550, "5.1.8 Sender address rejected: Domain not found", False),
        (550, "5.1.7 bad sender", False),
        (550, "5.7.1 relaying denied", False),
        (554, "blocked by a list", False),
        (450, "4.1.1 try later", False),
    ],
)
def test_a_mailbox_is_dead_where_the_server_speaks_of_it_and_not_of_us(code, reply, dead):
    fate = "failed" if code >= 500 else "deferred"
    assert Outcome(fate, code, reply, recipient_refused=True).is_dead_mailbox == dead
    assert not Outcome(fate, code, reply).is_dead_mailbox, "said to the message"


def test_a_server_that_wants_a_message_to_nobody_gets_an_empty_one(counting):
    """RFC 2920 §3.1: some say 354 although they refused the only recipient."""
    counting.behaviour = Behaviour((Rule("rcpt", say="550 5.1.1 nobody", times=1), Rule("data", say="354 well then", times=1)))
    with SmtpSession(counting.url, limits=QUICK) as session:
        assert crowd(session, 3) == ["failed", "accepted", "accepted"]
    assert counting.connections == 1 and len(ids(counting)) == 2


def test_what_was_not_handed_whole_may_start_again(counting):
    """The server goes while a large message is on its way: its dot never left, so nothing is in doubt."""
    counting.behaviour = Behaviour((Rule("body", close=True),))
    session = SmtpSession(counting.url, limits=QUICK)
    assert session.open(TO) is None
    handed = session.finish(data(1, "word " * 4_000_000))
    assert handed.outcome.fate == "not_started"
    assert ids(counting) == []
    session.close()


def test_a_slow_banner_is_waited_for_and_no_longer_than_set(counting):
    counting.behaviour = Behaviour((Rule("connect", seconds=0.2),))
    with SmtpSession(counting.url, limits=QUICK) as session:
        assert session.send(sender=TO.sender, recipient=TO.recipient, data=data(1)).fate == "accepted"
    counting.behaviour = Behaviour((Rule("connect", seconds=2),))
    with SmtpSession(counting.url, limits=QUICK) as session:
        began = time.monotonic()
        assert session.send(sender=TO.sender, recipient=TO.recipient, data=data(2)).fate == "not_started"
        assert time.monotonic() - began < 1.5 and session.is_away


def test_a_server_that_trickles_has_no_more_time_than_one_that_is_silent():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def trickle():
            talk, _ = server.accept()
            with talk:
                for _ in range(12):
                    try:
                        talk.sendall(b"2")
                    except OSError:
                        return
                    time.sleep(0.1)

        thread = threading.Thread(target=trickle)
        thread.start()
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            Wire(f"smtp://127.0.0.1:{port}", QUICK)
        assert time.monotonic() - began < 1
        thread.join()


def test_is_connected_anew_after_so_many_messages_and_when_idle(counting):
    with SmtpSession(counting.url, limits=Limits(connect=1, command=1, final_reply=1, messages_per_connection=4)) as session:
        assert crowd(session, 10) == ["accepted"] * 10
    assert counting.connections == 3
    with SmtpSession(counting.url, limits=Limits(connect=1, command=1, final_reply=1, idle=0.05)) as session:
        for number in range(2):
            session.send(sender=TO.sender, recipient=TO.recipient, data=data(number))
            time.sleep(0.1)
    assert counting.connections == 5


def test_the_next_relay_is_tried_where_one_is_away(counting):
    with SmtpSession(["smtp://127.0.0.1:1", counting.url], limits=QUICK) as session:
        assert crowd(session, 3) == ["accepted"] * 3
        assert not session.is_away
    assert counting.connections == 1
    assert SmtpSession(["smtp://127.0.0.1:1", "smtp://127.0.0.1:2"], limits=QUICK).open(TO).fate == "not_started"


def test_an_envelope_that_is_let_go_leaves_nothing(counting):
    with SmtpSession(counting.url, limits=QUICK) as session:
        assert session.open(TO) is None
    assert ids(counting) == []


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_signs_in_once_over_starttls(tmp_path, monkeypatch, mechanism):
    monkeypatch.setenv("SSL_CERT_FILE", str(written_to(tmp_path)))
    with Sink(tmp_path / "record", tls=server_context()).in_thread() as sink:
        sink.behaviour = Behaviour(starttls=True, user="us:pass word", mechanisms=mechanism)
        url = f"smtp://us:pass%20word@127.0.0.1:{sink.port}?starttls=1"
        with SmtpSession(url, limits=QUICK) as session:
            assert crowd(session, 3) == ["accepted"] * 3
        assert sink.connections == 1
        refused = SmtpSession(url.replace("word", "w0rd"), limits=QUICK).open(TO)
        assert (refused.fate, "535" in refused.reply) == ("not_started", True)


def test_tls_from_the_start_with_a_certificate_that_is_checked(tmp_path, monkeypatch):
    with Sink(tmp_path / "record", tls=server_context(), tls_at_once=True).in_thread() as sink:
        assert SmtpSession(sink.url, limits=QUICK).open(TO).fate == "not_started", "of an authority that nobody trusts"
        monkeypatch.setenv("SSL_CERT_FILE", str(written_to(tmp_path)))
        with SmtpSession(sink.url, limits=QUICK) as session:
            assert crowd(session, 3) == ["accepted"] * 3
        assert len(ids(sink)) == 3


def test_a_server_that_offers_no_starttls_gets_nothing(counting):
    refused = SmtpSession(counting.url + "?starttls=1", limits=QUICK).open(TO)
    assert refused.fate == "not_started"


def test_dots_and_long_lines_arrive_as_they_are(counting):
    body = ".\r\n..\r\n.x\r\n" + "y" * 998 + "\r\n."
    with SmtpSession(counting.url, limits=QUICK) as session:
        session.send(sender=TO.sender, recipient=TO.recipient, data=data(1, body))
    assert counting.messages[0] == data(1, body)
