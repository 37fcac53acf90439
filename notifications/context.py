"""What every page shows of the reader's notices."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notifications.readers import unread_count


def unread(request: HttpRequest) -> dict[str, object]:
    """`unread_notices`: how many, 100 meaning more than 99. Counted when a template asks; a visitor costs nothing."""
    user = getattr(request, "user", None)  # an error before the middleware ran
    if user is None or not user.is_authenticated:
        return {"unread_notices": 0}
    if not getattr(user, "has_unread", True):  # the statement that loaded them has looked
        return {"unread_notices": 0}
    return {"unread_notices": SimpleLazyObject(lambda: unread_count(user))}
