"""The editor's desk: note, picks, what each reader would get, cutting and watching the runs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from digest.actions.editions import cut_now, draft_edition, write_note
from digest.actions.runs import abort_run, pause_run, resume_run
from digest.balance import lines_of
from digest.drafts import choices_of, preview_sections, week_has_its_edition
from digest.forms import NoteForm
from digest.letters import edition_context
from digest.models import Edition, Run
from digest.permissions import can_edit_weekly
from digest.readers import recent_runs, subscribers_now


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """Headline, note and picks of the edition that is being prepared."""
    can_edit_weekly(request.user).enforce()
    now = timezone.now()
    draft = Edition.objects.draft().select_related("editor").order_by("number").first()
    form = NoteForm(request.POST or None, candidates=choices_of(draft, editor=request.user, at=now), initial=_initial(draft))
    if request.method == "POST" and form.is_valid():
        draft = draft or draft_edition(at=now)
        text = form.cleaned_data
        write_note(draft, by=_user(request), headline=text["headline"], note=text["note"], picks=form.chosen(), at=now)
        messages.success(request, "The draft is saved.")
        return redirect("digest:edit")
    context = {"form": form, "edition": draft, "out": week_has_its_edition(at=now), "subscribers": subscribers_now()}
    return render(request, "digest/edit.html", context)


@login_required
@require_safe
def preview(request: HttpRequest, reader: str) -> HttpResponse:
    """The draft as a visitor or as the editor would get it, were it cut now."""
    can_edit_weekly(request.user).enforce()
    draft = get_object_or_404(Edition.objects.draft().select_related("editor"))
    viewer = AnonymousUser() if reader == "visitor" else request.user
    sections = preview_sections(draft, viewer, at=timezone.now())
    return render(
        request, "digest/preview.html", {**edition_context(draft, sections, chosen=()), "as_visitor": reader == "visitor"}
    )


@login_required
@require_POST
def cut(request: HttpRequest) -> HttpResponse:
    can_edit_weekly(request.user).enforce()
    now = timezone.now()
    if request.POST.get("sure") != "yes":
        messages.error(request, "Tick the box to say that this edition may go out now.")
        return redirect("digest:edit")
    edition = cut_now(draft_edition(at=now), by=_user(request), at=now)
    messages.success(request, f"No. {edition.number} is out. Sending begins within a minute.")
    return redirect("digest:runs")


@login_required
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    can_edit_weekly(request.user).enforce()
    return render(request, "digest/runs.html", {"runs": recent_runs()})


@login_required
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Every candidate told, with a reason."""
    can_edit_weekly(request.user).enforce()
    found = get_object_or_404(Run.objects.select_related("edition"), pk=pk)
    lines = lines_of(found)
    total = sum(line.count for line in lines)
    candidates = found.counts.get("candidates")
    return render(
        request,
        "digest/run.html",
        {"run": found, "lines": lines, "total": total, "candidates": candidates, "balances": total == candidates},
    )


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
@require_POST
def abort(request: HttpRequest, pk: int) -> HttpResponse:
    can_edit_weekly(request.user).enforce()
    abort_run(get_object_or_404(Run, pk=pk), by=_user(request), at=timezone.now())
    return redirect("digest:run", pk=pk)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _initial(draft: Edition | None) -> dict[str, object]:
    if draft is None:
        return {}
    picks = [f"{kind}:{object_id}" for kind, object_id in draft.picks]
    return {"headline": draft.headline, "note": draft.editors_note, "picks": picks}
