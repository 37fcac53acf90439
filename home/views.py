from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import why_not_a_member
from accounts.standing import standing_of
from common.clock import LONDON
from common.visitor_pages import kept_for_visitors
from forum.readers.versions import sight_version
from home.readers import front_page


@require_safe
@kept_for_visitors(lambda request: sight_version(request.user))
def home(request: HttpRequest) -> HttpResponse:
    """What waits for you comes first."""
    now, standing = timezone.now(), standing_of(request.user)
    is_out = standing.suspended_until is not None or standing.lapsed_at is not None
    context = {
        "front": front_page(request.user, at=now),
        "now": now,
        "greeting": _greeting(now.astimezone(LONDON).hour),
        "why_not": why_not_a_member(standing) if is_out else "",
        "has_no_membership": standing.is_signed_in and not (standing.is_member or standing.asleep or is_out),
    }
    return render(request, "home/home.html", context)


def _greeting(hour: int) -> str:
    return "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"
