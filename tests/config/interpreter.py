"""A Python that another user may run: this one, or where that lies in somebody's home, a copy of it."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

UNUSED = ("test", "site-packages", "idlelib", "tkinter", "ensurepip", "config-*", "lib2to3")


def for_user(user, folder, needs):
    """The interpreter and the environment it needs, or None where `user` cannot read `needs` or what is installed."""
    installed = {"PYTHONPATH": sysconfig.get_path("purelib")}
    if runs(user, sys.executable, installed, needs):
        return sys.executable, installed
    python, environ = copied(folder)
    return (python, environ | installed) if runs(user, python, environ | installed, needs) else None


def runs(user, python, environ, needs):
    program = f"import django; open({str(needs)!r})"
    try:
        tried = subprocess.run(
            [python, "-c", program],
            user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/", env=environ, check=False, capture_output=True,
        )  # fmt: skip
    except PermissionError:
        return False
    return tried.returncode == 0


def copied(folder):
    """This interpreter and its standard library, without what was installed beside it."""
    home, base = Path(folder) / "python", Path(sys.base_prefix)
    library = Path(sysconfig.get_path("stdlib"))
    shutil.copytree(library, home / library.relative_to(base), ignore=shutil.ignore_patterns(*UNUSED), symlinks=True)
    for shared in (base / "lib").glob("libpython*.so*"):
        shutil.copy2(shared, home / "lib" / shared.name, follow_symlinks=False)
    (home / "bin").mkdir()
    python = shutil.copy2(Path(sys._base_executable).resolve(), home / "bin")
    return str(python), {"PYTHONHOME": str(home), "LD_LIBRARY_PATH": str(home / "lib")}
