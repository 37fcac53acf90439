"""Ending sessions: a page in another browser is signed out at its next click, its live socket within half a minute."""

from collections.abc import Iterable
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.models import User
from common import audit


@transaction.atomic
def end_sessions_elsewhere(user: User, *, this: str | None, at: datetime) -> int:
    """End every session of somebody but `this` (its key; None ends all). Returns how many. Safe to call twice."""
    return _end(user, UserSession.objects.filter(user=user).exclude(session_key=this or ""), at)


@transaction.atomic
def end_session(user: User, *, session_id: int, at: datetime) -> bool:
    """End one session of somebody's own. Says whether it was there."""
    return bool(_end(user, UserSession.objects.filter(user=user, pk=session_id), at))


def _end(user: User, sessions: Iterable[UserSession], at: datetime) -> int:
    ended = 0
    for session in sessions:
        session.end()
        ended += 1
    if ended:
        audit.record("account.end_sessions", subject=("user", user.pk), by=user.pk, at=at, ended=ended)
    return ended
