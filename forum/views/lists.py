from datetime import datetime
from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.paging import BadCursor
from common.visitor_pages import kept_for_visitors
from forum import permissions
from forum.readers import ORDERS, categories_with_latest, topic_rows
from forum.readers.categories import followed_categories, level_of
from forum.readers.home_lists import OF_MINE, list_of_topics, tab_counts, top_of_the_week
from forum.readers.sight import category_version, sight_version
from forum.texts import CATEGORY_LEVELS
from forum.views.loading import category_or_404

_LISTS: Final = {
    "index": "Categories",
    "latest": "Latest",
    "unread": "Unread",
    "new": "New",
    "followed": "Followed",
    "top": "Top of the week",
}
_ORDER_WORDS = {
    "latest": "Latest",
    "newest": "Newest",
    "unanswered": "No replies",
    "questions": "Open questions",
    "answered": "Answered",
}


@require_safe
@kept_for_visitors(lambda request: sight_version(request.user))
def index(request: HttpRequest) -> HttpResponse:
    """Every category, and where each was last written in."""
    now = timezone.now()
    context = {
        "rows": categories_with_latest(request.user),
        "may_write": permissions.can_take_part(request.user),
        "tabs": _tabs(request, "index", at=now),
        "now": now,
    }
    return render(request, "forum/index.html", context)


@login_required
@require_safe
def start_somewhere(request: HttpRequest) -> HttpResponse:
    """A topic stands in a category: which of those in which the reader may begin one."""
    categories = [one for one in followed_categories(request.user) if permissions.can_start(request.user, one)]
    return render(
        request, "forum/start_somewhere.html", {"categories": categories, "may": permissions.can_take_part(request.user)}
    )


@require_safe
@kept_for_visitors(lambda request, slug: category_version(request.user, slug))
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """The topics of a category, by key, in one of three orders."""
    category, now = category_or_404(request, slug), timezone.now()
    order = request.GET.get("order", "latest")
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    if order not in ORDERS:
        raise Http404
    try:
        pinned, page = topic_rows(category, request.user, order=order, before=before, after=after, at=now)
    except BadCursor as error:
        raise Http404 from error
    tabs = [{"url": f"?order={name}", "text": words, "here": name == order} for name, words in _ORDER_WORDS.items()]
    context = {
        "category": category,
        "pinned": pinned,
        "rows": page.rows,
        "older_url": f"?order={order}&before={page.older}" if page.older else "",
        "newer_url": f"?order={order}&after={page.newer}" if page.newer else "",
        "order": order,
        "tabs": tabs,
        "levels": [(value, words, value == level_of(category)) for value, words in CATEGORY_LEVELS],
        "may_start": permissions.can_start(request.user, category),
        "now": now,
    }
    return render(request, "forum/category.html", context)


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """What was last written in, in every category."""
    return _topics(request, "latest")


@login_required
@require_safe
def unread(request: HttpRequest) -> HttpResponse:
    """Followed, and with something unread."""
    return _topics(request, "unread")


@login_required
@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """Begun lately and never opened."""
    return _topics(request, "new")


@login_required
@require_safe
def followed(request: HttpRequest) -> HttpResponse:
    """Everything the reader watches or tracks."""
    return _topics(request, "followed")


@require_safe
def top(request: HttpRequest) -> HttpResponse:
    """What moved people most in the last seven days."""
    now = timezone.now()
    rows, may_write = top_of_the_week(request.user, at=now), permissions.can_take_part(request.user)
    context = {"name": "top", "rows": rows, "may_write": may_write, "tabs": _tabs(request, "top", at=now), "now": now}
    return render(request, "forum/topics.html", context)


def _topics(request: HttpRequest, name: str) -> HttpResponse:
    now, asked = timezone.now(), request.GET
    try:
        page = list_of_topics(request.user, name, before=asked.get("before", ""), after=asked.get("after", ""), at=now)
    except BadCursor as error:
        raise Http404 from error
    context = {
        "name": name,
        "rows": page.rows,
        "older_url": f"?before={page.older}" if page.older else "",
        "newer_url": f"?after={page.newer}" if page.newer else "",
        "may_write": permissions.can_take_part(request.user),
        "tabs": _tabs(request, name, at=now),
        "now": now,
    }
    return render(request, "forum/topics.html", context)


def _tabs(request: HttpRequest, here: str, *, at: datetime) -> list[dict[str, object]]:
    """The lists there are for this reader, by category first, and how much stands on those that ask to be read."""
    shown = [name for name in _LISTS if request.user.is_authenticated or name not in OF_MINE]
    counts = tab_counts(request.user, at=at)
    return [
        {"url": reverse(f"forum:{name}"), "text": _LISTS[name], "here": name == here, "count": counts.get(name, "")}
        for name in shown
    ]
