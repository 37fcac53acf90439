"""Takes the embedded database from one Plenary to another: `python -m config.embedded dump > f`, `… load < f`.

A dump is SQL text, which any later major version of PostgreSQL reads.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from config.embedded import programs
from config.embedded.errors import ServicesError
from config.embedded.places import Places
from config.embedded.services import ROOT, hold


def main(arguments: list[str]) -> int:
    """Dump to, or load from, the standard streams. A load is one transaction: all of it or nothing."""
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    parser.add_argument("what", choices=["dump", "load"])
    what = parser.parse_args(arguments).what
    places = Places.of(Path(os.environ.get("PLENARY_VAR") or ROOT / "var"))
    try:
        with hold(places):
            binaries = programs.find(places).postgres.parent
            argv: list[str | Path]
            if what == "dump":
                argv = [binaries / "pg_dump", "--no-owner", places.database_url]
            else:
                argv = [binaries / "psql", "-qX1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, places.database_url]
            return subprocess.run(argv, check=False).returncode
    except ServicesError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
