"""Lines for the readers of a topic about what moderators did with it."""

from datetime import datetime

from common.errors import DomainError
from forum.models import Category, Topic, TopicNote

REASON_MAX = 200


class ReasonMissing(DomainError):
    """What moderators do is done for a reason that everybody concerned can read."""


def clean_reason(text: str) -> str:
    """On one line. Raises ReasonMissing."""
    reason = " ".join(text.replace("\0", "").split())
    if not reason or len(reason) > REASON_MAX:
        raise ReasonMissing(f"Give a reason of at most {REASON_MAX} characters: whoever reads the topic sees it.")
    return reason


def leave_note(
    topic: Topic,
    kind: TopicNote.Kind,
    *,
    reason: str,
    at: datetime,
    other: Topic | None = None,
    category: Category | None = None,
    number: int | None = None,
    posts: int | None = None,
    former_title: str = "",
) -> TopicNote:
    """In the transaction of what it tells of. `number`: the first of the posts that it tells of; for what tells of none it stands
    behind the last one there is."""
    number = topic.last_number if number is None else number
    return TopicNote.objects.create(
        topic=topic,
        kind=kind,
        reason=reason,
        at=at,
        other=other,
        category=category,
        number=number,
        posts=posts,
        former_title=former_title,
    )
