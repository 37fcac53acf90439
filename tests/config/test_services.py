"""The embedded services: shared while held, gone afterwards, whole whatever was killed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from config.embedded import folders, locks, postgres, programs
from config.embedded.children import spawn
from config.embedded.errors import ServicesError
from config.embedded.services import hold, revive
from tests.config.processes import data_folder, running_on, servers_of, wait_for

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become nobody")
ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys, pathlib
from config.embedded.places import Places
from config.embedded.services import hold
with hold(Places.of(pathlib.Path(sys.argv[1])), durable=False):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """One cluster for the module; every test leaves it whole and stopped."""
    with data_folder(tmp_path_factory.mktemp("services") / "var") as places:
        with hold(places, durable=False), psycopg.connect(places.database_url) as connection:
            connection.execute("CREATE TABLE kept (word text)")
            connection.execute("INSERT INTO kept VALUES ('whole')")
        yield places


@pytest.fixture
def fresh(tmp_path):
    """A data folder that does not exist yet."""
    with data_folder(tmp_path / "var") as places:
        yield places


@contextmanager
def holder(places):
    """Another process that holds the services until it is told to leave, or killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, places.var], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()


@contextmanager
def started_by_hand(places):
    """PostgreSQL on our cluster, but not by us."""
    folders.make_sockets(places)
    started = spawn(postgres.child(places, programs.find(places), durable=False, grace=10))
    try:
        wait_for(lambda: postgres.answers(places), "PostgreSQL to answer")
        yield started.pid
    finally:
        started.send_signal(signal.SIGINT)
        started.wait(timeout=60)
        started.stdout.close()


def word(places):
    with psycopg.connect(places.database_url) as connection:
        return connection.execute("SELECT word FROM kept").fetchone()[0]


def assert_nothing_left(places):
    wait_for(lambda: locks.is_free(places.locks / "keeper"), "the keeper to end")
    assert not servers_of(places)


def test_answer_while_held_and_are_gone_afterwards(places):
    with hold(places, durable=False):
        assert word(places) == "whole"
        assert redis.Redis.from_url(places.redis_url(63)).ping()
        assert set(servers_of(places)) == {"postgres", "valkey-server"}
    assert not servers_of(places)
    assert not places.sockets.exists()


def test_are_shared_by_two_who_come_at_once_and_stopped_by_the_last(places):
    with holder(places) as first, holder(places) as second:
        first.stdin.close()
        first.wait(timeout=60)
        assert word(places) == "whole"
        assert set(servers_of(places)) == {"postgres", "valkey-server"}
        second.stdin.close()
        second.wait(timeout=60)
        assert not servers_of(places)


def test_stop_when_their_only_holder_is_killed(places):
    with holder(places) as process:
        process.kill()
        process.wait(timeout=60)
        assert_nothing_left(places)
    with hold(places, durable=False):
        assert word(places) == "whole"


def test_stay_when_one_of_two_holders_is_killed(places):
    with holder(places) as first, hold(places, durable=False):
        first.kill()
        first.wait(timeout=60)
        assert word(places) == "whole"
    assert_nothing_left(places)


def test_die_with_their_keeper_and_are_revived_for_whoever_holds_them(places):
    with hold(places, durable=False):
        assert not revive(places, durable=False)
        [keeper] = [pid for pid, command in running_on(places).items() if "config.embedded.keeper" in command]
        os.kill(keeper, signal.SIGKILL)
        wait_for(lambda: not servers_of(places), "the kernel to end the servers")
        assert revive(places, durable=False)
        assert word(places) == "whole"
    assert_nothing_left(places)


@pytest.mark.parametrize("name", ["postgres", "valkey-server"])
def test_are_started_again_when_one_is_killed(places, name):
    with hold(places, durable=False):
        os.kill(servers_of(places)[name], signal.SIGKILL)
        told = f"{name.removesuffix('-server'):<9}| has died (killed by SIGKILL)"
        wait_for(lambda: told in (places.logs / "services.log").read_text(), "the keeper to tell")
        wait_for(lambda: postgres.answers(places), "PostgreSQL to come back")
        wait_for(lambda: len(servers_of(places)) == 2, "both to run")
        assert word(places) == "whole"


def test_recover_from_a_pid_file_whose_number_is_somebody_elses(places):
    (places.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{places.cluster}\n")
    with hold(places, durable=False):
        assert word(places) == "whole"


def test_recover_from_sockets_a_dead_server_left(places):
    places.sockets.mkdir(exist_ok=True)
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock", "valkey.sock"):
        (places.sockets / name).write_text(f"{os.getpid()}\n")
    with hold(places, durable=False):
        assert word(places) == "whole"


def test_make_a_half_made_cluster_anew(fresh):
    folders.make(fresh)
    for half_made in (fresh.base / "making-1", fresh.cluster):
        half_made.mkdir()
        (half_made / "postgresql.conf").write_text("half of it")
    with hold(fresh, durable=False), psycopg.connect(fresh.database_url) as connection:
        row = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale FROM pg_database WHERE datname = 'plenary'"
        ).fetchone()
    assert row == ("UTF8", "b", "C.UTF-8")
    assert not list(fresh.base.glob("making-*"))
    # That one is none of ours, which are renamed once they are whole; so it is kept.
    [aside] = fresh.base.glob("set-aside-*")
    assert (aside / "postgresql.conf").read_text() == "half of it"


