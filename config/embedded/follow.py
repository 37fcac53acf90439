"""Reading what is being added to a log file."""

from pathlib import Path


class Follower:
    """The lines added to a file since it was made, or last asked. The file may be replaced meanwhile."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.place = path.stat().st_size if path.exists() else 0

    def lines(self) -> list[str]:
        """Whole lines only; half a line waits until the rest has come."""
        try:
            with self.path.open("rb") as file:
                if file.seek(0, 2) < self.place:
                    self.place = 0
                file.seek(self.place)
                added = file.read()
        except FileNotFoundError:
            return []
        whole = added[: added.rfind(b"\n") + 1]
        self.place += len(whole)
        return whole.decode(errors="replace").splitlines()
