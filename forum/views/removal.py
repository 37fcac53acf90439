"""Taking things off the page: by their author, or by a moderator with a reason."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from forum import permissions
from forum.actions.removal import hide_post, withdraw_post
from forum.actions.topics import hide_topic, lock_topic, unlock_topic
from forum.forms import ReasonForm
from forum.views.loading import post_or_404, topic_or_404
from forum.views.topics import place_of


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
    return redirect(place_of(post.topic, number))


@login_required
@require_http_methods(["GET", "POST"])
def hide(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A moderator hides a post."""
    post = post_or_404(request, pk, number)
    permissions.can_moderate(request.user, post.topic.category).enforce()
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hide_post(post, by=request.user, reason=form.cleaned_data["reason"], at=timezone.now())  # type: ignore[arg-type]
        return redirect(place_of(post.topic, number))
    context = {"form": form, "topic": post.topic, "post": post, "what": f"Hide post {number}", "button": "Hide this post"}
    return render(request, "forum/reason.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """A moderator locks a topic."""
    topic = topic_or_404(request, pk).topic
    permissions.can_moderate(request.user, topic.category).enforce()
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        lock_topic(topic, by=request.user, reason=form.cleaned_data["reason"], at=timezone.now())  # type: ignore[arg-type]
        return redirect(topic)
    context = {"form": form, "topic": topic, "what": "Lock this topic", "button": "Lock it"}
    return render(request, "forum/reason.html", context)


@login_required
@require_POST
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """A moderator opens a topic again."""
    topic = topic_or_404(request, pk).topic
    unlock_topic(topic, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return redirect(topic)


@login_required
@require_http_methods(["GET", "POST"])
def hide_whole(request: HttpRequest, pk: int) -> HttpResponse:
    """A moderator takes a whole topic off."""
    topic = topic_or_404(request, pk).topic
    permissions.can_moderate(request.user, topic.category).enforce()
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hide_topic(topic, by=request.user, reason=form.cleaned_data["reason"], at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, "The topic is hidden.")
        return redirect("forum:category", topic.category.slug)
    context = {"form": form, "topic": topic, "what": "Hide this whole topic", "button": "Hide the topic"}
    return render(request, "forum/reason.html", context)
