"""Ending what comes about a topic: from the notice, and by the link in a letter."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from forum.actions.muting import mute_topic, unmute_topic
from forum.mail_tokens import read_mute
from forum.models import Topic
from forum.rendering import in_quotes
from forum.views.loading import topic_or_404
from notifications.readers import unread_count


@login_required
@require_POST
def mute(request: HttpRequest, pk: int) -> HttpResponse:
    """A button beside a notice."""
    topic = topic_or_404(request, pk).topic
    mute_topic(topic, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    if request.headers.get("HX-Request"):
        told = {"plenary:tray": "muted", "plenary:count": unread_count(request.user)}  # type: ignore[arg-type]
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})
    messages.success(request, f"You hear no more of {in_quotes(topic.title)}. Its page has the switch to follow it again.")
    return redirect("notifications:list")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mute_by_mail(request: HttpRequest, token: str) -> HttpResponse:
    """GET: a button, for scanners open every link. POST: from it, or RFC 8058 from a mail program, which has no cookie. Names the
    topic where everybody may read it: a letter may have been forwarded."""
    user, topic = _behind(token)
    if request.method == "POST":
        wish = unmute_topic if request.POST.get("wish") == "hear" else mute_topic
        wish(topic, by=user, at=timezone.now())
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse("This topic is muted.", content_type="text/plain")
    context = {
        "title": topic.title if topic.category.is_public else "",
        "token": token,
        "muted": request.method == "POST" and request.POST.get("wish") != "hear",
        "heard": request.method == "POST" and request.POST.get("wish") == "hear",
    }
    return render(request, "forum/mute.html", context)


def _behind(token: str) -> tuple[User, Topic]:
    """The person and the topic of a link, as far as that person may still see it."""
    found = read_mute(token)
    user = found and User.objects.with_roles().filter(pk=found[0], is_active=True).first()
    topic = found and user and Topic.objects.visible_to(user).select_related("category").filter(pk=found[1]).first()
    if not user or not topic:
        raise Http404("This link is not valid.")
    return user, topic
