"""What every page knows of the site itself."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "site_url": settings.SITE_URL,
        "live_url": settings.LIVE_URL or "/live/",
        "colour_scheme": request.COOKIES.get("plenary_scheme", ""),
        "keys_on": request.COOKIES.get("plenary_keys") == "on",
    }
