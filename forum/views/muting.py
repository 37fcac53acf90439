"""Ending what comes about a topic: from the notice, and by the link in a letter."""

import json
from contextlib import suppress
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from forum.actions.muting import mute_topic, unmute_topic
from forum.actions.reading import FollowBefore
from forum.actions.undoing import ChangedSince, hear_as_before
from forum.mail_tokens import read_mute
from forum.models import Level, Topic, TopicMember
from forum.rendering import in_quotes
from forum.undoing import Undo, offer_undo, read_undo, signed
from forum.views.loading import topic_or_404
from notifications.readers import unread_count


@login_required
@require_POST
def mute(request: HttpRequest, pk: int) -> HttpResponse:
    """A button beside a notice."""
    topic, now = topic_or_404(request, pk).topic, timezone.now()
    before = mute_topic(topic, by=request.user, at=now)  # type: ignore[arg-type]
    sentence = f"You hear no more of {in_quotes(topic.title)}."
    if before.level == Level.MUTED:
        messages.success(request, sentence)
    else:
        offer_undo(request, sentence, _muted(topic, before, now))
    if request.headers.get("HX-Request"):
        told = {"plenary:tray": "muted", "plenary:count": unread_count(request.user)}  # type: ignore[arg-type]
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})
    return redirect("notifications:list")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mute_by_mail(request: HttpRequest, token: str) -> HttpResponse:
    """GET: a button, for scanners open every link. POST: from it, or RFC 8058 from a mail program, which has no cookie. Names the
    topic where everybody may read it: a letter may have been forwarded."""
    user, topic = _behind(token)
    now, context = timezone.now(), {"title": topic.title if topic.category.is_public else "", "token": token}
    if request.method == "POST" and request.POST.get("wish") == "hear":
        context["heard"] = _hear_again(request, topic, user, now)
    elif request.method == "POST":
        before = mute_topic(topic, by=user, at=now)
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse("This topic is muted.", content_type="text/plain")
        context["muted"] = "yes"
        context["undo"] = "" if before.level == Level.MUTED else signed(_muted(topic, before, now), who=user.pk)
    return render(request, "forum/mute.html", context)


def _hear_again(request: HttpRequest, topic: Topic, user: User, now: datetime) -> str:
    """As it was, where the page came straight from muting it; else it is tracked. Returns which: `as-before`, `tracked`."""
    undo = read_undo(request, who=user.pk)
    if undo and undo.kind == "mute" and undo.before["topic"] == topic.pk:
        with suppress(ChangedSince):
            hear_as_before(
                topic.pk, FollowBefore(*undo.before["was"]), by=user, muted_at=datetime.fromisoformat(undo.before["at"])
            )
            return "as-before"
    if TopicMember.objects.filter(user=user, topic=topic, level=Level.MUTED).exists():
        unmute_topic(topic, by=user, at=now)
    return "tracked"


def _muted(topic: Topic, before: FollowBefore, at: datetime) -> Undo:
    """What takes it back; the list of notices is the page to go to."""
    told = {"topic": topic.pk, "was": [before.level, before.because], "at": at.isoformat()}
    return Undo("mute", told, reverse("notifications:list"))


def _behind(token: str) -> tuple[User, Topic]:
    """The person and the topic of a link, as far as that person may still see it."""
    found = read_mute(token)
    user = found and User.objects.with_roles().filter(pk=found[0], is_active=True).first()
    topic = found and user and Topic.objects.visible_to(user).select_related("category").filter(pk=found[1]).first()
    if not user or not topic:
        raise Http404("This link is not valid.")
    return user, topic
