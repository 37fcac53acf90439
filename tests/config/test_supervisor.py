"""Children: told, restarted, stopped in order; and their lines."""

import io
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from config.embedded.children import Child, spawn
from config.embedded.follow import Follower
from config.embedded.lines import LineLog
from config.embedded.supervisor import Supervisor
from config.embedded.watched import Backoff
from tests.config.processes import is_alive, wait_for

ROOT = Path(__file__).resolve().parents[2]
QUICK = Backoff(first=0.05, most=0.2, calm=60)


def child(name, program, **how):
    return Child(name, [sys.executable, "-u", "-c", program], **how)


@pytest.fixture
def told():
    return []


@pytest.fixture
def supervisor(told):
    with Supervisor(lambda name, text: told.append((name, text)), QUICK) as supervisor:
        yield supervisor


def test_starts_the_dead_again_later_each_time_and_says_why(supervisor, told):
    supervisor.start(child("a", "import sys; print('begun'); sys.exit(3)"))
    assert supervisor.run(lambda: len(told) >= 8, timeout=60)
    assert told[:2] == [("a", "begun"), ("a", "has died (exit code 3); starting again in 0.05 s")]
    assert [text for _, text in told if "died" in text][1:4] == [
        "has died (exit code 3); starting again in 0.1 s",
        "has died (exit code 3); starting again in 0.2 s",
        "has died (exit code 3); starting again in 0.2 s",
    ]


def test_waits_the_first_time_again_for_what_has_lived_long():
    backoff = Backoff(first=1, most=30, calm=10)
    assert backoff.after(16, lived=9) == 30
    assert backoff.after(16, lived=10) == 1


def test_stops_the_last_started_first_and_together_what_is_one_stage(supervisor, told):
    program = "import signal, sys; signal.signal(15, lambda *_: (print('ends'), sys.exit())); print('runs'); signal.pause()"
    for name, stage in (("web", ""), ("worker-1", "workers"), ("worker-2", "workers"), ("beat", "")):
        supervisor.start(child(name, program, stage=stage))
    assert supervisor.run(lambda: len(told) == 4, timeout=60)
    supervisor.stop()
    ends = [name for name, text in told if text == "ends"]
    assert (ends[0], set(ends[1:3]), ends[3]) == ("beat", {"worker-1", "worker-2"}, "web")


def test_kills_what_does_not_stop_with_all_it_started(supervisor, told):
    program = (
        "import os, signal; signal.signal(15, signal.SIG_IGN); pid = os.fork();"
        "pid and print(pid); exec('while True: signal.pause()')"
    )
    supervisor.start(child("deaf", program, grace=0.2))
    assert supervisor.run(lambda: told, timeout=60)
    supervisor.stop()
    assert told[-1] == ("deaf", "has not stopped in 0.2 s; killed")
    wait_for(lambda: not is_alive(int(told[0][1])), "what it started to die")


def test_waits_no_longer_once_it_is_hurried(supervisor, told):
    supervisor.start(child("deaf", "import signal; signal.signal(15, signal.SIG_IGN); print('runs'); signal.pause()", grace=600))
    assert supervisor.run(lambda: told, timeout=60)
    supervisor.stop(hurry=lambda: True)
    assert told[-1] == ("deaf", "killed")


def test_runs_one_to_its_end_and_returns_its_code(supervisor, told):
    assert supervisor.finish(child("once", "print('x' * 200_000); raise SystemExit(7)"), unless=lambda: False) == 7
    assert "".join(text for _, text in told) == "x" * 200_000
    assert supervisor.finish(child("once", "import signal; signal.pause()"), unless=lambda: True) is None


def test_a_child_is_not_started_from_a_thread_whose_end_would_kill_it():
    refused = []

    def start():
        with pytest.raises(RuntimeError, match="main thread"):
            spawn(child("a", "pass"))
        refused.append(True)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert refused


def test_a_child_dies_with_its_parent_even_when_that_is_killed(tmp_path):
    program = f"""
import os, sys, signal
sys.path.insert(0, {str(ROOT)!r})
from config.embedded.children import Child, spawn
print(spawn(Child('a', ['sleep', '600'], death_signal=signal.SIGKILL)).pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    parent = spawn(Child("parent", [sys.executable, "-c", program], cwd=tmp_path))
    pid = int(parent.stdout.readline())
    assert parent.wait(timeout=60) == -signal.SIGKILL
    parent.stdout.close()
    wait_for(lambda: not is_alive(pid), "the kernel to end it")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_lines_are_coloured_on_a_terminal_only_and_not_against_the_readers_wish():
    for stream, environ, coloured in (
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (io.StringIO(), {}, False),
    ):
        LineLog(stream, environ).tell("web", "one\ntwo")
        assert ("\x1b[" in stream.getvalue()) is coloured
        assert stream.getvalue().count("\n") == 2
    assert stream.getvalue() == "web      | one\nweb      | two\n"


def test_lines_go_on_when_their_reader_has_left():
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        LineLog(stream).tell("web", "to nobody")
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def test_a_follower_reads_whole_lines_added_since_and_notices_a_new_file(tmp_path):
    file = tmp_path / "log"
    file.write_text("before\n")
    follower = Follower(file)
    assert follower.lines() == []
    with file.open("a") as log:
        log.write("one\ntw")
        log.flush()
        assert follower.lines() == ["one"]
        log.write("o\n")
    assert follower.lines() == ["two"]
    file.write_text("anew\n")
    assert follower.lines() == ["anew"]
    file.unlink()
    assert follower.lines() == []
