"""A PostgreSQL of a drill's own: it may be killed, and is as safe against a crash as in production, which that of the tests is not."""

import os
import signal
import subprocess
import threading
from collections import deque
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings as project_settings
from django.db import DatabaseError, connection, connections

from config.embedded import cluster, folders, postgres, programs
from config.embedded.children import spawn
from tests.drills import forked
from tests.template import migrated


class Postgres:
    """A server of a data folder of its own."""

    def __init__(self, places) -> None:
        self.places, self._programs = places, programs.find(places)
        folders.make(places)
        cluster.prepare(places, self._programs, durable=False)

    def start(self) -> None:
        folders.make_sockets(self.places)
        postgres.clear_the_way(self.places)
        self._process = spawn(postgres.child(self.places, self._programs, durable=True, grace=10))
        # Else what it says of each refusal fills the pipe, and whichever session says the next one stands still.
        threading.Thread(target=deque, args=(self._process.stdout, 0), daemon=True).start()
        forked.wait_for(lambda: self._process.poll() is not None or postgres.answers(self.places))

    def short_files_of_its_log(self) -> None:
        """Of a megabyte, before it is started: so that files may be limited to little more (`limit`)."""
        self._as_its_owner(self._programs.postgres.parent / "pg_resetwal", "--wal-segsize=1", "-D", self.places.cluster)

    def limit(self, size: int | None) -> None:
        """No file grows beyond these bytes from now on, as on a disk that is full; None: there is room again."""
        first = self._process.pid
        for pid in [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]:
            self._as_its_owner("prlimit", f"--pid={pid}", f"--fsize={size or 'unlimited'}:unlimited", strictly=pid == first)

    def _as_its_owner(self, *command: str | Path, strictly: bool = True) -> None:
        """Who may do anything to a process or a file of the server without any right beside. Not `strictly`: it may be gone."""
        who = self.places.owner
        becomes = {"user": who.uid, "group": who.gid} if who.changes else {}
        subprocess.run(command, check=strictly, stdout=subprocess.DEVNULL, **becomes)

    def end(self, how: signal.Signals) -> None:
        self._process.send_signal(how)
        self._process.wait(60)

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def fill(self) -> None:
        """With the migrated database of the tests."""
        postgres.ensure_database(self.places)
        binaries = self._programs.postgres.parent
        name = migrated(project_settings.DATABASE_URL)
        url = project_settings.DATABASE_URL.replace("/plenary?", f"/{name}?")
        dump = subprocess.Popen([binaries / "pg_dump", "--no-owner", url], stdout=subprocess.PIPE)
        subprocess.run(
            [binaries / "psql", "-qX1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, self.places.database_url],
            stdin=dump.stdout,
            check=True,
        )
        assert dump.wait() == 0


@contextmanager
def on(server):
    """Within the block all of Django, and what is forked from it, is on this server."""
    was = dict(connection.settings_dict)
    connections.close_all()
    connection.settings_dict.update(HOST=str(server.places.sockets), PORT="5432", NAME="plenary", USER="plenary", PASSWORD="")
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict.update(was)


def tolerant(work):
    """None where the database went away meanwhile."""
    try:
        return work()
    except (DatabaseError, psycopg.Error):
        connection.close()
        return None
