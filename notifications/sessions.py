"""Whether the session behind a socket still holds. Asked of the database, not of what the socket remembers."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest


def still_signed_in(session_key: str | None, user_id: int) -> bool:
    """The session exists, is this person's, made with their present password, and the account is active and not suspended."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    if not user.is_authenticated or user.pk != user_id or not user.is_active:
        return False
    return getattr(user, "suspended_until", None) is None
