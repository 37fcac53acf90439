"""`manage.py up`, whatever ends it: nothing is left running, and the data are whole."""

import os
import pwd
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from config.embedded import ports
from config.embedded.places import Places
from config.embedded.services import hold
from tests.config import interpreter
from tests.config.processes import data_folder, leader, running_on, wait_for

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300.0
TOLD_BY_THE_TEST_RUN = {"DATABASE_URL", "REDIS_URL", "CACHE_URL", "SMTP_URL", "SITE_URL", "LIVE_URL", "PLENARY_SPEED"}
CREW = {"web", "live", "worker-1", "worker-2", "beat", "mail"}


class Up:
    """One run of `up` in a process group of its own, as a shell's foreground job has it."""

    def __init__(self, places, port, *, python=sys.executable, checkout=ROOT, environ=None, **popen):
        self.places, self.port = places, port
        kept = {name: value for name, value in os.environ.items() if name not in TOLD_BY_THE_TEST_RUN}
        self.output = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `up` below
        self.process = subprocess.Popen(
            [python, checkout / "manage.py", "up", "--no-demo", "--port", str(port)],
            stdout=self.output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**kept, **(environ or {}), "PLENARY_VAR": str(places.var)},
            start_new_session=True,
            **popen,
        )

    @property
    def text(self):
        return os.pread(self.output.fileno(), 1_000_000, 0).decode()

    def wait_until_told(self, text):
        wait_for(lambda: text in self.text or self.process.poll() is not None, f"“{text}”", timeout=PATIENCE)
        assert text in self.text, self.text

    def page(self, path="/"):
        """The status of the answer. One that breaks says why: with the log, when what was written about it has had time to arrive."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            if refusal.code >= 500:
                time.sleep(1)
                pytest.fail(f"{path} answers {refusal.code}; the log of the run:\n{self.text}", pytrace=False)
            return refusal.code

    def ends(self):
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def up(places, port, **how):
    """Up and answering; ended at the latest with the block, whatever happened in it."""
    run = Up(places, port, **how)
    try:
        run.wait_until_told(f"Plenary is at http://127.0.0.1:{port}")
        yield run
    finally:
        if run.process.poll() is None:
            run.process.terminate()
        run.ends()
        run.output.close()


@dataclass(frozen=True)
class First:
    """A run that began with nothing, as it was ended by Ctrl-C: its exit code, what it told, its data folder, and those data as SQL."""

    places: Places
    code: int
    text: str
    dump: bytes


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The one run that migrates; the others begin with what it left, or with a copy of that. There is something in it to lose."""
    with data_folder(tmp_path_factory.mktemp("ended") / "var") as places:
        with up(places, a_port()) as run:
            with psycopg.connect(places.database_url) as connection:
                connection.execute("CREATE TABLE kept (word text)")
            keep(places, "Ctrl-C")
            os.killpg(run.process.pid, signal.SIGINT)
            code, text = run.ends(), run.text
            assert_nothing_left(places)
            assert not places.sockets.exists()
        yield First(places, code, text, embedded("dump", places))


@pytest.fixture(scope="module")
def places(first):
    """Data for the tests that end a run, each in its own way."""
    return first.places


@dataclass(frozen=True)
class Second:
    """Of two runs that started at once on data of before: the exit code of the one that gave way, and the other as it was ended by
    SIGTERM."""

    places: Places
    gave_way: int
    code: int
    text: str


@pytest.fixture(scope="module")
def second(places):
    port = a_port()
    runs = [Up(places, port), Up(places, ports.first_free("127.0.0.1", port + 2))]
    try:
        wait_for(lambda: any(run.process.poll() is not None for run in runs), "one to give way", timeout=PATIENCE)
        [loser] = [run for run in runs if run.process.poll() is not None]
        [winner] = [run for run in runs if run.process.poll() is None]
        winner.wait_until_told("Plenary is at")
        keep(places, "SIGTERM")
        winner.process.terminate()
        second = Second(places, loser.ends(), winner.ends(), winner.text)
    finally:
        for run in runs:
            if run.process.poll() is None:
                run.process.terminate()
            run.ends()
            run.output.close()
    assert_nothing_left(places)
    return second


@pytest.fixture(scope="module")
def running(first, tmp_path_factory):
    """One run for the tests that do not end it."""
    with data_folder(tmp_path_factory.mktemp("running") / "var") as places:
        embedded("load", places, given=first.dump)
        with up(places, a_port()) as run:
            yield run


def embedded(what, places, *, given=None, python=sys.executable, checkout=ROOT, environ=None, **popen):
    """`python -m config.embedded dump` or `load`: what it writes."""
    environ = {**os.environ, **(environ or {}), "PLENARY_VAR": str(places.var)}
    popen = {"cwd": checkout} | popen
    argv = [python, "-m", "config.embedded", what]
    return subprocess.run(argv, env=environ, input=given, stdout=subprocess.PIPE, check=True, **popen).stdout


@pytest.fixture
def port():
    return a_port()


def a_port():
    """Free, and apart from what xdist's other processes take at the same time."""
    return ports.first_free("127.0.0.1", 20_000 + os.getpid() * 7 % 20_000)


def keep(places, word):
    with psycopg.connect(places.database_url) as connection:
        connection.execute("INSERT INTO kept VALUES (%s)", [word])


def assert_nothing_left(places):
    wait_for(lambda: not running_on(places), f"all to end, but {running_on(places)}")


