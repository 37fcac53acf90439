from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_required
@require_safe
def formatting(request: HttpRequest) -> HttpResponse:
    """How a text is formatted, and the keys: a page, or the part that a composer puts under itself."""
    is_part = bool(request.headers.get("HX-Request"))
    name = "forum/_formatting.html" if is_part else "forum/formatting.html"
    return render(request, name, {"edit_days": settings.EDIT_DAYS})
