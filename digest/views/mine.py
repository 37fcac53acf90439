"""The weekly of who has an account."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from digest.actions.subscriptions import PAUSES, UNDO_WITHIN, leave_weekly, pause_weekly, subscribe_member, undo_leaving
from digest.categories import choosable
from digest.forms import MineForm, PauseForm
from digest.models import Subscription
from digest.readers import last_left, my_subscription
from digest.requests import truncated_ip
from digest.words import day_and_hour


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """Day, hour, what is in it; to subscribe is one button."""
    user, now = _user(request), timezone.now()
    found = my_subscription(user)
    form = MineForm(request.POST or None, categories=choosable(user), initial=_initial(found))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        subscribe_member(
            user,
            weekday=chosen["weekday"],
            hour=chosen["hour"],
            categories=chosen.get("categories", []),
            form="weekly:mine",
            ip=truncated_ip(request),
            at=now,
        )
        messages.success(request, f"Saved. The weekly comes on {day_and_hour(chosen['weekday'], chosen['hour'])}.")
        return redirect("digest:mine")
    active = found is not None and found.state == Subscription.State.ACTIVE
    left = None if found else last_left(user)
    return render(
        request,
        "digest/mine.html",
        {
            "form": form,
            "mine": found if active else None,
            "address": user.email,
            "paused": found is not None and found.is_paused_at(now),
            "pauses": PAUSES,
            "can_undo": left is not None and left.ended_at is not None and now - left.ended_at <= UNDO_WITHIN,
        },
    )


@login_required
@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    form = PauseForm(request.POST)
    if form.is_valid():
        pause_weekly(_mine(request), weeks=form.cleaned_data["weeks"], at=timezone.now())
    return redirect("digest:mine")


@login_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    leave_weekly(_mine(request), form="weekly:mine", ip=truncated_ip(request), at=timezone.now())
    messages.success(request, "You have left the weekly. No further edition will be sent to you.")
    return redirect("digest:mine")


@login_required
@require_POST
def back(request: HttpRequest) -> HttpResponse:
    left = last_left(_user(request))
    if left is None:
        raise Http404("There is nothing to undo.")
    undo_leaving(left, form="weekly:mine", ip=truncated_ip(request), at=timezone.now())
    return redirect("digest:mine")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _mine(request: HttpRequest) -> Subscription:
    found = my_subscription(request.user)
    if found is None:
        raise Http404("You do not get the weekly.")
    return found


def _initial(found: Subscription | None) -> dict[str, object]:
    if found is None:
        return {}
    return {"weekday": str(found.weekday), "hour": str(found.local_hour), "categories": [str(each) for each in found.categories]}
