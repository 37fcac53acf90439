"""The folder that PostgreSQL keeps its data in: made once, let in by nobody but its owner, never deleted."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

from config.embedded.children import dies_with
from config.embedded.errors import ServicesError
from config.embedded.places import Places
from config.embedded.programs import PG_MAJOR, Programs

DATABASE = "plenary"
INITDB_TIMEOUT = 120.0
# Only whom the operating system itself names as the owner gets in, and no password exists that could leak.
HBA = "local all all peer map=owner\n"


def prepare(places: Places, programs: Programs, *, durable: bool) -> None:
    """Make the cluster where there is none, all or nothing: a half-made one (killed in between) is made anew.

    Raises ServicesError for a cluster of another major version.
    """
    _set_aside_an_orphan(places)
    written = places.cluster / "PG_VERSION"
    if written.exists():
        major = written.read_text().strip()
        if major != str(PG_MAJOR):
            raise ServicesError(_other_major(places, major))
    else:
        if places.cluster.exists():
            _set_aside(places)
        _make(places, programs, durable=durable)
    _let_in(places)


def environment() -> dict[str, str]:
    """Without the caller's PGDATA, PGHOST and the like, which would lead to some other server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def _make(places: Places, programs: Programs, *, durable: bool) -> None:
    for half_made in places.base.glob("making-*"):
        shutil.rmtree(half_made, ignore_errors=True)
    # A name of its own: what a killed one was writing into may not be quite dead yet.
    making = places.base / f"making-{os.getpid()}-{time.monotonic_ns()}"
    argv: list[str | Path] = [
        programs.initdb, "--pgdata", making, "--username", DATABASE, "--encoding=UTF8", "--locale=C",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=peer", "--no-instructions",
    ]  # fmt: skip
    becomes = places.owner if places.owner.changes else None
    done = subprocess.run(
        argv if durable else [*argv, "--no-sync"],
        capture_output=True,
        text=True,
        check=False,
        cwd=places.base,
        env=environment(),
        timeout=INITDB_TIMEOUT,
        user=becomes.uid if becomes else None,
        group=becomes.gid if becomes else None,
        extra_groups=[] if becomes else None,
        preexec_fn=dies_with(os.getpid(), signal.SIGKILL),
    )
    if done.returncode:
        raise ServicesError(f"initdb could not make {places.cluster}:\n{done.stdout}{done.stderr}")
    making.rename(places.cluster)


def _set_aside_an_orphan(places: Places) -> None:
    """Keep, but do not use, a cluster whose data folder was removed: the keys that open what is in it are gone.

    Only a cluster that lies outside the data folder can be one. Inside stands where it lies, for whoever looks.
    """
    if places.base.is_relative_to(places.var):
        return
    pointer = places.var / "postgresql.lies-in"
    if places.cluster.exists() and not pointer.exists():
        _set_aside(places)
    pointer.write_text(f"{places.base}\n")


def _set_aside(places: Places) -> None:
    """What may be somebody's data is never deleted here."""
    places.cluster.rename(places.base / f"set-aside-{time.strftime('%Y-%m-%dT%H%M%S')}-{time.monotonic_ns()}")


def _let_in(places: Places) -> None:
    """Write who may connect: the user who runs Plenary, and nobody else."""
    rules = {"pg_hba.conf": HBA, "pg_ident.conf": f"owner {pwd.getpwuid(os.geteuid()).pw_name} {DATABASE}\n"}
    for name, text in rules.items():
        # The folder may be another user's: as root, follow no link that was laid there.
        fd = os.open(places.cluster / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(fd, "w") as file:
            os.fchown(fd, places.owner.uid, places.owner.gid)
            file.write(text)


def _other_major(places: Places, major: str) -> str:
    return (
        f"{places.cluster} was written by PostgreSQL {major}; this Plenary brings {PG_MAJOR}.\n"
        "Dump it with the Plenary that wrote it, then load it with this one into an empty data folder:\n"
        "  python -m config.embedded dump > plenary.sql\n"
        "  PLENARY_VAR=<new folder> python -m config.embedded load < plenary.sql"
    )
