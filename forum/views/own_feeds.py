"""The page “Your feeds”: addresses with a secret, shown once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.actions.feeds import end_feed_token, make_feed_token
from accounts.models import FeedToken
from accounts.permissions import can_have_own_feeds
from forum.models import Category


@login_required
@require_safe
def own_feeds(request: HttpRequest) -> HttpResponse:
    """What there is, and how to make or end the addresses of one's own."""
    made = FeedToken.objects.filter(user=request.user.pk).first()
    context = {"made": made, "may": can_have_own_feeds(request.user), "now": timezone.now()}
    return render(request, "forum/own_feeds.html", context)


@never_cache
@login_required
@require_POST
def make_own_feeds(request: HttpRequest) -> HttpResponse:
    """New addresses; the page that answers shows them and is the only one that ever does."""
    token = make_feed_token(by=request.user, at=timezone.now())  # type: ignore[arg-type]
    categories = Category.objects.visible_to(request.user).in_order()
    return render(request, "forum/own_feeds_made.html", {"token": token, "categories": categories})


@login_required
@require_POST
def end_own_feeds(request: HttpRequest) -> HttpResponse:
    end_feed_token(by=request.user)  # type: ignore[arg-type]
    messages.success(request, "The addresses of your feeds open nothing any more.")
    return redirect("forum:own_feeds")
