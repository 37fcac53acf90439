"""Runs as staff watch them: where one stands, its books, and the buttons."""

from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from common.cells import csv_answer
from digest.actions.recalling import put_item_back, recall_item
from digest.actions.reconciling import left_to_a_person, settle_delivery_in_doubt
from digest.actions.runs import POOL, abort_run, pause_run, resume_run
from digest.balance import WAITING, lines_of
from digest.models import Delivery, Item, Run
from digest.permissions import can_edit_weekly
from digest.progress import books_of, items_of, progress_of, refusals_of
from digest.readers import recent_runs, title_for
from mail.returned import recent_connections

DOUBTS: Final = 100
"""So many are shown at a time."""


@login_required
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    can_edit_weekly(request.user).enforce()
    context = {"runs": recent_runs(request.user), "connections": recent_connections(POOL)}
    return render(request, "digest/runs.html", context)


@login_required
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Every candidate told, with a reason; while it goes out, asked again every few seconds."""
    can_edit_weekly(request.user).enforce()
    found = get_object_or_404(Run.objects.select_related("edition"), pk=pk)
    context = {
        "run": found,
        "title": title_for(request.user, found.edition.stream),
        "progress": progress_of(found, at=timezone.now()),
        "refusals": refusals_of(found),
        "items": items_of(found, request.user),
        "doubts": left_to_a_person(found)[:DOUBTS],
        "is_live": found.state in Run.UNDER_WAY,
    }
    return render(request, "digest/run.html", context)


@login_required
@require_safe
def books(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The same, row by row, for a spreadsheet."""
    can_edit_weekly(request.user).enforce()
    return csv_answer(books_of(get_object_or_404(Run, pk=pk)), name=f"weekly-run-{pk}")


@login_required
@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    can_edit_weekly(request.user).enforce()
    pause_run(get_object_or_404(Run, pk=pk), by=_user(request), at=timezone.now())
    return redirect("digest:run", pk=pk)


@login_required
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    can_edit_weekly(request.user).enforce()
    resume_run(get_object_or_404(Run, pk=pk), by=_user(request), at=timezone.now())
    return redirect("digest:run", pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def abort(request: HttpRequest, pk: int) -> HttpResponse:
    """One button, on a page of its own: it cannot be undone."""
    can_edit_weekly(request.user).enforce()
    found = get_object_or_404(Run.objects.select_related("edition"), pk=pk)
    if request.method == "POST":
        abort_run(found, by=_user(request), at=timezone.now())
    if request.method == "POST" or found.state not in Run.UNDER_WAY:
        return redirect("digest:run", pk=pk)
    waiting = sum(line.count for line in lines_of(found) if line.state in WAITING)
    context = {"run": found, "title": title_for(request.user, found.edition.stream), "waiting": waiting}
    return render(request, "digest/abort.html", context)


@login_required
@require_POST
def recall(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    can_edit_weekly(request.user).enforce()
    recall_item(_item(pk, item), by=_user(request), at=timezone.now())
    return redirect("digest:run", pk=pk)


@login_required
@require_POST
def put_back(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    can_edit_weekly(request.user).enforce()
    put_item_back(_item(pk, item), by=_user(request), at=timezone.now())
    return redirect("digest:run", pk=pk)


@login_required
@require_POST
def doubt_missing(request: HttpRequest, pk: int, delivery: int) -> HttpResponse:
    """It is nowhere at the mail server: once more."""
    return _decide(request, pk, delivery, arrived=False)


@login_required
@require_POST
def doubt_arrived(request: HttpRequest, pk: int, delivery: int) -> HttpResponse:
    return _decide(request, pk, delivery, arrived=True)


def _decide(request: HttpRequest, pk: int, delivery: int, *, arrived: bool) -> HttpResponse:
    can_edit_weekly(request.user).enforce()
    row = get_object_or_404(Delivery, pk=delivery, run=pk)
    settle_delivery_in_doubt(row, arrived=arrived, by=_user(request), at=timezone.now())
    return redirect("digest:run", pk=pk)


def _item(run: int, item: int) -> Item:
    found: Item = get_object_or_404(Item, pk=item, edition__runs=run)
    return found


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
