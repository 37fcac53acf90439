"""What holds for every page: a domain error that no view handled becomes a page that says so, and what was made for one
reader is kept by nobody between."""

from collections.abc import Callable

from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from servestatic.middleware import ServeStaticMiddleware

from common.errors import DomainError
from common.policies import content_policy


class refusals:  # noqa: N801 - a middleware is named as it reads in the settings
    """Answers 409 with the sentence of a DomainError; everything else passes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return render(request, "409.html", {"reason": str(exception)}, status=409)
        return None


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
