from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from common.paging import BadCursor
from common.visitor_pages import kept_for_visitors
from forum import permissions
from forum.actions.reading import mark_category_read
from forum.readers import ORDERS, categories_with_latest, topic_rows
from forum.readers.categories import watermark_of
from forum.readers.versions import category_version, sight_version
from forum.views.loading import category_or_404

_ORDER_WORDS = {"latest": "Latest", "newest": "Newest", "unanswered": "Unanswered"}


@require_safe
@kept_for_visitors(lambda request: sight_version(request.user))
def index(request: HttpRequest) -> HttpResponse:
    """Every category, and where each was last written in."""
    context = {"rows": categories_with_latest(request.user), "may_write": permissions.can_take_part(request.user)}
    return render(request, "forum/index.html", {**context, "now": timezone.now()})


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
        pinned, page = topic_rows(
            category, request.user, order=order, before=before, after=after, watermark=watermark_of(category), at=now
        )
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
        "may_start": permissions.can_start(request.user, category),
        "now": now,
    }
    return render(request, "forum/category.html", context)


@login_required
@require_POST
def category_read(request: HttpRequest, slug: str) -> HttpResponse:
    """What is here counts as read from now on."""
    category = category_or_404(request, slug)
    mark_category_read(category, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return redirect("forum:category", slug)
