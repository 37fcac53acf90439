"""An organiser's draft: begin it, see what is missing, preview it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from common.policies import content_policy
from consultation.actions.writing import change_details, write_consultation
from consultation.forms import DetailsForm
from consultation.models import Consultation
from consultation.overtaken_form import unsaved
from consultation.permissions import can_change_questions, can_organise, can_write
from consultation.readers.answers import facts_side_by_side
from consultation.readers.builder import built
from consultation.readers.questionnaires import current_version, questionnaire_of, written
from consultation.readers.readiness import gaps_before_opening, gaps_in_version
from consultation.readers.versions import changes_of, written_version
from consultation.rendering import control_of
from consultation.requests import Press, read_sheet
from consultation.views.loading import load_for_organiser, signed_in


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a draft; only its title is needed."""
    user = signed_in(request)
    can_organise(user).enforce()
    form = DetailsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        consultation = write_consultation(by=user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "The draft is there. Only organisers and directors can see it.")
        return redirect("consultation:edit", consultation.slug)
    return render(
        request,
        "consultation/form.html",
        {"form": form, "title": "Write a consultation", "verb": "Make the draft", "is_new": True},
    )


@login_required
@require_safe
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The draft with all its parts, and what is missing before it can open. Once it is scheduled, back to its page, which says
    why nothing changes. Once it has opened, the new version that is being written."""
    consultation, user = load_for_organiser(request, slug)
    may = can_write(user, consultation)
    if not may and consultation.scheduled_at is not None and consultation.opened_at is None:
        messages.info(request, may.reason)
        return redirect(consultation)
    if consultation.opened_at is not None:
        return _edit_version(request, consultation)
    may.enforce()
    version = consultation.versions.get(published_at=None)
    shown = {
        "consultation": consultation,
        "options": consultation.options.all(),
        "discarded": consultation.discarded.all(),
        "documents": consultation.documents.all(),
        "built": built(version, written(version)),
        "gaps": gaps_before_opening(consultation, at=timezone.now()),
    }
    return render(request, "consultation/edit.html", shown)


def _edit_version(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    can_change_questions(request.user, consultation, timezone.now()).enforce()
    version = written_version(consultation)
    if version is None:
        return redirect("consultation:version", consultation.slug)
    shown = {
        "consultation": consultation,
        "version": version,
        "built": built(version, written(version)),
        "gaps": gaps_in_version(version),
        "changes": changes_of(version, current_version(consultation)),
    }
    return render(request, "consultation/version_edit.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def details(request: HttpRequest, slug: str) -> HttpResponse:
    """What the draft says of itself."""
    consultation, user = load_for_organiser(request, slug)
    can_write(user, consultation).enforce()
    now = timezone.now()
    form = unsaved(
        DetailsForm(request.POST or None, instance=consultation),
        lambda sent: change_details(consultation, as_seen=sent.as_seen, by=user, at=now, **sent.cleaned_data),
    )
    if form is None:
        messages.success(request, "Saved.")
        return redirect("consultation:edit", slug)
    shown = {"form": form, "consultation": consultation, "title": "What it is about", "verb": "Save"}
    return render(request, "consultation/form.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A page as members will see it, and beside it as they see it on a telephone. Its buttons work; nothing that is
    chosen is kept."""
    shown = render(request, "consultation/preview.html", _sheet(request, slug, number))
    shown.headers["Content-Security-Policy"] = content_policy(frame_src=["'self'"])
    return shown


@login_required
@require_http_methods(["GET", "POST"])
@xframe_options_sameorigin
def preview_frame(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What stands in the frame of a telephone's width: the page alone. Only our own pages may frame it."""
    shown = render(request, "consultation/preview_frame.html", _sheet(request, slug, number))
    shown.headers["Content-Security-Policy"] = content_policy(frame_ancestors=["'self'"])
    return shown


def _sheet(request: HttpRequest, slug: str, number: int) -> dict[str, object]:
    consultation, _ = load_for_organiser(request, slug)
    version = consultation.versions.latest("number")
    questionnaire = questionnaire_of(version) if version.canonical else written(version)
    sheet = questionnaire.sheet(number)
    if sheet is None:
        raise Http404("no such page")
    alone = len(sheet.questions) == 1
    press = Press.read(request.POST)
    given = press.applied(sheet, read_sheet(sheet, request.POST)) if request.method == "POST" else {}
    controls = [control_of(asked, given.get(asked.key), alone=alone) for asked in sheet.questions]
    shown = {"sheet": sheet, "pages": len(questionnaire.sheets), "controls": controls, "moved": press.choice}
    return {"consultation": consultation, "facts": facts_side_by_side(questionnaire, sheet), **shown}
