"""Makes our own folders. Permissions are set only on what this module has just made itself."""

import os
import stat
from pathlib import Path

from config.embedded.errors import ServicesError
from config.embedded.places import LONGEST_SOCKET_PATH, SYSTEM_FOLDER, Places


def make(places: Places) -> None:
    """Make every folder the services need. Safe to call twice and in parallel.

    Raises ServicesError where a folder is somebody else's.
    """
    make_data_folder(places)
    if not places.base.is_relative_to(places.var):
        _open_folder(SYSTEM_FOLDER)
    _own_folder(places.base, 0o700, places.owner.uid, places.owner.gid)
    make_sockets(places)


def make_data_folder(places: Places) -> None:
    """What Plenary needs even where the servers are somebody else's."""
    _open_folder(places.var)
    for private in (places.keys, places.logs, places.mail, places.locks):
        _own_folder(private, 0o700, os.geteuid(), os.getegid())


def make_sockets(places: Places) -> None:
    """Only whoever may enter this folder can talk to the services. The system may have swept it away."""
    longest = places.sockets / ".s.PGSQL.5432.lock"
    if len(os.fsencode(longest)) > LONGEST_SOCKET_PATH:
        raise ServicesError(f"The path {longest} is too long for a socket. Set TMPDIR to a shorter folder.")
    _own_folder(places.sockets, 0o700, places.owner.uid, places.owner.gid)


def _open_folder(folder: Path) -> None:
    """A folder others may walk through, whatever the umask is; one that exists stays as it is."""
    for part in reversed([folder, *folder.parents]):
        try:
            part.mkdir()
        except FileExistsError:
            continue
        except PermissionError as error:
            raise ServicesError(f"Cannot make {part}: set PLENARY_VAR to a folder you may write in.") from error
        part.chmod(0o755)


def _own_folder(folder: Path, mode: int, uid: int, gid: int) -> None:
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except PermissionError as error:
        raise ServicesError(f"Cannot make {folder}: set PLENARY_VAR to a folder you may write in.") from error
    status = folder.lstat()
    if stat.S_ISDIR(status.st_mode) and os.geteuid() == 0 and status.st_uid == 0 != uid:
        # Ours, made a moment ago by this or a parallel start and not yet handed over.
        os.chown(folder, uid, gid, follow_symlinks=False)
        status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != uid:
        raise ServicesError(
            f"{folder} belongs to somebody else (uid {status.st_uid}). Plenary was started there as another user;"
            " start it as that user again, or set PLENARY_VAR to another folder."
        )
    if stat.S_IMODE(status.st_mode) != mode:
        folder.chmod(mode)
