"""A copy of what is somebody's own, to take along."""

import json
import tempfile
import zipfile
from datetime import datetime
from typing import IO, Final

from django.conf import settings

from accounts.models import User
from accounts.permissions import can_close_account
from common import audit
from common.clock import LONDON
from common.doors import open_door

_IN_MEMORY: Final = 8_000_000  # bytes; more goes to a file that has no name
_READ_ME: Final = """A copy of what is yours on Plenary, made on {day} at {time} (London) for the account {account}.

Each file is text, in JSON, which any program can read. Names in it are those of the columns in which we keep it.

account.json        name, addresses, facts and where they are from, roles, groups, membership, terms, sessions
forum.json          posts and what they said before, drafts, bookmarks, reactions, votes, what you follow
consultations.json  what you sent or began in named and confidential consultations, with receipts; organisations
mail.json           subscriptions, and each time that you agreed to mail or ended it
notices.json        what you were told of, and how you want to be told
moderation.json     what you reported, and what moderators decided about you

Not in it: what you wrote under pseudonyms, since no file of ours holds a pseudonym together with a person; detached ballots,
which nobody can find; pictures and documents in posts, which the posts lead to; what a password or a passkey is checked with.
"""


def copy_of_everything(user: User, *, at: datetime) -> IO[bytes]:
    """One ZIP file of what each room has (settings.PERSONAL_DATA), at its beginning; kept nowhere. Written into the audit."""
    can_close_account(user).enforce()
    told: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - whoever gives it out closes it
    when = at.astimezone(LONDON)
    with zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("READ ME.txt", _READ_ME.format(day=f"{when:%-d %B %Y}", time=f"{when:%H:%M}", account=user.email))
        for name, door in settings.PERSONAL_DATA.items():
            plain = json.dumps(open_door(door)(user.pk), default=str, ensure_ascii=False, indent=1)
            packed.writestr(f"{name}.json", plain)
    told.seek(0)
    audit.record("account.copy", subject=("user", user.pk), by=user.pk, at=at)
    return told
