"""Every management command works by itself: the services run for as long as it does, and are shared."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from manage import needs_services
from tests.config.processes import data_folder, running_on, servers_of, wait_for

ROOT = Path(__file__).resolve().parents[2]
SERVER = "from django.db import connection as c; k = c.cursor(); k.execute('SELECT pg_postmaster_start_time()'); print(k.fetchone()[0])"
TOLD_BY_THE_TEST_RUN = {"DATABASE_URL", "REDIS_URL", "CACHE_URL"}


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    with data_folder(tmp_path_factory.mktemp("commands") / "var") as places:
        yield places


@contextmanager
def command(places, program):
    """`manage.py shell` running a program that says one line and then waits until it is let go."""
    kept = {name: value for name, value in os.environ.items() if name not in TOLD_BY_THE_TEST_RUN}
    argv = [sys.executable, ROOT / "manage.py", "shell", "-v", "0", "--no-imports", "-c"]
    running = subprocess.Popen(
        [*argv, f"{program}; import sys; sys.stdout.flush(); sys.stdin.readline()"],
        env={**kept, "PLENARY_VAR": str(places.var)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # A test run in the background (CI) ignores Ctrl-C, and its children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    try:
        yield running, running.stdout.readline().strip()
    finally:
        running.stdin.close()
        running.wait(timeout=120)
        running.stdout.close()


def test_starts_the_services_and_stops_them_when_it_is_done(places):
    with command(places, SERVER) as (running, started):
        assert started.startswith("20")
        assert set(servers_of(places)) == {"postgres", "valkey-server"}
        running.stdin.close()
        assert running.wait(timeout=120) == 0
        assert not running_on(places)


def test_shares_them_with_another_that_comes_meanwhile_and_leaves_later(places):
    with command(places, SERVER) as (first, started):
        with command(places, SERVER) as (_, joined):
            assert joined == started
            first.stdin.close()
            first.wait(timeout=120)
            assert set(servers_of(places)) == {"postgres", "valkey-server"}
        assert not running_on(places)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_leaves_nothing_behind_when_it_is_ended_by(places, how):
    with command(places, SERVER) as (running, _):
        running.send_signal(how)
        running.wait(timeout=120)
        wait_for(lambda: not running_on(places), "all to end")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["migrate"], True),
        (["seed_demo", "--fast"], True),
        (["check", "--database", "default"], True),
        (["check", "--deploy"], False),
        (["collectstatic", "--noinput"], False),
        (["migrate", "--help"], False),
        (["up"], False),
        ([], False),
    ],
)
def test_is_given_services_only_where_it_may_read_a_row(arguments, expected):
    assert needs_services(arguments, None) is expected
    assert not needs_services(arguments, "postgresql://db/plenary")


def test_an_empty_name_of_the_folder_is_none_and_nothing_lies_among_the_code():
    told = subprocess.run(
        [sys.executable, "-c", "from config import settings; print(settings.VAR)"],
        cwd=ROOT, env={**os.environ, "PLENARY_VAR": ""}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == str(ROOT / "var")
