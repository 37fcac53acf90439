"""What holds for every page: a domain error that no view handled becomes a page that says so, and what was made for one
reader is kept by nobody between."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from servestatic.middleware import ServeStaticMiddleware

from common.errors import DomainError
from common.policies import content_policy


class refusals:  # noqa: N801 - a middleware is named as it reads in the settings
    """Answers 409 with the sentence of a DomainError, and with a page where somebody comes by a link to what takes only what a
    button sends: a browser that opens its tabs anew does. Everything else passes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET":
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return render(request, "409.html", {"reason": str(exception)}, status=409)
        return None


class signing_in:  # noqa: N801
    """Whoever pressed a button and has to sign in first comes back to the page with that button, not to the address that it sends
    to, where nothing is to be read. Where a part of a page was asked for, all of it goes to sign in: the form would stand in the
    middle of a post."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 302 or not response["Location"].startswith(f"{resolve_url(settings.LOGIN_URL)}?next="):
            return response
        is_part = "HX-Request" in request.headers
        before = self._page_before(request) if is_part or request.method == "POST" else ""
        there = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': before})}" if before else response["Location"]
        if is_part:
            return HttpResponseClientRedirect(there)
        response["Location"] = there
        return response

    def _page_before(self, request: HttpRequest) -> str:
        """Its path on this site, as the browser tells it; empty where it does not."""
        told = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
        if not url_has_allowed_host_and_scheme(told, {request.get_host()}):
            return ""
        page = urlsplit(told)
        return f"{page.path}?{page.query}" if page.query else page.path


class static_files:  # noqa: N801
    """Styles, scripts and pictures, by servestatic. It speaks async only, and around it every request would change threads five
    times: so it is asked for its own addresses alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        async def otherwise(request: HttpRequest) -> HttpResponse:
            return await sync_to_async(get_response)(request)

        self.get_response = get_response
        self.files = async_to_sync(ServeStaticMiddleware(otherwise))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        its_own = request.path_info.startswith(settings.STATIC_URL)
        response: HttpResponse = self.files(request) if its_own else self.get_response(request)
        return response


class private_pages:  # noqa: N801
    """A page for somebody with a session is for them alone: a shared cache must not keep it, a browser asks again. Views that
    say something of their own (`never_cache` where a secret stands in the address) are left alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control") and (settings.SESSION_COOKIE_NAME in request.COOKIES or response.cookies):
            response.headers["Cache-Control"] = "private, no-cache"
        return response


class policies:  # noqa: N801
    """What a browser may do with a page of ours: the same for all of them, but for what a view says of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.headers = {
            "Content-Security-Policy": content_policy(),
            "Permissions-Policy": ", ".join(f"{name}=()" for name in settings.PERMISSIONS_REFUSED),
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response


class readers:  # noqa: N801
    """Has whoever carries a session loaded at once: nearly every page asks who they are, hundreds of times, and each question to
    Django's lazy `request.user` is a detour."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            request.user = get_user(request)
        return self.get_response(request)
