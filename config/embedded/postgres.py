"""PostgreSQL: making the cluster, recovering it, the command line it is started with."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from config.embedded import folders
from config.embedded.children import Child
from config.embedded.errors import ServicesError
from config.embedded.places import Places
from config.embedded.programs import PG_MAJOR, Programs

DATABASE = "plenary"
INITDB_TIMEOUT = 120.0
STATUS_LINE = 7  # of postmaster.pid, counted from 0
# Only whom the operating system itself names as the owner gets in, and no password exists that could leak.
HBA = "local all all peer map=owner\n"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "1GB",
}
# For tests: a crash of the machine may cost the data, which are of no worth.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def child(places: Places, programs: Programs, *, durable: bool, grace: float) -> Child:
    settings = SETTINGS | {"unix_socket_directories": str(places.sockets)} | ({} if durable else CARELESS)
    argv: list[str | Path] = [programs.postgres, "-D", places.cluster]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    return Child(
        name="postgres",
        argv=argv,
        env=_environment(),
        cwd=places.base,
        owner=places.owner,
        # Fast shutdown. SIGTERM would wait for every client to leave.
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
        grace=grace,
        prepare=lambda: clear_the_way(places),
    )


def prepare(places: Places, programs: Programs, *, durable: bool) -> None:
    """Make the cluster where there is none. A half-made one (killed in between) is thrown away and made anew.

    Raises ServicesError for a cluster of another major version.
    """
    _set_aside_an_orphan(places)
    written = places.cluster / "PG_VERSION"
    if written.exists():
        major = written.read_text().strip()
        if major != str(PG_MAJOR):
            raise ServicesError(_other_major(places, major))
    else:
        _make(places, programs, durable=durable)
    _let_in(places)


def clear_the_way(places: Places, *, timeout: float = 30.0) -> None:
    """Remove what a killed server left behind. Waits for one that is still ending; ends none itself.

    Called with the keeper's lock held, so no other process of ours starts a server on this cluster.
    """
    pid_file = places.cluster / "postmaster.pid"
    deadline = time.monotonic() + timeout
    while (pid := _first_number(pid_file)) is not None and _serves(pid, places.cluster):
        if time.monotonic() > deadline:
            raise ServicesError(f"Another PostgreSQL (process {pid}) runs on {places.cluster}. Stop it first: kill -INT {pid}")
        time.sleep(0.05)
    # PostgreSQL itself would refuse where the number in the file belongs to some other process by now.
    pid_file.unlink(missing_ok=True)
    folders.make_sockets(places)
    for stale in places.sockets.glob(".s.PGSQL.*"):
        stale.unlink()


def answers(places: Places) -> bool:
    """Whether it takes connections. Asked only once it says so itself: else its log fills with refusals."""
    if not _says_ready(places.cluster / "postmaster.pid"):
        return False
    try:
        _connect(places).close()
    except psycopg.OperationalError:
        return False
    return True


def ensure_database(places: Places) -> None:
    """Make the database where it is missing (the first time, or after somebody dropped it)."""
    with _connect(places) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _connect(places: Places) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(places.sockets), port=5432, user=DATABASE, dbname="postgres", autocommit=True, connect_timeout=5
    )


def _make(places: Places, programs: Programs, *, durable: bool) -> None:
    making = places.base / "making"
    for half_made in (making, places.cluster):
        shutil.rmtree(half_made, ignore_errors=True)
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
        env=_environment(),
        timeout=INITDB_TIMEOUT,
        user=becomes.uid if becomes else None,
        group=becomes.gid if becomes else None,
        extra_groups=[] if becomes else None,
    )
    if done.returncode:
        raise ServicesError(f"initdb could not make {places.cluster}:\n{done.stdout}{done.stderr}")
    making.rename(places.cluster)


def _environment() -> dict[str, str]:
    """Without the caller's PGDATA, PGHOST and the like, which would lead to some other server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def _set_aside_an_orphan(places: Places) -> None:
    """Keep, but do not use, a cluster whose data folder was removed: the keys that open what is in it are gone.

    Only a cluster that lies outside the data folder can be one. Inside stands where it lies, for whoever looks.
    """
    if places.base.is_relative_to(places.var):
        return
    pointer = places.var / "postgresql.lies-in"
    if places.cluster.exists() and not pointer.exists():
        places.cluster.rename(places.base / f"set-aside-{time.strftime('%Y-%m-%dT%H%M%S')}")
    pointer.write_text(f"{places.base}\n")


def _let_in(places: Places) -> None:
    """Write who may connect: the user who runs Plenary, and nobody else."""
    rules = {"pg_hba.conf": HBA, "pg_ident.conf": f"owner {pwd.getpwuid(os.geteuid()).pw_name} {DATABASE}\n"}
    for name, text in rules.items():
        # The folder may be another user's: as root, follow no link that was laid there.
        fd = os.open(places.cluster / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(fd, "w") as file:
            os.fchown(fd, places.owner.uid, places.owner.gid)
            file.write(text)


def _first_number(file: Path) -> int | None:
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _says_ready(pid_file: Path) -> bool:
    try:
        lines = pid_file.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready"


def _serves(pid: int, cluster: Path) -> bool:
    """Whether that process is a server of this cluster: PostgreSQL works inside its data folder."""
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == cluster.resolve()
    except (OSError, RuntimeError):
        return False


def _other_major(places: Places, major: str) -> str:
    return (
        f"{places.cluster} was written by PostgreSQL {major}; this Plenary brings {PG_MAJOR}.\n"
        "Dump it with the Plenary that wrote it, then load it with this one into an empty data folder:\n"
        "  python -m config.embedded dump > plenary.sql\n"
        "  PLENARY_VAR=<new folder> python -m config.embedded load < plenary.sql"
    )