def test_recover_from_a_kill_in_the_midst_of_making_the_cluster(fresh):
    process = subprocess.Popen([sys.executable, "-c", HOLDER, fresh.var], cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(lambda: list(fresh.base.glob("making-*/base")), "initdb to be in the midst")
    [keeper] = [pid for pid, command in running_on(fresh).items() if "-m config.embedded.keeper" in command]
    os.kill(keeper, signal.SIGKILL)
    told = process.communicate(timeout=60)[1].decode()
    assert "The services' keeper died at its start" in told
    assert not fresh.cluster.exists()
    with hold(fresh, durable=False):
        psycopg.connect(fresh.database_url).close()
    assert not list(fresh.base.glob("making-*"))


def test_make_the_database_where_somebody_dropped_it(fresh):
    with hold(fresh, durable=False):
        elsewhere = fresh.database_url.replace("/plenary?", "/postgres?")
        with psycopg.connect(elsewhere, autocommit=True) as connection:
            connection.execute("DROP DATABASE plenary")
    with hold(fresh, durable=False):
        psycopg.connect(fresh.database_url).close()


def test_refuse_another_major_version_and_name_two_commands(places):
    version = places.cluster / "PG_VERSION"
    version.write_text("17\n")
    try:
        with pytest.raises(ServicesError) as refusal, hold(places, durable=False):
            pass
    finally:
        version.write_text("18\n")
    assert "written by PostgreSQL 17" in str(refusal.value)
    assert "config.embedded dump" in str(refusal.value)
    assert "config.embedded load" in str(refusal.value)
    assert_nothing_left(places)


def test_listen_on_no_network_port_and_let_in_no_other_user(places):
    with hold(places, durable=False), psycopg.connect(places.database_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW fsync").fetchone() == ("off",)
        assert places.sockets.stat().st_mode & 0o077 == 0
        assert redis.Redis.from_url(places.redis_url(0)).config_get("port") == {"port": "0"}
        with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
            psycopg.connect(host=str(places.sockets), user="postgres", dbname="postgres")


def test_are_safe_against_a_crash_unless_told_otherwise(places):
    with hold(places), psycopg.connect(places.database_url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)


def test_never_touch_servers_that_run_already_whatever_the_environment_points_at(places, fresh, monkeypatch):
    with hold(fresh, durable=False):
        foreign = servers_of(fresh)
        monkeypatch.setenv("PGDATA", str(fresh.cluster))
        monkeypatch.setenv("PGHOST", str(fresh.sockets))
        monkeypatch.setenv("PGDATABASE", "elsewhere")
        with hold(places, durable=False):
            assert word(places) == "whole"
            assert not set(servers_of(places).values()) & set(foreign.values())
        assert servers_of(fresh) == foreign
        assert redis.Redis.from_url(fresh.redis_url(0)).ping()


def test_refuse_to_start_beside_a_server_of_the_cluster_that_somebody_else_started(places):
    with started_by_hand(places) as pid:
        with pytest.raises(ServicesError, match=f"process {pid}"):
            postgres.clear_the_way(places, timeout=0.2)
        assert set(servers_of(places)) == {"postgres"}


@as_root
def test_leave_somebody_elses_folder_alone(fresh):
    fresh.sockets.mkdir(mode=0o755)
    os.chown(fresh.sockets, 12345, 12345)
    with pytest.raises(ServicesError, match="belongs to somebody else"), hold(fresh, durable=False):
        pass
    assert fresh.sockets.stat().st_mode & 0o777 == 0o755


@as_root
def test_lie_elsewhere_where_nobody_cannot_come_and_change_no_permission_on_the_way(tmp_path):
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    with data_folder(private / "var") as places:
        assert str(places.base) == f"/var/lib/plenary/{places.tag}"
        with hold(places, durable=False):
            psycopg.connect(places.database_url).close()
        assert private.stat().st_mode & 0o777 == 0o700


@as_root
def test_set_a_cluster_aside_whose_data_folder_was_removed_meanwhile(tmp_path):
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    with data_folder(private / "var") as places:
        with hold(places, durable=False), psycopg.connect(places.database_url) as connection:
            connection.execute("CREATE TABLE sealed_with_keys_that_are_gone ()")
        shutil.rmtree(places.var)
        with hold(places, durable=False), psycopg.connect(places.database_url) as connection:
            assert connection.execute("SELECT to_regclass('sealed_with_keys_that_are_gone')").fetchone() == (None,)
        [aside] = places.base.glob("set-aside-*")
        assert (aside / "PG_VERSION").exists()


@as_root
def test_lie_in_the_data_folder_where_nobody_can_come(tmp_path_factory):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with data_folder(Path(folder) / "var") as places:
            assert places.base.is_relative_to(places.var)
            with hold(places, durable=False):
                psycopg.connect(places.database_url).close()
            assert places.cluster.stat().st_uid == places.owner.uid != 0


def test_are_stopped_by_a_killed_holder_before_the_next_one_starts_them(places):
    with holder(places) as process:
        process.kill()
        process.wait(timeout=60)
        began = time.monotonic()
        with hold(places, durable=False):
            assert word(places) == "whole"
        assert time.monotonic() - began < 60
    assert_nothing_left(places)


def test_are_taken_from_one_data_folder_to_another_as_a_dump(places, fresh):
    def run(what, folder, **streams):
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        argv = [sys.executable, "-m", "config.embedded", what]
        return subprocess.run(argv, cwd=ROOT, env={**kept, "PLENARY_VAR": str(folder.var)}, check=True, timeout=120, **streams)

    dump = run("dump", places, stdout=subprocess.PIPE).stdout
    run("load", fresh, input=dump)
    with hold(fresh, durable=False):
        assert word(fresh) == "whole"
