"""For search engines: where the public topics are, and what they need not look at."""

from datetime import datetime
from io import BytesIO
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from forum.models import Category, Topic

PART: Final = 10_000
"""Topics of a part by their numbers, so that a part is found by the key and never shifts."""

_SPACE: Final = {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"}
_PAGES: Final = ("home", "forum:index", "consultation:list", "consultation:outcomes", "digest:weekly")
_NOT_FOR_ROBOTS: Final = (
    "/search/",
    "/feeds/",
    "/accounts/",
    "/notices/",
    "/moderation/",
    "/appearance/",
    "/styleguide/",
    "/live/",
    "/forum/topics/*/print/",  # all of a topic once more
    "/forum/topics/*/face/",
)
_Place = tuple[str, datetime | None]


@require_safe
@cache_control(public=True, max_age=600)
def sitemap(request: HttpRequest) -> HttpResponse:
    """The parts: one of pages, then one for each ten thousand numbers up to the newest public topic. One statement."""
    newest = Topic.objects.visible_to(AnonymousUser()).order_by("-pk").values_list("pk", flat=True).first()
    parts = [reverse("sitemap_pages"), *(reverse("sitemap_part", args=[part]) for part in range((newest or -1) // PART + 1))]
    return _drawn("sitemapindex", "sitemap", [(path, None) for path in parts])


@require_safe
@cache_control(public=True, max_age=600)
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    """The front pages and the public categories. One statement."""
    categories = Category.objects.visible_to(AnonymousUser()).in_order().values_list("slug", flat=True)
    paths = [*map(reverse, _PAGES), *(reverse("forum:category", args=[slug]) for slug in categories)]
    return _drawn("urlset", "url", [(path, None) for path in paths])


@require_safe
@cache_control(public=True, max_age=600)
def sitemap_part(request: HttpRequest, part: int) -> HttpResponse:
    """The public topics of one part, with when each was last written in. One statement."""
    if part > 2**40:
        raise Http404
    topics = Topic.objects.visible_to(AnonymousUser()).filter(pk__gte=part * PART, pk__lt=(part + 1) * PART).order_by("pk")
    rows = topics.values_list("pk", "slug", "activity__last_posted_at")
    return _drawn("urlset", "url", [(reverse("forum:topic", args=[pk, slug]), at) for pk, slug, at in rows])


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """What robots leave alone. Rules of access stand elsewhere: nothing is hidden by this."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in _NOT_FOR_ROBOTS),
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _drawn(root: str, name: str, places: list[_Place]) -> HttpResponse:
    out = BytesIO()
    xml = SimplerXMLGenerator(out, "utf-8")
    xml.startDocument()
    xml.startElement(root, _SPACE)  # type: ignore[arg-type]
    for path, at in places:
        xml.startElement(name, {})  # type: ignore[arg-type]
        xml.addQuickElement("loc", f"{settings.SITE_URL}{path}")
        if at is not None:
            xml.addQuickElement("lastmod", at.isoformat(timespec="seconds"))
        xml.endElement(name)
    xml.endElement(root)
    xml.endDocument()
    return HttpResponse(out.getvalue(), content_type="application/xml; charset=utf-8")
