from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from forum import permissions
from forum.models import Revision
from forum.rendering import source_of
from forum.views.loading import post_or_404


@login_required
@require_safe
def history(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What a post said before, newest change first."""
    post = post_or_404(request, pk, number)
    permissions.can_see_history(request.user, post).enforce()
    revisions = Revision.objects.filter(post=post).select_related("author", "persona").order_by("-number")[:50]
    changes = [(revision, _lines(revision.diff)) for revision in revisions]
    return render(request, "forum/history.html", {"post": post, "topic": post.topic, "changes": changes, "now": timezone.now()})


@require_safe
def raw(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The source of a post, as text."""
    return HttpResponse(source_of(post_or_404(request, pk, number)), content_type="text/plain; charset=utf-8")


def _lines(diff: str) -> list[tuple[str, str]]:
    """Each line of a diff with its kind: `del`, `ins`, or empty; without the numbers of lines."""
    kinds = {"-": "del", "+": "ins"}
    return [(kinds.get(line[:1], ""), line[1:]) for line in diff.splitlines() if not line.startswith("@@")]
