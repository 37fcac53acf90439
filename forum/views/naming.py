"""Suggestions for a name while one types it."""

from typing import Final, cast

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from forum import permissions
from forum.readers.naming import people_to_name as found_people
from forum.readers.naming import place_of

A_MINUTE: Final = 90
"""More than somebody types, and too few to read the list of members by."""


@login_required
@require_safe
def people_to_name(request: HttpRequest) -> HttpResponse:
    """`?where=reply:7&q=ma`: whom whoever writes there may name, as JSON. Only for whoever may write there."""
    writer = cast("User", request.user)
    place = place_of(writer, request.GET.get("where", ""))
    if place is None:
        raise Http404
    may = permissions.can_reply(writer, place.topic) if place.topic else permissions.can_start(writer, place.category)
    may.enforce()
    if not _in_measure(writer):
        return JsonResponse({"people": []}, status=429)
    people = found_people(writer, place, request.GET.get("q", "")[:60], at=timezone.now())
    told = [{"handle": person.handle, "name": person.display_name, "line": _line(person)} for person in people]
    return JsonResponse({"people": told})


def _in_measure(writer: User) -> bool:
    key = f"forum:naming:{writer.pk}"
    cache.add(key, 0, 60)
    try:
        return cache.incr(key) <= A_MINUTE
    except ValueError:  # it ran out between the two
        return True


def _line(person: User) -> str:
    facts = getattr(person, "facts", None)
    return str(facts.line) if facts else ""
