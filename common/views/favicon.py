"""Browsers ask for /favicon.ico where a page names no icon (a feed, a text); they are sent to the one we have."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("ui/favicon.svg"))
