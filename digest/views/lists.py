"""The officers' pages: lists of subscribers in and out."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from common.cells import csv_answer
from common.errors import DomainError
from digest.actions.bringing import (
    bring_list_in,
    can_be_taken_back,
    check_list,
    drop_list,
    export_ledger,
    export_subscribers,
    take_list_back,
)
from digest.forms import BringForm, ListForm
from digest.models import ListLine, SubscriberList
from digest.offers import name_of, offers
from digest.permissions import can_bring_subscribers_in

_PIECE = 262_144
_NEWEST = 25
SHOWN = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lists(request: HttpRequest) -> HttpResponse:
    """All lists so far, a form for the next, and what can be taken out."""
    can_bring_subscribers_in(request.user).enforce()
    wanted = offers(request.user)
    form = ListForm(request.POST, request.FILES, offers=wanted) if request.method == "POST" else ListForm(offers=wanted)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        told = {"file_name": file.name, "stream": form.cleaned_data["stream"], "by": _me(request), "at": timezone.now()}
        try:
            return redirect("digest:list", check_list(file.chunks(_PIECE), **told).pk)
        except DomainError as problem:
            form.add_error("file", str(problem))
    found = SubscriberList.objects.select_related("checked_by").latest_first()[:_NEWEST]
    return render(request, "digest/lists.html", {"form": form, "lists": found})


@login_required
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """What a list would do, or did."""
    can_bring_subscribers_in(request.user).enforce()
    return _page(request, _list(pk), BringForm())


@login_required
@require_POST
def bring(request: HttpRequest, pk: int) -> HttpResponse:
    can_bring_subscribers_in(request.user).enforce()
    found, form = _list(pk), BringForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    done = bring_list_in(found, with_desks=form.cleaned_data["with_desks"], by=_me(request), at=timezone.now())
    messages.success(request, f"{done.counts['subscribed']:,} subscribed.")
    return redirect("digest:list", pk)


@login_required
@require_POST
def back(request: HttpRequest, pk: int) -> HttpResponse:
    can_bring_subscribers_in(request.user).enforce()
    ended = take_list_back(_list(pk), by=_me(request), at=timezone.now())
    messages.success(request, f"The list is taken back: {ended:,} no longer subscribe.")
    return redirect("digest:list", pk)


@login_required
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    can_bring_subscribers_in(request.user).enforce()
    drop_list(_list(pk), by=_me(request), at=timezone.now())
    messages.success(request, "The list is dropped. Nobody subscribed by it.")
    return redirect("digest:lists")


@login_required
@require_POST
def subscribers(request: HttpRequest) -> HttpResponseBase:
    """A POST, since each is written into the audit."""
    return csv_answer(export_subscribers(by=_me(request), at=timezone.now()), name="subscribers")


@login_required
@require_POST
def ledger(request: HttpRequest) -> HttpResponseBase:
    return csv_answer(export_ledger(by=_me(request), at=timezone.now()), name="what-was-agreed-to")


def _page(request: HttpRequest, found: SubscriberList, form: BringForm, *, status: int = 200) -> HttpResponse:
    parts = [
        (outcome.value, outcome.label, found.counts.get(outcome.value, 0), _lines(found, outcome)) for outcome in ListLine.Outcome
    ]
    told = {
        "list": found,
        "form": form,
        "parts": parts,
        "most": SHOWN,
        "name": name_of(found.stream),
        "can_go_back": found.state == "brought" and can_be_taken_back(found, at=timezone.now()),
    }
    return render(request, "digest/list.html", told, status=status)


def _lines(found: SubscriberList, outcome: str) -> list[ListLine]:
    return list(ListLine.objects.filter(list=found, outcome=outcome).order_by("line")[:SHOWN])


def _list(pk: int) -> SubscriberList:
    return get_object_or_404(SubscriberList.objects.select_related("checked_by", "ended_by"), pk=pk)


def _me(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]
