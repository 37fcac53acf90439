"""PostgreSQL: the command line it is started with, what a killed one left behind, and whether it answers."""

import signal
import time
from pathlib import Path

import psycopg

from config.embedded import folders
from config.embedded.children import Child
from config.embedded.cluster import DATABASE, environment
from config.embedded.errors import ServicesError
from config.embedded.places import Places
from config.embedded.programs import Programs

STATUS_LINE = 7  # of postmaster.pid, counted from 0
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
        env=environment(),
        cwd=places.base,
        owner=places.owner,
        # Fast shutdown. SIGTERM would wait for every client to leave.
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
        grace=grace,
        prepare=lambda: clear_the_way(places),
    )


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
