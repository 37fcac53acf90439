"""What the reader follows and what they muted, in one place."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions.showing import block_person
from accounts.models import Block
from accounts.permissions import can_block
from common.paging import BadCursor
from forum.actions.reading import follow_category, follow_topic
from forum.models import Level
from forum.readers.categories import followed_categories, level_of
from forum.readers.home_lists import topics_at_level
from forum.rendering import in_quotes
from forum.texts import CATEGORY_LEVELS
from forum.undoing import Undo, offer_undo
from forum.views.loading import category_or_404, post_or_404, topic_or_404
from forum.views.topics import place_for

_TABS = {"watching": "Watching", "tracking": "Tracking", "muted": "Muted"}


@login_required
@require_safe
def follows(request: HttpRequest) -> HttpResponse:
    """Topics of one level, page by page; every category; whom one blocked."""
    name = request.GET.get("level", "watching")
    if name not in _TABS:
        raise Http404
    try:
        page = topics_at_level(
            request.user, Level(name), before=request.GET.get("before", ""), after=request.GET.get("after", "")
        )
    except BadCursor as error:
        raise Http404 from error
    context = {
        "tabs": [{"url": f"?level={each}", "text": words, "here": each == name} for each, words in _TABS.items()],
        "level": name,
        "rows": page.rows,
        "older_url": f"?level={name}&before={page.older}" if page.older else "",
        "newer_url": f"?level={name}&after={page.newer}" if page.newer else "",
        "levels": [(level.value, level.label) for level in Level],
        "categories": [(category, level_of(category)) for category in followed_categories(request.user)],
        "category_levels": CATEGORY_LEVELS,
        "now": timezone.now(),
    }
    return render(request, "forum/follows.html", context)


@login_required
@require_POST
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """How closely, for one topic; leads back to it, or to the list one was on."""
    topic, level = topic_or_404(request, pk).topic, request.POST.get("level", "")
    if level not in Level.values:
        raise Http404
    before = follow_topic(topic, by=request.user, level=level)  # type: ignore[arg-type]
    where = _back(request) or redirect(topic)
    if (before.level or Level.NORMAL) != level:
        told = {"topic": topic.pk, "was": [before.level, before.because], "level": level}
        offer_undo(request, f"{in_quotes(topic.title)}. {Level(level).label}.", Undo("follow", told, where["Location"]))
    return where


@login_required
@require_POST
def category_follow(request: HttpRequest, slug: str) -> HttpResponse:
    """How closely, for a whole category."""
    category, level = category_or_404(request, slug), request.POST.get("level", "")
    if level not in Level.values:
        raise Http404
    before = follow_category(category, by=request.user, level=level)  # type: ignore[arg-type]
    where = _back(request) or redirect("forum:category", slug)
    if (before.level or Level.NORMAL) != level:
        told = {"category": category.pk, "was": [before.level], "level": level}
        words = f"{category.name}: {dict(CATEGORY_LEVELS)[level].lower()}."
        offer_undo(request, words, Undo("category", told, where["Location"]))
    return where


@login_required
@require_http_methods(["GET", "POST"])
def block_author(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Hear no more from whoever wrote a post; what this does is said before. A pseudonym is nobody that could be blocked."""
    post = post_or_404(request, pk, number)
    if post.author is None:
        raise Http404
    can_block(request.user, post.author).enforce()
    if request.method == "POST":
        block_person(post.author, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, f"You have blocked {post.author.display_name}. They are not told.")
        return redirect(place_for(request, post.topic, post))
    blocked = Block.objects.filter(user=request.user.pk, blocked=post.author).exists()
    return render(request, "forum/block.html", {"post": post, "topic": post.topic, "is_blocked": blocked})


def _back(request: HttpRequest) -> HttpResponse | None:
    """To the page “What you follow”, for a form that stands there."""
    level = request.POST.get("back", "")
    if level not in _TABS:
        return None
    response = redirect("forum:follows")
    response["Location"] += f"?level={level}"
    return response
