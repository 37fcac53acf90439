"""How fast one person may write: asked by the actions, so that every way in (page, mail) meets it.

Counted from the rows that stand, by index, and kept nowhere. What a persona wrote counts against the persona, in its topic: no
count joins it with a person.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import User
from common.clock import LONDON
from common.errors import DomainError
from forum.models import Persona, Post, Reaction, Topic

_TOLD: Final = {
    "PACE_TOPICS": ("started", "topic"),
    "PACE_REPLIES": ("posted", "reply"),
    "PACE_REACTIONS": ("given", "reaction"),
}


class TooFast(DomainError):
    """More within the span than one person writes; the sentence says when the next can come (`until`)."""

    def __init__(self, sentence: str, until: datetime) -> None:
        super().__init__(sentence)
        self.until = until


def keep_pace(setting: str, moments: "QuerySet[Any, datetime]", *, at: datetime) -> None:
    """Raises TooFast where as many as `setting` allows stand within the last PACE_MINUTES. `moments`: when, newest first; one
    row is asked for."""
    most: int = getattr(settings, setting)
    if not most:
        return
    span = timedelta(minutes=settings.PACE_MINUTES)
    oldest = moments[most - 1 : most].first()
    if oldest is None or oldest <= at - span:
        return
    verb, noun = _TOLD[setting]
    nouns = noun if most == 1 else noun.removesuffix("y") + "ies" if noun.endswith("y") else f"{noun}s"
    until = oldest + span
    clock = (until + timedelta(seconds=59)).astimezone(LONDON)
    raise TooFast(
        f"You have {verb} {most} {nouns} in {settings.PACE_MINUTES} minutes, which is the most. The next can be sent at "
        f"{clock:%H:%M}, London time. What you wrote is still here.",
        until,
    )


def keep_pace_of_topics(*, by: User, at: datetime) -> None:
    """Raises TooFast."""
    keep_pace("PACE_TOPICS", Topic.objects.filter(author=by).order_by("-created_at").values_list("created_at", flat=True), at=at)


def keep_pace_of_replies(*, by: User, at: datetime, persona: Persona | None = None) -> None:
    """One statement along the posts of the author, newest first. Raises TooFast."""
    theirs = Post.objects.filter(persona=persona) if persona else Post.objects.filter(author=by)
    keep_pace("PACE_REPLIES", theirs.filter(number__gt=1).order_by("-pk").values_list("created_at", flat=True), at=at)


def keep_pace_of_reactions(*, by: User, at: datetime) -> None:
    """Raises TooFast."""
    keep_pace(
        "PACE_REACTIONS", Reaction.objects.filter(user=by).order_by("-created_at").values_list("created_at", flat=True), at=at
    )
