"""Keys: made once in development, asked for in production, never one from another."""

import base64
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.keys import NAMES, MissingKeysError, decoded, load_keys

ROOT = Path(__file__).resolve().parents[2]
GIVEN = {name: base64.b64encode(bytes([number]) * 32).decode() for number, name in enumerate(NAMES)}


def test_are_made_once_and_kept(tmp_path):
    first = load_keys(tmp_path, {})
    assert load_keys(tmp_path, {}) == first
    assert len({decoded(getattr(first, name.lower())) for name in NAMES}) == len(NAMES)


def test_are_readable_by_their_owner_only(tmp_path):
    load_keys(tmp_path, {})
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "keys").iterdir()} == {0o600}
    assert sorted(file.name for file in (tmp_path / "keys").iterdir()) == sorted(NAMES)


def test_are_the_same_for_all_who_start_at_once(tmp_path):
    program = "import sys, pathlib; from config.keys import *; k = load_keys(pathlib.Path(sys.argv[1]), {}); print(vars(k))"

    def load(_):
        return subprocess.check_output([sys.executable, "-c", program, tmp_path], cwd=ROOT, text=True, timeout=60)

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(load, range(6)))) == 1


def test_of_the_environment_win_over_those_of_the_folder(tmp_path):
    load_keys(tmp_path, {})
    assert load_keys(tmp_path, {"PERSONA_KEY": GIVEN["PERSONA_KEY"]}).persona_key == GIVEN["PERSONA_KEY"]


@pytest.mark.parametrize("environ", [{}, {"SECRET_KEY": "text", "BACKUP_KEY": GIVEN["BACKUP_KEY"]}])
def test_are_all_named_where_production_lacks_them(tmp_path, environ):
    with pytest.raises(MissingKeysError) as refusal:
        load_keys(tmp_path, environ | {"PLENARY_ENV": "production"})
    assert {name for name in NAMES if name in str(refusal.value)} == set(NAMES) - set(environ)
    assert not (tmp_path / "keys").exists()


def test_are_taken_whole_from_the_environment_in_production(tmp_path):
    keys = load_keys(None, GIVEN | {"PLENARY_ENV": "production"})
    assert {name: getattr(keys, name.lower()) for name in NAMES} == GIVEN


@pytest.mark.parametrize("bad", ["short", "%%%%", base64.b64encode(b"x" * 31).decode()])
def test_are_refused_by_name_where_they_are_no_keys(tmp_path, bad):
    with pytest.raises(ValueError, match="SIGNING_KEY"):
        load_keys(tmp_path, GIVEN | {"SIGNING_KEY": bad})


def test_do_not_show_in_a_traceback(tmp_path):
    keys = load_keys(tmp_path, {})
    assert keys.secret_key not in repr(keys)


def test_and_the_embedded_services_import_no_django():
    program = (
        "import sys, config.keys, config.embedded.services, config.embedded.keeper, tests.services;"
        "sys.exit('django' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=60, env={**os.environ, "PYTHONPATH": ""})
