"""What comes to who has an account."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from common.cells import csv_answer
from digest.actions.choices import PAUSES, pause_weekly
from digest.actions.pacing import note_reading
from digest.actions.subscriptions import can_be_undone, leave_weekly, subscribe_member, undo_leaving
from digest.categories import choosable
from digest.forms import MineForm, PauseForm
from digest.models import Subscription
from digest.offers import Offer, name_of, offer_for, offers
from digest.readers import last_left, my_streams, my_subscription, proofs_of
from digest.recorded import table
from digest.requests import truncated_ip
from digest.streams import WEEKLY
from digest.views.holding import break_in_words
from digest.wordings import ACCOUNT
from digest.words import comes, day_there, hour_there, month_and_year
from mail.models import Address


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, stream: str = WEEKLY) -> HttpResponse:
    """Day, hour, what is in it; to subscribe is one button."""
    user, now, offer = _user(request), timezone.now(), _offer(request, stream)
    found = my_subscription(user, stream)
    form = MineForm(request.POST or None, mine=found, categories=choosable(user), is_daily=offer.is_daily)
    if request.method == "POST" and form.is_valid():
        told: dict[str, Any] = {"form": f"{stream}:mine", "ip": truncated_ip(request), "stream": stream}
        chosen = form.chosen() | {name: form.cleaned_data[name] for name in ("plain_text", "when_empty")}
        saved = subscribe_member(user, categories=form.cleaned_data.get("categories", []), **chosen, **told, at=now)
        when = comes(stream, weekday=saved.weekday, hour=saved.local_hour, tz=saved.tz, pace=saved.pace)
        messages.success(request, f"Saved. {offer.name[:1].upper()}{offer.name[1:]} comes {when}.")
        return _to(stream)
    return render(request, "digest/mine.html", _page(user, offer, found) | {"form": form})


@login_required
@require_POST
def pause(request: HttpRequest, stream: str) -> HttpResponse:
    found = _mine(request, stream)
    form = PauseForm(request.POST, mine=found, at=timezone.now())
    if not form.is_valid():
        user, offer = _user(request), _offer(request, stream)
        fresh = MineForm(mine=found, categories=choosable(user), is_daily=offer.is_daily)
        context = _page(user, offer, found) | {"form": fresh, "pause_form": form}
        return render(request, "digest/mine.html", context, status=422)
    messages.success(request, break_in_words(pause_weekly(found, **form.chosen(), at=timezone.now())))
    return _to(stream)


@login_required
@require_POST
def pace(request: HttpRequest, stream: str) -> HttpResponse:
    """Weekly again."""
    note_reading(_mine(request, stream), at=timezone.now())
    return _to(stream)


@login_required
@require_POST
def leave(request: HttpRequest, stream: str) -> HttpResponse:
    leave_weekly(_mine(request, stream), form=f"{stream}:mine", ip=truncated_ip(request), at=timezone.now())
    messages.success(request, f"You have left {name_of(stream)}. No further edition will be sent to you.")
    return _to(stream)


@login_required
@require_POST
def back(request: HttpRequest, stream: str) -> HttpResponse:
    left = last_left(_user(request), stream)
    if left is None:
        raise Http404("There is nothing to undo.")
    undo_leaving(left, form=f"{stream}:mine", ip=truncated_ip(request), at=timezone.now())
    return _to(stream)


@login_required
@require_safe
def record(request: HttpRequest) -> HttpResponseBase:
    """What is written down of one's own yes and no, as a file."""
    address = get_object_or_404(Address, account=_user(request))
    return csv_answer(table(proofs_of(address)), name="what-you-agreed-to")


def _page(user: User, offer: Offer, found: Subscription | None) -> dict[str, object]:
    now = timezone.now()
    active = found if found is not None and found.state == Subscription.State.ACTIVE else None
    left = None if found else last_left(user, offer.stream)
    got = my_streams(user)
    return {
        "offer": offer,
        "mine": active,
        "address": user.email,
        "words": ACCOUNT.text.format(name=offer.name),
        "quiet": month_and_year(active.read_at) if active else "",
        "paused_until": day_there(found.paused_until, tz=found.tz)
        if found and found.paused_until and found.is_paused_at(now)
        else "",
        "comes_next": hour_there(active.next_due_at, tz=active.tz) if active and active.next_due_at else "",
        "pauses": PAUSES,
        "pause_form": PauseForm(mine=active, at=now) if active else None,
        "can_undo": left is not None and can_be_undone(left, at=now),
        "others": [(each, got.get(each.stream)) for each in offers(user) if each != offer],
    }


def _to(stream: str) -> HttpResponse:
    return redirect("digest:mine") if stream == WEEKLY else redirect("digest:mine_stream", stream)


def _offer(request: HttpRequest, stream: str) -> Offer:
    offer = offer_for(stream, request.user)
    if offer is None:
        raise Http404("There is no such mail.")
    return offer


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _mine(request: HttpRequest, stream: str) -> Subscription:
    """Whoever gets it may end it, also the daily of a category that they can no longer read."""
    found = my_subscription(request.user, stream)
    if found is None:
        raise Http404("You do not get this.")
    return found
