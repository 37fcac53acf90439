"""Which forum an archive came from."""

import re
from itertools import islice
from pathlib import Path
from typing import Final

from forum.imports.archives import members

UNKNOWN: Final = "unknown.invalid"
_AVATAR: Final = re.compile(rb'"/user_avatar/([a-z0-9][a-z0-9.-]{2,100}[a-z0-9])/')
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,98}[a-z0-9])?(:\d{1,5})?")
_LOOKED_AT: Final = 200


def host_in(path: Path) -> str:
    """The host that the archive's avatars name, from its first files; UNKNOWN where none does: then no link between its
    topics can be recognised but those without a host. Raises ArchiveBroken."""
    for member in islice(members(path), _LOOKED_AT):
        found = _AVATAR.search(member.data)
        if found:
            return found[1].decode()
    return UNKNOWN


def is_host(name: str) -> bool:
    """A bare host name in lower case, with a port or without."""
    return _HOST.fullmatch(name) is not None
