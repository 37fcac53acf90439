"""Plenary as another user can run it: in place, or where that lies in somebody's home, a copy of Python, packages and checkout."""

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNUSED = ("test", "site-packages", "idlelib", "tkinter", "ensurepip", "config-*", "lib2to3")


@dataclass(frozen=True)
class Installed:
    python: str
    checkout: Path
    environ: dict[str, str]


def for_user(user, folder):
    """What this user can run; copies into `folder` what they cannot reach."""
    packages = Path(sysconfig.get_path("purelib"))
    if not runs(user, ["/bin/ls", packages / "django"]):
        packages = shutil.copytree(packages, Path(folder) / "packages", copy_function=linked)
    environ = {"PYTHONPATH": str(packages)}
    python = sys.executable
    if not runs(user, [python, "-c", "import django"], environ):
        python, needed = copied_python(Path(folder) / "python")
        environ |= needed
        assert runs(user, [python, "-c", "import django"], environ)
    checkout = ROOT if runs(user, ["/bin/ls", ROOT / "manage.py"]) else copied_checkout(Path(folder) / "checkout")
    return Installed(python, checkout, environ)


def runs(user, argv, environ=None):
    as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    try:
        return not subprocess.run(argv, **as_user, cwd="/", env=environ, check=False, capture_output=True).returncode
    except PermissionError:
        return False


def copied_python(home):
    """This interpreter and its standard library, without what was installed beside it."""
    base, library = Path(sys.base_prefix), Path(sysconfig.get_path("stdlib"))
    shutil.copytree(library, home / library.relative_to(base), ignore=shutil.ignore_patterns(*UNUSED), symlinks=True)
    for shared in (base / "lib").glob("libpython*.so*"):
        shutil.copy2(shared, home / "lib" / shared.name, follow_symlinks=False)
    (home / "bin").mkdir()
    python = shutil.copy2(Path(sys._base_executable).resolve(), home / "bin")
    return str(python), {"PYTHONHOME": str(home), "LD_LIBRARY_PATH": str(home / "lib")}


def copied_checkout(target):
    """The files of the working tree, without what git does not know or keeps out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def linked(source, target):
    """A second name for the file, or where that is on another disk, a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
