from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from forum import permissions
from forum.actions.reactions import toggle_reaction
from forum.composing import reader_of, views_of
from forum.models import Reaction
from forum.readers import own_reactions
from forum.views.loading import post_or_404
from forum.views.topics import place_of


@login_required
@require_POST
def react(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Say one thing of a post, or take it back; htmx gets the foot of the post, everybody else the post."""
    post, kind = post_or_404(request, pk, number), request.POST.get("kind", "")
    if kind not in Reaction.Kind.values:
        raise Http404
    toggle_reaction(post, by=request.user, kind=kind, at=timezone.now())  # type: ignore[arg-type]
    if not request.headers.get("HX-Request"):
        return redirect(place_of(post.topic, number))
    post = post_or_404(request, pk, number)
    reader = reader_of(request.user, post.topic, said=own_reactions(request.user, [post]))
    context = {
        "view": views_of([post], reader)[0],
        "topic": post.topic,
        "may_moderate": permissions.can_moderate(request.user, post.topic.category),
    }
    response = render(request, "forum/_foot.html", context)
    response["HX-Push-Url"] = "false"  # a boosted form would put the address of this part into the address bar
    return response
