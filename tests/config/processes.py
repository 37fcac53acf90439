"""What runs on this machine, read from /proc; and waiting for a condition instead of for a while."""

import shutil
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.places import Places

PATIENCE = 60.0


def wait_for(condition: Callable[[], object], what: str, *, timeout: float = PATIENCE) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"waited {timeout:g} s for {what}"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether it runs. A zombie, which its parent has only to take note of, has no command line."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


def running_on(places: Places) -> dict[int, str]:
    """Every process that has to do with this data folder, with its command line. A zombie has none and is none."""
    told = f"PLENARY_VAR={places.var}\0".encode()
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "cmdline").read_bytes()
                ours = told in (folder / "environ").read_bytes() + b"\0" or str(places.var).encode() in command
            except OSError:
                continue
            if command and ours:
                found[int(folder.name)] = command.replace(b"\0", b" ").decode(errors="replace").strip()
    return found | {pid: name for name, pid in servers_of(places).items()}


def servers_of(places: Places) -> dict[str, int]:
    """The running servers of this data folder, told by the folder they work in, each with its leading process."""
    found: dict[str, set[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                where, program = (folder / "cwd").readlink(), (folder / "exe").readlink()
            except OSError:
                continue
            if where in (places.cluster, places.sockets):
                found.setdefault(program.name, set()).add(int(folder.name))
    return {name: leader(pids) for name, pids in found.items()}


def leader(pids: Collection[int]) -> int:
    """The one that started the others. It need not have the lowest number: numbers begin again after the last."""
    return next((pid for pid in sorted(pids) if _parent(pid) not in pids), min(pids))


def _parent(pid: int) -> int:
    """0 where it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@contextmanager
def data_folder(var: Path) -> Iterator[Places]:
    """The places of a data folder; afterwards nothing of it is left, wherever it lay."""
    places = Places.of(var)
    try:
        yield places
    finally:
        wait_for(lambda: not servers_of(places), "its servers to stop")
        for folder in (places.sockets, places.base, places.var):
            shutil.rmtree(folder, ignore_errors=True)
