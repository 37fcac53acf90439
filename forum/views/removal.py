"""Taking one's own post off the page, and opening a locked topic. What moderators take off goes through the room moderation."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from forum import permissions
from forum.actions.removal import withdraw_post
from forum.actions.topics import unlock_topic
from forum.views.loading import post_or_404, topic_or_404
from forum.views.topics import place_for


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Ask, then take back one's own post."""
    post = post_or_404(request, pk, number)
    permissions.can_withdraw(request.user, post).enforce()
    if request.method == "GET":
        return render(request, "forum/withdraw.html", {"post": post, "topic": post.topic})
    withdraw_post(post, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, "Your post is removed. Its number stays, with a line that says you took it back.")
    if post.topic.last_number == 1:
        return redirect("forum:category", post.topic.category.slug)
    return redirect(place_for(request, post.topic, post))


@login_required
@require_POST
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """A moderator opens a topic again."""
    topic = topic_or_404(request, pk).topic
    unlock_topic(topic, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return redirect(topic)
