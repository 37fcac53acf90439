"""One readable log of many processes: `web     | listening`, coloured by name on a terminal."""

import os
import sys
from collections.abc import Mapping
from typing import TextIO

COLOURS = (36, 33, 35, 32, 34, 96, 93, 95)
NAME_WIDTH = 9


class LineLog:
    """Writes whole lines. Colours only on a terminal, and not where NO_COLOR is set."""

    def __init__(self, stream: TextIO = sys.stdout, environ: Mapping[str, str] = os.environ) -> None:
        self.stream = stream
        self.coloured = stream.isatty() and not environ.get("NO_COLOR")
        self.names: dict[str, int] = {}

    def tell(self, name: str, text: str) -> None:
        """Each line of `text` behind the name. A reader who went away is no reason to stop."""
        prefix = f"{name:<{NAME_WIDTH}}|"
        if self.coloured:
            colour = self.names.setdefault(name, COLOURS[len(self.names) % len(COLOURS)])
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        try:
            for line in text.splitlines():
                self.stream.write(f"{prefix} {line}\n")
            self.stream.flush()
        except (OSError, ValueError):  # the terminal was closed, or the pipe
            return

    def pass_on(self, line: str) -> None:
        """A line that another process wrote with `tell`."""
        name, _, text = line.partition("|")
        self.tell(name.strip(), text.strip())
