"""Pages behind a link in a mail, for whoever holds it. Opening one changes nothing; the buttons do."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from digest.actions.subscriptions import (
    PAUSES,
    UNDO_WITHIN,
    change_day,
    confirm_subscription,
    leave_weekly,
    pause_weekly,
    undo_leaving,
)
from digest.forms import DayForm, PauseForm
from digest.links import masked
from digest.models import CapabilityToken, Subscription
from digest.requests import truncated_ip
from digest.tokens import find_token
from digest.words import day_and_hour

_LEAVE = ("unsubscribe", "pause")
_CHANGE = ("pause",)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """One button, and the day. GET changes nothing."""
    found = _token(token, "confirm")
    mine = found.subscription
    form = DayForm(request.POST or None, initial={"weekday": str(mine.weekday), "hour": str(mine.local_hour)})
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data
        confirm_subscription(
            mine,
            weekday=day["weekday"],
            hour=day["hour"],
            form="weekly:confirm",
            ip=truncated_ip(request),
            at=timezone.now(),
        )
        return redirect("digest:confirm", token=token)
    return render(request, "digest/confirm.html", _about(found) | {"form": form})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """GET: buttons. POST: RFC 8058, sent by a mail program, which has no cookie and follows no redirect."""
    if request.method == "POST":
        return _one_click(request, token)
    found = _token(token, *_LEAVE)
    mine = found.subscription
    context = _about(found) | {
        "token": token,
        "may_change": found.scope in _CHANGE,
        "form": DayForm(initial={"weekday": str(mine.weekday), "hour": str(mine.local_hour)}),
    }
    return render(request, "digest/manage.html", context)


@require_POST
def leave(request: HttpRequest, token: str) -> HttpResponse:
    found = _token(token, *_LEAVE)
    leave_weekly(found.subscription, form="weekly:link", ip=truncated_ip(request), at=timezone.now())
    return redirect("digest:manage", token=token)


@require_POST
def back(request: HttpRequest, token: str) -> HttpResponse:
    """Left by mistake."""
    found = _token(token, *_LEAVE)
    undo_leaving(found.subscription, form="weekly:link", ip=truncated_ip(request), at=timezone.now())
    return redirect("digest:manage", token=token)


@require_POST
def day(request: HttpRequest, token: str) -> HttpResponse:
    found = _token(token, *_CHANGE)
    form = DayForm(request.POST)
    if form.is_valid():
        change_day(found.subscription, weekday=form.cleaned_data["weekday"], hour=form.cleaned_data["hour"], at=timezone.now())
        return redirect("digest:manage", token=token)
    context = _about(found) | {"token": token, "may_change": True, "form": form}
    return render(request, "digest/manage.html", context, status=422)


@require_POST
def pause(request: HttpRequest, token: str) -> HttpResponse:
    found = _token(token, *_CHANGE)
    form = PauseForm(request.POST)
    if form.is_valid():
        pause_weekly(found.subscription, weeks=form.cleaned_data["weeks"], at=timezone.now())
    return redirect("digest:manage", token=token)


def _one_click(request: HttpRequest, token: str) -> HttpResponse:
    """Safe to call twice; answers 200 without looking at a cookie."""
    if request.POST.get("List-Unsubscribe") != "One-Click":
        return HttpResponse("Expected List-Unsubscribe=One-Click.", status=400, content_type="text/plain")
    found = find_token(token, scopes=_LEAVE, at=timezone.now())
    if found is None:
        return HttpResponse("This link is not valid.", status=404, content_type="text/plain")
    leave_weekly(found.subscription, form="weekly:one-click", ip=truncated_ip(request), at=timezone.now())
    return HttpResponse("You have left the weekly.", content_type="text/plain")


def _token(token: str, *scopes: str) -> CapabilityToken:
    found = find_token(token, scopes=scopes, at=timezone.now())
    if found is None:
        raise Http404("This link is not valid, or no longer.")
    return found


def _about(found: CapabilityToken) -> dict[str, object]:
    """The subscription behind a link, without its address."""
    mine, now = found.subscription, timezone.now()
    left = mine.state == Subscription.State.ENDED
    can_undo = left and mine.confirmed_at is not None and mine.ended_at is not None and now - mine.ended_at <= UNDO_WITHIN
    return {
        "mine": mine,
        "masked": masked(mine.address.email),
        "rhythm": day_and_hour(mine.weekday, mine.local_hour),
        "paused": mine.is_paused_at(now),
        "left": left,
        "can_undo": can_undo,
        "pauses": PAUSES,
    }
