"""The administrators' pages about the register."""

import csv
from collections.abc import Iterator

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions.inviting import invite_members
from accounts.actions.register import (
    LapsesNotConfirmed,
    StaleRegister,
    approve_register,
    drop_register,
    losses,
    map_register,
    needs_confirming,
    receive_register,
    recheck_register,
)
from accounts.models import Membership, RegisterRow, RegisterRun, User
from accounts.permissions import can_keep_register, can_see_register
from accounts.register.mapping import Columns, guess_columns
from accounts.register_forms import HowManyLapse, RegisterColumns, RegisterFile
from accounts.staging.showing import ON_A_PAGE, changes_of, faults_for_csv, lines_with, sample_of, values_to_map
from common.errors import DomainError

_PIECE = 262_144
_NEWEST = 25
PARTS = {"joins": "join", "changes": "change", "lapses": "lapse", "unlisted": "unlisted", "faults": "fault"}


@login_required
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """All runs, and a form for the next file."""
    can_see_register(request.user).enforce()
    form = RegisterFile(request.POST, request.FILES) if request.method == "POST" else RegisterFile()
    if request.method == "POST":
        can_keep_register(request.user).enforce()
        if form.is_valid() and (run := _receive(request, form)) is not None:
            return redirect("accounts:register_run" if run.mapping else "accounts:register_columns", run.pk)
    now = timezone.now()
    told = {
        "form": form,
        "may_keep": can_keep_register(request.user),
        "runs": RegisterRun.objects.select_related("uploaded_by").latest_first()[:_NEWEST],
        "members": Membership.objects.standing_at(now).count(),
        "without": Membership.objects.standing_at(now).unclaimed().count(),
        "now": now,
    }
    return render(request, "accounts/register.html", told)


def _receive(request: HttpRequest, form: RegisterFile) -> RegisterRun | None:
    file = form.cleaned_data["file"]
    try:
        return receive_register(file.chunks(_PIECE), file_name=file.name, by=_me(request), at=timezone.now())
    except DomainError as problem:
        form.add_error("file", str(problem))
        return None


@login_required
@require_safe
def register_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a run stands, what it does, and what can be done next."""
    can_see_register(request.user).enforce()
    run = _run(pk)
    return _run_page(request, run, HowManyLapse(needed=needs_confirming(run.counts)))


@login_required
@require_http_methods(["GET", "POST"])
def register_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Which column says what."""
    can_keep_register(request.user).enforce()
    run = _run(pk)
    if run.state not in ("uploaded", "checked"):
        return redirect("accounts:register_run", run.pk)
    lines = sample_of(run)
    columns = Columns(run.mapping.columns, run.mapping.values) if run.mapping else Columns(guess_columns(run.header), {})
    unknown = values_to_map(run, lines, columns)
    form = RegisterColumns(
        request.POST or None, run=run, lines=lines, columns=columns, unknown=unknown, initial={"is_whole": run.is_whole}
    )
    if request.method == "POST" and form.is_valid():
        whole = form.cleaned_data["is_whole"]
        map_register(run, columns=form.places(), values=form.values(), is_whole=whole, by=_me(request), at=timezone.now())
        return redirect("accounts:register_run", run.pk)
    return render(request, "accounts/register_columns.html", {"form": form, "run": run})


@login_required
@require_safe
def register_lines(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Some of the lines: who joins, changes, lapses, or what is wrong."""
    can_see_register(request.user).enforce()
    run = _run(pk)
    if part not in PARTS:
        raise Http404
    after = request.GET.get("after", "0")
    rows = lines_with(run, PARTS[part], after=int(after) if after.isdecimal() and len(after) < 18 else 0)
    shown = [(row, changes_of(row)) for row in rows[:ON_A_PAGE]]
    more = rows[ON_A_PAGE - 1].pk if len(rows) > ON_A_PAGE else None
    title = RegisterRow.Outcome(PARTS[part]).label
    told = {"run": run, "part": part, "title": title, "rows": shown, "more": more, "total": run.counts.get(part, 0)}
    return render(request, "accounts/register_lines.html", told)


@login_required
@require_safe
def register_faults(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """What is wrong, line by line, to be mended where the register is kept."""
    can_see_register(request.user).enforce()
    run = _run(pk)
    response = StreamingHttpResponse(_written(faults_for_csv(run)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="register-{run.pk}-faults.csv"'
    return response


class _Echo:
    def write(self, line: str) -> bytes:
        return line.encode()


def _written(rows: Iterator[list[object]]) -> Iterator[bytes]:
    writer = csv.writer(_Echo())
    yield "\ufeff".encode()
    yield from (writer.writerow(row) for row in rows)


@login_required
@require_POST
def register_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Do what the dry run showed."""
    can_keep_register(request.user).enforce()
    run = _run(pk)
    form = HowManyLapse(request.POST, needed=needs_confirming(run.counts))
    if not form.is_valid():
        return _run_page(request, run, form)
    try:
        approve_register(run, by=_me(request), at=timezone.now(), typed=form.cleaned_data["lapses"])
    except LapsesNotConfirmed as problem:
        form.add_error("lapses", str(problem))
        return _run_page(request, run, form)
    except StaleRegister as problem:
        messages.error(request, str(problem))
    return redirect("accounts:register_run", pk)


@login_required
@require_POST
def register_recheck(request: HttpRequest, pk: int) -> HttpResponse:
    recheck_register(_run(pk), by=_me(request), at=timezone.now())
    return redirect("accounts:register_run", pk)


@login_required
@require_POST
def register_drop(request: HttpRequest, pk: int) -> HttpResponse:
    drop_register(_run(pk), by=_me(request), at=timezone.now())
    messages.success(request, "The file is dropped. Nothing was changed.")
    return redirect("accounts:register")


@login_required
@require_POST
def register_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to every member who has no account and was not written to."""
    count = invite_members(_run(pk), by=_me(request), at=timezone.now())
    messages.success(request, f"{count:,} {'invitation is' if count == 1 else 'invitations are'} on the way.")
    return redirect("accounts:register_run", pk)


def _run_page(request: HttpRequest, run: RegisterRun, form: HowManyLapse) -> HttpResponse:
    now, newest = timezone.now(), RegisterRun.objects.applied().values_list("pk", flat=True).first()
    parts = [(part, RegisterRow.Outcome(outcome).label, run.counts.get(part, 0)) for part, outcome in PARTS.items()]
    told = {
        "run": run,
        "form": form,
        "parts": parts,
        "same": run.counts.get("same", 0),
        "losses": losses(run.counts),
        "must_type": needs_confirming(run.counts),
        "is_stale": run.state == "checked" and newest != run.based_on_id,
        "works": run.state in ("checking", "applying"),
        "may_keep": can_keep_register(request.user),
        "uninvited": Membership.objects.to_invite(now).count() if run.pk == newest else 0,
        "now": now,
    }
    return render(request, "accounts/register_run.html", told)


def _run(pk: int) -> RegisterRun:
    return get_object_or_404(RegisterRun.objects.select_related("mapping", "uploaded_by", "approved_by"), pk=pk)


def _me(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]
