"""What a reader sees when something is not to be had. Each page says what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from common.errors import NotFound


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"reason": str(exception) if exception else ""}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long or cookies are off; the browser's Back button has what was typed. A view may have a face of its
    own for this, `when_stale`, which changes nothing and gives back what was typed: only to a page of this very site, since
    others must not put words into it."""
    found = request.resolver_match
    when_stale = getattr(found.func, "when_stale", None) if found else None
    if (
        when_stale is not None
        and found is not None
        and request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    ):
        answer: HttpResponse = when_stale(request, *found.args, **found.kwargs)
        return answer
    return render(
        request,
        "403.html",
        {"reason": "This form had gone stale. Go back, reload the page and send it again: what you typed is still there."},
        status=403,
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Of a kind of its own (`common.errors.NotFound`) it has a page of its own."""
    return render(request, exception.template if isinstance(exception, NotFound) else "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without request: neither database nor context processors may be needed to say that they fail."""
    return HttpResponse(render_to_string("500.html"), status=500)
