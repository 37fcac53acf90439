from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.clock import LONDON
from home.readers import front_page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for you comes first."""
    now = timezone.now()
    context = {"front": front_page(request.user, at=now), "now": now, "greeting": _greeting(now.astimezone(LONDON).hour)}
    return render(request, "home/home.html", context)


def _greeting(hour: int) -> str:
    return "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"
