"""What the log must not keep: keys that stand in an address. Django writes the path of every request that it refuses."""

import logging
import re
from typing import Final

_SECRET: Final = re.compile(r"/(m|confirm|confirm-email|key|link|own|mute|daily)/[^/?\s]+")


class WithoutSecrets(logging.Filter):
    """Blackens them in the message and its arguments; every record passes."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _SECRET.sub(r"/\1/-", record.getMessage()), ()
        return True
