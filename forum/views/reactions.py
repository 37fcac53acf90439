import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from common.paging import BadCursor
from forum import permissions
from forum.actions.reactions import toggle_reaction
from forum.composing import ICONS, reader_of, views_of
from forum.models import Reaction
from forum.pace import told_of_reactions
from forum.readers import posts_in_time
from forum.readers.reactors import reactors, reactors_of
from forum.views.loading import post_or_404, topic_or_404
from forum.views.topics import place_for


@login_required
@require_POST
def react(request: HttpRequest, pk: int) -> HttpResponse:
    """Say one thing of a post, or take it back; htmx gets the foot of the post, everybody else the post. One address serves the
    topic, since a page has a hundred of these buttons: each says its kind and the number of its post, `agree:12`."""
    kind, _, said_of = request.POST.get("say", "").partition(":")
    if kind not in Reaction.Kind.values or not re.fullmatch(r"[1-9][0-9]{0,8}", said_of):
        raise Http404
    post, number = post_or_404(request, pk, int(said_of)), int(said_of)
    toggle_reaction(post, by=request.user, kind=kind, at=timezone.now())  # type: ignore[arg-type]
    pace = told_of_reactions(by=request.user, at=timezone.now())  # type: ignore[arg-type]
    if not request.headers.get("HX-Request"):
        if pace:
            messages.info(request, pace)
        return redirect(place_for(request, post.topic, post, face=request.POST.get("face", "")))
    page = topic_or_404(request, pk)
    reader = reader_of(request.user, page.topic, bookmarked=page.bookmarks)
    context = {
        "view": views_of(posts_in_time(page.topic, request.user, first=number, last=number), reader)[0],
        "topic": page.topic,
        "pace": pace,
    }
    response = render(request, "forum/_foot_after.html", context)
    response["HX-Push-Url"] = "false"  # a boosted form would put the address of this part into the address bar
    return response


@require_safe
def reacted(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Who said what of a post: the first of each kind, or with `?kind=` all of one, page by page."""
    post, asked = post_or_404(request, pk, number), request.GET.get("kind", "")
    permissions.can_see_reactors(request.user, post).enforce()
    if asked and asked not in Reaction.Kind.values:
        raise Http404
    try:
        after = request.GET.get("after", "")
        found = [reactors(post, request.user, Reaction.Kind(asked), after=after)] if asked else reactors_of(post, request.user)
    except BadCursor as error:
        raise Http404 from error
    kinds = [(one, ICONS[one.kind]) for one in found]
    return render(request, "forum/reacted.html", {"post": post, "topic": post.topic, "kinds": kinds, "all_of": asked})
