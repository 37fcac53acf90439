"""Pages behind a link in a mail, for whoever holds it. Opening one changes nothing; the buttons do."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from digest.actions.choices import change_day, change_letter, choose_among, pause_weekly
from digest.actions.pacing import note_reading
from digest.actions.subscriptions import (
    confirm_subscription,
    disown_request,
    leave_weekly,
    own_request_after_all,
    undo_leaving,
)
from digest.categories import choosable_by_account
from digest.forms import DayForm, LetterForm, PauseForm
from digest.models import Delivery
from digest.readers import NOT_ME_REASON
from digest.requests import truncated_ip
from digest.streams import category_of
from digest.tokens import current, find_token, read_by
from digest.views.holding import CHANGE, LEAVE, LinkWornOut, about, break_in_words, held, managing, public_categories
from digest.wordings import CONFIRM, NOT_ME
from digest.words import comes


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """One button, and the day. GET changes nothing."""
    found = held(token, "confirm")
    mine = found.subscription
    form = DayForm(request.POST or None, mine=mine, is_daily=category_of(mine.stream) is not None)
    if request.method == "POST" and form.is_valid():
        told: dict[str, Any] = {"form": f"{mine.stream}:confirm", "ip": truncated_ip(request)}
        confirm_subscription(mine, **form.chosen(), **told, at=timezone.now())
        return redirect("digest:confirm", token=token)
    context = about(found)
    return render(
        request,
        "digest/confirm.html",
        context | {"form": form, "token": token, "words": CONFIRM.text.format(name=context["name"])},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody else gave this address. One button; GET changes nothing."""
    found = held(token, "confirm")
    mine = found.subscription
    if request.method == "POST":
        disown_request(mine, form=f"{mine.stream}:confirm", ip=truncated_ip(request), at=timezone.now())
        return redirect("digest:not_me", token=token)
    context = about(found)
    told = {"token": token, "is_done": mine.ended_reason == NOT_ME_REASON, "words": NOT_ME.text.format(name=context["name"])}
    return render(request, "digest/not_me.html", context | told)


@require_POST
def after_all(request: HttpRequest, token: str) -> HttpResponse:
    """Pressed by mistake: back to the question whether they want it."""
    mine = held(token, "confirm").subscription
    own_request_after_all(mine, form=f"{mine.stream}:confirm", ip=truncated_ip(request), at=timezone.now())
    return redirect("digest:confirm", token=token)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """GET: buttons. POST: RFC 8058, sent by a mail program, which has no cookie and follows no redirect."""
    if request.method == "POST":
        return _one_click(request, token)
    return render(request, "digest/manage.html", managing(held(token, *LEAVE), token))


@require_POST
def leave(request: HttpRequest, token: str) -> HttpResponse:
    found = held(token, *LEAVE)
    leave_weekly(found.subscription, form=f"{found.subscription.stream}:link", ip=truncated_ip(request), at=timezone.now())
    return redirect("digest:manage", token=token)


@require_POST
def back(request: HttpRequest, token: str) -> HttpResponse:
    """Left by mistake."""
    found = held(token, *LEAVE)
    undo_leaving(found.subscription, form=f"{found.subscription.stream}:link", ip=truncated_ip(request), at=timezone.now())
    return redirect("digest:manage", token=token)


@require_POST
def day(request: HttpRequest, token: str) -> HttpResponse:
    found = held(token, *CHANGE)
    mine = found.subscription
    form = DayForm(request.POST, mine=mine, is_daily=category_of(mine.stream) is not None)
    if form.is_valid():
        mine = change_day(mine, **form.chosen(), at=timezone.now())
        note_reading(mine, at=timezone.now())
        messages.success(
            request, f"Saved. It comes {comes(mine.stream, weekday=mine.weekday, hour=mine.local_hour, tz=mine.tz)}."
        )
        return redirect("digest:manage", token=token)
    return render(request, "digest/manage.html", managing(found, token, form=form), status=422)


@require_POST
def pace(request: HttpRequest, token: str) -> HttpResponse:
    """Weekly again, for whom it had become less."""
    note_reading(held(token, *CHANGE).subscription, at=timezone.now())
    return redirect("digest:manage", token=token)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest, token: str) -> HttpResponse:
    """The web copy of a mail was read: told by the page itself (reading.js), or here by a button. GET changes nothing."""
    number = read_by(token)
    found = Delivery.objects.filter(pk=number).select_related("edition", "subscription").first() if number is not None else None
    if found is None:
        raise LinkWornOut
    if request.method == "POST":
        note_reading(current(found.subscription), at=timezone.now())
        return redirect(found.edition)
    return render(request, "digest/read.html", {"edition": found.edition})


@require_POST
def letter(request: HttpRequest, token: str) -> HttpResponse:
    """Text alone, nothing when nothing is new, less of a category."""
    found = held(token, *CHANGE)
    mine, shown = found.subscription, public_categories()
    form = LetterForm(request.POST, mine=mine, categories=shown)
    if not form.is_valid():
        return render(request, "digest/manage.html", managing(found, token, letter_form=form), status=422)
    change_letter(mine, plain_text=form.cleaned_data["plain_text"], when_empty=form.cleaned_data["when_empty"])
    if "categories" in form.fields:
        all_of_them = [number for number, _ in choosable_by_account(mine.address.account_id)]
        wanted = form.cleaned_data["categories"]
        choose_among(mine, wanted=wanted, shown=[number for number, _ in shown], all_of_them=all_of_them)
    note_reading(mine, at=timezone.now())
    messages.success(request, "Saved. It holds from the next edition on.")
    return redirect("digest:manage", token=token)


@require_POST
def pause(request: HttpRequest, token: str) -> HttpResponse:
    found = held(token, *CHANGE)
    form = PauseForm(request.POST, mine=found.subscription, at=timezone.now())
    if not form.is_valid():
        return render(request, "digest/manage.html", managing(found, token, pause_form=form), status=422)
    mine = pause_weekly(found.subscription, **form.chosen(), at=timezone.now())
    note_reading(mine, at=timezone.now())
    messages.success(request, break_in_words(mine))
    return redirect("digest:manage", token=token)


def _one_click(request: HttpRequest, token: str) -> HttpResponse:
    """Safe to call twice; answers 200 without looking at a cookie."""
    if request.POST.get("List-Unsubscribe") != "One-Click":
        return HttpResponse("Expected List-Unsubscribe=One-Click.", status=400, content_type="text/plain")
    found = find_token(token, scopes=LEAVE, at=timezone.now())
    if found is None:
        return HttpResponse("This link is not valid.", status=404, content_type="text/plain")
    mine = found.subscription
    leave_weekly(mine, form=f"{mine.stream}:one-click", ip=truncated_ip(request), at=timezone.now())
    return HttpResponse("You have been unsubscribed.", content_type="text/plain")
