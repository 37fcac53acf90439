"""Where the embedded services keep what they keep. Decides; makes nothing."""

import hashlib
import os
import pwd
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

SYSTEM_FOLDER = Path("/var/lib/plenary")
LONGEST_SOCKET_PATH = 107


@dataclass(frozen=True)
class Owner:
    """Whom PostgreSQL and Valkey run as: ourselves, or `nobody` where we are root."""

    uid: int
    gid: int
    changes: bool


@dataclass(frozen=True)
class Places:
    """All paths that hang on one data folder. Build it with `Places.of`."""

    var: Path
    tag: str
    sockets: Path
    base: Path
    owner: Owner

    @classmethod
    def of(cls, var: Path) -> "Places":
        """The places of this data folder; the same folder always gives the same places.

        As root the cluster belongs to `nobody`. Where nobody cannot come to the data folder (a clone
        below /root), the cluster lies in /var/lib instead: no permission above ours is changed.
        """
        var = Path(var).expanduser().resolve()
        tag = hashlib.sha256(str(var).encode()).hexdigest()[:12]
        owner = service_owner()
        here = not owner.changes or can_enter(var, owner)
        return cls(
            var=var,
            tag=tag,
            sockets=Path(tempfile.gettempdir()).resolve() / f"plenary-{tag}",
            base=var / "postgresql" if here else SYSTEM_FOLDER / tag,
            owner=owner,
        )

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data folder."""
        return self.base / "cluster"

    @property
    def keys(self) -> Path:
        return self.var / "keys"

    @property
    def logs(self) -> Path:
        return self.var / "logs"

    @property
    def static(self) -> Path:
        return self.var / "static"

    @property
    def media(self) -> Path:
        return self.var / "media"

    @property
    def mail(self) -> Path:
        """Messages that the development mail sink received."""
        return self.var / "mail"

    @property
    def locks(self) -> Path:
        return self.var / "locks"

    @property
    def lock(self) -> Path:
        """Held while the services are being started or stopped; see `services.hold`."""
        return self.locks / "services"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def database_url(self) -> str:
        return f"postgresql://plenary@/plenary?host={quote(str(self.sockets), safe='')}"

    def redis_url(self, db: int) -> str:
        return f"unix://{self.valkey_socket}?db={db}"


def service_owner() -> Owner:
    """PostgreSQL refuses to run as root, so there it runs as `nobody`."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid(), changes=False)
    nobody = pwd.getpwnam("nobody")
    return Owner(nobody.pw_uid, nobody.pw_gid, changes=True)


def can_enter(folder: Path, owner: Owner) -> bool:
    """Whether this user may walk down to the folder. What does not exist yet will be made so that it may."""
    return all(_may_search(part.stat(), owner) for part in (folder, *folder.parents) if part.exists())


def _may_search(status: os.stat_result, owner: Owner) -> bool:
    if status.st_uid == owner.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == owner.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
