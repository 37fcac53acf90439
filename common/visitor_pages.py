"""Whole pages for visitors, kept for a moment: what everybody without an account sees is drawn once, not for each of them.

Only for whoever carries no session. The key is made after a statement has asked what a visitor may see, and of what that
statement returned; what is kept is out of date after settings.VISITOR_PAGES_KEPT_FOR seconds, whatever changed. A page that sets
a cookie (with a form's token in it, for instance) is never kept.
"""

import time
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any, Final, TypeVar, cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

View = TypeVar("View", bound=Callable[..., HttpResponse])

_NOT_IN_KEY: Final = {"csrftoken"}
_NEVER: Final = {"messages"}
_FRESH: Final = 0.7
AT_HAND: Final = 100
"""So many pages (50 KB) are also kept in the process; then it begins anew."""
Kept = tuple[float, bytes]
"""When a page was drawn, and the page."""
_AT_HAND: Final[dict[str, tuple[float, Kept]]] = {}
"""Until when, and which."""


def kept_for_visitors(version: Callable[..., str]) -> Callable[[View], View]:
    """Keep what this view answers a visitor. `version`, called with what the view is called with, asks the visibility rule and
    names what it found, in one statement; empty where there is nothing to see, which the view then says itself."""

    def around(view: View) -> View:
        @wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not settings.VISITOR_PAGES_KEPT_FOR or not _is_visitor(request):
                return view(request, *args, **kwargs)
            seen = version(request, *args, **kwargs)
            if not seen:
                return view(request, *args, **kwargs)
            key, now = page_key(request, seen), time.time()
            drawn_at, body = _at_hand(key, now) or _fetched(key, now) or (0.0, b"")
            if body and not _is_for_me_to_draw(key, drawn_at):
                return _varied(HttpResponse(body))
            response = view(request, *args, **kwargs)
            if _may_be_kept(request, response):
                cache.set(key, (now, response.content), settings.VISITOR_PAGES_KEPT_FOR)
                _take_in_hand(key, (now, response.content), now)
            return _varied(response)

        return cast("View", kept)

    return around


def _at_hand(key: str, now: float) -> Kept | None:
    """As this process drew or fetched it within that time: a page asked for a thousand times a second is fetched once."""
    until, kept = _AT_HAND.get(key, (0.0, None))
    return kept if now < until else None


def _fetched(key: str, now: float) -> Kept | None:
    kept: Kept | None = cache.get(key)
    return kept and _take_in_hand(key, kept, now)


def _take_in_hand(key: str, kept: Kept, now: float) -> Kept:
    if len(_AT_HAND) >= AT_HAND:
        _AT_HAND.clear()
    # drawn later than now, says a machine whose clock is ahead of ours
    _AT_HAND[key] = min(kept[0], now) + settings.VISITOR_PAGES_KEPT_FOR, kept
    return kept


def _is_for_me_to_draw(key: str, drawn_at: float) -> bool:
    """Towards its end one visitor draws a page anew while it serves the others: else all who come at its end would draw it."""
    soon = drawn_at + _FRESH * settings.VISITOR_PAGES_KEPT_FOR
    return time.time() > soon and bool(cache.add(f"{key}:{drawn_at}", 1, settings.VISITOR_PAGES_KEPT_FOR))


def page_key(request: HttpRequest, version: str) -> str:
    """Every cookie is in it but the one that no page shows: how a page looks may hang on any of them."""
    cookies = sorted((name, value) for name, value in request.COOKIES.items() if name not in _NOT_IN_KEY)
    told = repr((request.get_full_path(), version, cookies, request.headers.get("HX-Request", "")))
    return f"visitor:{sha256(told.encode(errors='surrogatepass')).hexdigest()}"


def _is_visitor(request: HttpRequest) -> bool:
    return not ({settings.SESSION_COOKIE_NAME, *_NEVER} & request.COOKIES.keys())


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    holds_a_token = bool(request.META.get("CSRF_COOKIE_NEEDS_UPDATE"))  # Django's mark that a template asked for one
    plain = set(response.headers) <= {"Content-Type"} and not response.cookies and not response.streaming
    return response.status_code == 200 and plain and not holds_a_token


def _varied(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["Cookie"])
    return response
