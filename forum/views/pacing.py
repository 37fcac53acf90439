"""The pace of replies, told on the page of a topic as well once its reader is near the limit.

Counting costs a statement, and that page is read far more often than anybody is near: so the session of whoever came near says
until when counting is worth it."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from forum.pace import told_of_replies

_NEAR_UNTIL: Final = "forum_pace_near_until"


def note_pace(request: HttpRequest, told: str, *, at: datetime) -> None:
    """`told`: what a reply led to; empty far from the limit."""
    if told:
        request.session[_NEAR_UNTIL] = (at + timedelta(minutes=settings.PACE_MINUTES)).timestamp()


def pace_near(request: HttpRequest, *, at: datetime) -> str:
    """How many more replies can be sent, where that is few; one statement, and none for whoever was not near lately."""
    if not request.user.is_authenticated or at.timestamp() >= request.session.get(_NEAR_UNTIL, 0):
        return ""
    return told_of_replies(by=request.user, at=at)
