"""Taking the words of a post away for good."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from common.errors import DomainError
from forum.models import Category, Post
from forum.readers.quoted import quotes_of
from forum.rendering import author_name
from moderation import permissions
from moderation.actions.erasing import take_words_away
from moderation.forms import ErasureForm


@login_required
@require_http_methods(["GET", "POST"])
def erase_post(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Ask, with what it does and where the words are quoted; also of a post that is off the page."""
    permissions.can_see_queue(request.user).enforce()
    posts = Post.objects.not_kept_from(request.user).select_related("topic__category", "author", "persona")
    posts = posts.exclude(state__in=[Post.State.GAP, Post.State.MOVED])
    mine = posts.filter(topic__category__in=Category.objects.moderated_by(request.user), words_gone_at=None)
    post = get_object_or_404(mine.defer("search", "topic__search"), topic=pk, number=number)
    permissions.can_act_on(request.user, post).enforce()
    form = ErasureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            take_words_away(post, by=request.user, reason=form.cleaned_data["reason"], at=timezone.now())  # type: ignore[arg-type]
        except DomainError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "The words are gone. The number stays, with your reason.")
            return redirect(post)
    context = {"form": form, "post": post, "topic": post.topic, "author": author_name(post)}
    return render(request, "moderation/erase.html", context | {"quotes": quotes_of(post, request.user)})
