"""What a page may say over its socket: `{"listen": "topic:7"}` and `{"leave": "topic:7"}`."""

import json
import re
from dataclasses import dataclass
from typing import Literal

LARGEST = 4096
_NAME = re.compile(r"([a-z][a-z_]{0,29}):([1-9][0-9]{0,17})", re.ASCII)


class BadFrameError(ValueError):
    """Not one of the two things. `str()` is the word that goes back: `too_large` or `malformed`."""


@dataclass(frozen=True, slots=True)
class Request:
    """`channel` and `id` of `topic:7`."""

    verb: Literal["listen", "leave"]
    channel: str
    id: int

    @property
    def name(self) -> str:
        return f"{self.channel}:{self.id}"


def read_frame(text: str | None) -> Request:
    """The request in a frame (None: a binary one). Raises BadFrameError on anything else, of any content."""
    if text is None:
        raise BadFrameError("malformed")
    if len(text) > LARGEST or len(text.encode(errors="replace")) > LARGEST:
        raise BadFrameError("too_large")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFrameError("malformed") from error
    if not isinstance(said, dict) or len(said) != 1:
        raise BadFrameError("malformed")
    ((verb, name),) = said.items()
    match = _NAME.fullmatch(name) if isinstance(name, str) else None
    if match is None or verb not in ("listen", "leave"):
        raise BadFrameError("malformed")
    return Request(verb, match[1], int(match[2]))
