"""How often the weekly goes to somebody who gives no sign of reading: weekly, monthly, once more with a question, no more.

Pure: no clock, no tables. A sign is a visit to the site, the web copy read, or a button behind a link; never a picture in a mail.
"""

from datetime import datetime, timedelta
from typing import Final

USUAL: Final = "usual"
MONTHLY: Final = "monthly"
LAST: Final = "last"
STOPPED: Final = "stopped"
"""Asked, and no answer: nothing goes out until there is a sign."""

ASKING: Final = (LAST, STOPPED)
"""The edition that asks is sent even where nothing is new."""


def pace_now(pace: str, *, paced_at: datetime | None, looked_in: datetime, at: datetime, after: timedelta | None) -> str:
    """The pace from now on. `paced_at`: since when it is this one, None where it is the usual; `looked_in`: the last sign of
    reading, or since when we look for one; `after`: how long without a sign slows it down one step, None: nothing does.
    What goes out as the last one becomes STOPPED where it is sent, not here."""
    if after is None or (paced_at is not None and looked_in > paced_at):
        return USUAL
    if pace == USUAL:
        return MONTHLY if at - looked_in >= after else USUAL
    if pace == MONTHLY and paced_at is not None and at - paced_at >= after:
        return LAST
    return pace
