"""Four editions of the demo's weekly, cut as the tick would have cut them: they hold what those weeks really hold."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.models import User
from demo import reading
from digest.actions.editions import cut_due_edition, draft_edition, write_note
from digest.actions.subscriptions import subscribe_member
from digest.calendar import cut_before
from forum.models import Topic

_TOPIC_LINK = re.compile(r"\(topic:([\w-]+)\)")


def load_editions(people: Mapping[str, User], topics: Mapping[str, Topic], *, loaded_at: datetime) -> None:
    """Each with its editor's note and picks."""
    for table in reading.editions():
        cut_off = cut_before(loaded_at) - timedelta(weeks=table["weeks_ago"] - 1)
        written_at = cut_off - timedelta(hours=12)
        note = _TOPIC_LINK.sub(lambda link: f"({topics[link[1]].get_absolute_url()})", reading.unwrapped(table["note"]))
        write_note(
            draft_edition(at=written_at), by=people[table["editor"]], headline=table["headline"], note=note,
            picks=[("topic", topics[key].pk) for key in table["picks"]], at=written_at,
        )  # fmt: skip
        cut_due_edition(at=cut_off)


def subscribe_demo_accounts(people: Mapping[str, User], emails: frozenset[str], *, loaded_at: datetime) -> None:
    """Those whom a stranger signs in as get the weekly: the running week's edition is sent to them at once."""
    for user in people.values():
        if user.email in emails:
            subscribe_member(user, weekday=4, hour=7, categories=(), form="demo", ip="", at=loaded_at)
