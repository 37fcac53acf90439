"""A migrated database, made once for all processes and all runs for as long as the migrations stay as they are, and copied by each.

Migrating takes some ten seconds, a copy less than one.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from psycopg import sql

PREFIX = "plenary_template_"
LOCK = 4_020_477  # an advisory lock's number: while one process migrates, the others wait


def migrated(database_url: str) -> str:
    """The name of the template on this server. Makes it where it is not there yet, and drops what older migrations left."""
    name = PREFIX + _fingerprint()
    with _alone(database_url) as server:
        if name not in _templates(server):
            for old in _templates(server):
                server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(old)))
            _make(server, name)
    return name


def _fingerprint() -> str:
    """Of every migration of every app, ours and the packages', to the letter."""
    found = hashlib.sha256()
    for app in apps.get_app_configs():
        for file in sorted(Path(app.path, "migrations").glob("*")):
            if file.is_file():
                found.update(f"{app.label}/{file.name}\0".encode() + file.read_bytes())
    return found.hexdigest()[:16]


@contextmanager
def _alone(database_url: str) -> Iterator[psycopg.Connection[tuple[str]]]:
    """The server's maintenance database, with the lock for as long as the block lasts."""
    with psycopg.connect(urlunsplit(urlsplit(database_url)._replace(path="/postgres")), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield server


def _templates(server: psycopg.Connection[tuple[str]]) -> list[str]:
    return [name for (name,) in server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])]


def _make(server: psycopg.Connection[tuple[str]], name: str) -> None:
    """Under another name until it is whole: whoever is killed in the middle leaves nothing that looks like a template."""
    unfinished, finished = sql.Identifier(PREFIX + "unfinished"), sql.Identifier(name)
    server.execute(sql.SQL("CREATE DATABASE {}").format(unfinished))
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = PREFIX + "unfinished"
    try:
        call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(unfinished, finished))