def assert_whole(places, word):
    with hold(places), psycopg.connect(places.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM kept WHERE word = %s", [word]).fetchone() == (1,)


def child(places, module):
    """The process that runs this module for `up`, not its own children."""
    return leader({pid for pid, command in running_on(places).items() if f"-m {module}" in command})


def test_is_stopped_by_ctrl_c_with_nothing_left_and_the_data_whole(first):
    assert first.code == 0
    assert "bringing the database up to date" in first.text
    assert "collecting" in first.text
    assert first.text.rstrip().endswith("stopped")
    assert "has died" not in first.text
    assert_whole(first.places, "Ctrl-C")


def test_lets_one_of_two_that_start_at_once_run(second):
    assert second.gave_way == 1
    assert "Plenary is at" in second.text


def test_starts_faster_again_and_is_stopped_by_sigterm_with_nothing_left(second):
    assert second.code == 0
    assert "bringing the database up to date" not in second.text
    assert "collecting" not in second.text
    assert_whole(second.places, "SIGTERM")


def test_leaves_nothing_behind_when_it_is_killed_and_the_data_are_whole(places, port):
    with up(places, port) as run:
        keep(places, "SIGKILL")
        run.process.kill()
        run.ends()
        assert_nothing_left(places)
    assert_whole(places, "SIGKILL")


def test_leaves_nothing_behind_when_it_and_its_keeper_are_killed_at_once(places, port):
    with up(places, port) as run:
        keep(places, "both")
        os.kill(child(places, "config.embedded.keeper"), signal.SIGKILL)
        run.process.kill()
        run.ends()
        assert_nothing_left(places)
    assert_whole(places, "both")


def test_leaves_nothing_behind_when_it_is_stopped_while_it_starts(places, port):
    run = Up(places, port)
    run.wait_until_told("starting PostgreSQL and Valkey")
    run.process.send_signal(signal.SIGINT)
    run.ends()
    run.output.close()
    assert_nothing_left(places)


@pytest.mark.parametrize("taken", [0, 1])
def test_says_that_a_port_is_taken_and_offers_one_that_is_not(places, port, taken):
    with socket.create_server(("127.0.0.1", port + taken)):
        run = Up(places, port)
        assert run.ends() == 2
        assert f"Port {port + taken}" in run.text
        offered = int(run.text.rsplit("make up PORT=", 1)[1])
        assert ports.trouble("127.0.0.1", offered) == ""
    run.output.close()
    assert not running_on(places)


def test_serves_pages_and_tells_where_things_lie(running):
    assert running.page("/") == 200
    assert str(running.places.mail) in running.text
    assert str(running.places.cluster) in running.text


def test_refuses_a_second_run_on_the_same_data_and_names_the_first(running, port):
    second = Up(running.places, port)
    assert second.ends() == 1
    assert f"process {running.process.pid} at http://127.0.0.1:{running.port}" in second.text
    second.output.close()
    assert running.page("/") == 200


def test_tells_of_dead_children_and_starts_them_again(running):
    killed = {"live": "uvicorn", "web": "granian", "beat": "celery -q -A config.celery beat", "mail": "config.embedded.mailbox"}
    for name, module in killed.items():
        os.kill(child(running.places, module), signal.SIGKILL)
        running.wait_until_told(f"{name:<9}| has died (killed by SIGKILL); starting again in 0.5 s")
    wait_for(lambda: ports.answers("127.0.0.1", running.port + 1), "live")
    wait_for(lambda: is_served(running), "the pages")
    assert running.page("/") == 200


def is_served(running):
    """A worker of a server that was killed may take one more connection, and ends over it."""
    try:
        return running.page("/") == 200
    except OSError:
        return False


def test_replaces_the_keeper_of_its_services_when_that_is_killed(running):
    os.kill(child(running.places, "config.embedded.keeper"), signal.SIGKILL)
    running.wait_until_told("the keeper of PostgreSQL and Valkey was killed; started again")
    with psycopg.connect(running.places.database_url) as connection:
        assert connection.execute("SELECT count(*) > 20 FROM django_migrations").fetchone() == (True,)


def test_keeps_mail_in_a_folder_where_no_mail_server_is_configured(running):
    beat = child(running.places, "celery -q -A config.celery beat")
    environ = Path(f"/proc/{beat}/environ").read_bytes().decode().split("\0")
    [address] = [entry.partition("=")[2] for entry in environ if entry.startswith("SMTP_URL=")]
    number = int(address.rsplit(":", 1)[1])
    wait_for(lambda: ports.answers("127.0.0.1", number), "the mail server")
    with smtplib.SMTP("127.0.0.1", number) as sending:
        sending.sendmail("a@example.org", ["b@example.org"], "Subject: Kept\r\n\r\nBody\r\n")
    running.wait_until_told("to b@example.org: Kept [")
    [file] = running.places.mail.glob("*.eml")
    assert file.read_text().startswith("Subject: Kept")
    assert file.stat().st_mode & 0o777 == 0o600


def test_runs_as_nobody_in_a_folder_of_its_own(first, port):
    if os.geteuid() != 0:
        pytest.skip("needs root to become nobody")
    nobody = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory() as shelf, tempfile.TemporaryDirectory() as home:
        Path(shelf).chmod(0o755)
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
        installed = interpreter.for_user(nobody, shelf)
        how = {"python": installed.python, "checkout": installed.checkout, "environ": installed.environ | {"HOME": home}}
        how |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": home}
        with data_folder(Path(home) / "var") as places:
            embedded("load", places, given=first.dump, **how | {"cwd": installed.checkout})
            with up(places, port, **how) as run:
                assert run.page("/") == 200
                run.process.kill()
                run.ends()
                assert_nothing_left(places)
            with up(places, port, **how) as run:
                os.killpg(run.process.pid, signal.SIGINT)
                assert run.ends() == 0
            assert_nothing_left(places)
            assert {file.stat().st_uid for file in Path(home).rglob("*")} == {nobody.pw_uid}
