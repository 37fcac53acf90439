import smtplib
import socket

import pytest

from mail.sink import Behaviour, Rule, Sink, arrivals, running

DATA = b"Message-ID: <%d@example.org>\r\nSubject: x\r\n\r\n.. dots\r\n.\r\n"


@pytest.fixture
def counting(tmp_path):
    with Sink(tmp_path / "record", keeps=True).in_thread() as sink:
        yield sink


def say(sink, *lines):
    """Everything at once; what was answered until the server was quiet or gone."""
    with socket.create_connection(("127.0.0.1", sink.port), timeout=2) as sock:
        sock.sendall(b"".join(lines))
        answer = b""
        try:
            while came := sock.recv(65536):
                answer += came
        except OSError:
            pass
        return answer


def message(number, recipient=b"a@example.org"):
    return b"MAIL FROM:<b@example.org>\r\nRCPT TO:<%b>\r\nDATA\r\n" % recipient + DATA % number


def test_counts_a_pipelined_crowd_and_keeps_the_words(counting):
    answer = say(counting, b"EHLO x\r\n", *(message(n) for n in range(50)), b"QUIT\r\n")
    assert answer.count(b"250 2.0.0 counted") == 50
    told = list(arrivals(counting.record))
    assert [each.message_id for each in told] == [f"<{n}@example.org>" for n in range(50)]
    assert {(each.recipient, each.sender) for each in told} == {("a@example.org", "b@example.org")}
    assert counting.messages[0].endswith(b"\r\n. dots\r\n")


def test_python_s_own_client_is_served(counting):
    with smtplib.SMTP("127.0.0.1", counting.port, timeout=5) as client:
        client.sendmail("b@example.org", ["a@example.org"], (DATA % 1).removesuffix(b".\r\n"))
    assert [each.message_id for each in arrivals(counting.record)] == ["<1@example.org>"]


@pytest.mark.parametrize(
    ("rule", "answer", "kept"),
    [
        (Rule("rcpt", say="550 5.1.1 nobody"), b"550 5.1.1", 0),
        (Rule("data", say="451 4.3.0 later"), b"451 4.3.0", 0),
        (Rule("dot", say="554 5.7.1 no"), b"554 5.7.1", 0),
        (Rule("body", close=True), b"354 go on\r\n", 0),
        (Rule("dot", close=True), b"354 go on\r\n", 1),
        (Rule("dot", close=True, lost=True), b"354 go on\r\n", 0),
        (Rule("dot", half=2), b"354 go on\r\n25", 1),
        (Rule("mail", say="421 4.3.2 closing"), b"421 4.3.2 closing\r\n", 0),
    ],
)
def test_misbehaves_as_told(counting, rule, answer, kept):
    counting.behaviour = Behaviour((rule,))
    said = say(counting, b"EHLO x\r\n", message(1), b"QUIT\r\n")
    assert answer in said
    assert len(list(arrivals(counting.record))) == kept


def test_a_rule_hits_whom_it_names_and_so_often(counting):
    counting.behaviour = Behaviour((Rule("rcpt", say="450 4.2.1 busy", to="@slow.example", times=1),))
    said = say(
        counting,
        b"EHLO x\r\n",
        *(message(n, to) for n, to in enumerate([b"a@x.example", b"b@slow.example", b"c@slow.example"])),
        b"QUIT\r\n",
    )
    assert said.count(b"450 4.2.1") == 1 and said.count(b"counted") == 2


def test_a_sink_of_its_own_process_takes_a_new_behaviour_while_it_runs(tmp_path):
    with running(tmp_path / "record", Behaviour((Rule("rcpt", say="450 4.2.1 busy"),))) as sink:
        host, port = sink.url.removeprefix("smtp://").split(":")
        with smtplib.SMTP(host, int(port), timeout=5) as client:
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                client.sendmail("b@example.org", ["a@example.org"], DATA % 1)
            sink.behave(Behaviour())
            client.sendmail("b@example.org", ["a@example.org"], DATA % 2)
    assert sink.counted() == {"<2@example.org>": 1}
    assert sink.knows(["<1@example.org>", "<2@example.org>"]) == {"<2@example.org>"}
