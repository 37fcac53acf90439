"""Documents that members are asked about, paragraph by paragraph: read by everybody, written by organisers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.differences import differences
from common.errors import DomainError
from consultation.actions import texts as actions
from consultation.forms import AskAboutForm, TextForm
from consultation.models import Text, TextVersion
from consultation.overtaken_form import unsaved
from consultation.permissions import can_organise, can_write
from consultation.readers.texts import latest_texts, read_parts
from consultation.views.loading import load_for_organiser, signed_in


@login_required
@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """Every document with its versions."""
    can_organise(signed_in(request)).enforce()
    return render(request, "consultation/texts.html", {"texts": latest_texts()})


@login_required
@require_http_methods(["GET", "POST"])
def new_text(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    can_organise(user).enforce()
    form = TextForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect(actions.begin_text(by=user, at=timezone.now(), **form.cleaned_data))
    return render(request, "consultation/text_form.html", {"form": form, "title": "Write a document", "verb": "Save"})


@login_required
@require_http_methods(["GET", "POST"])
def edit_text(request: HttpRequest, slug: str) -> HttpResponse:
    """The version that is being written; else the next one, beginning as the last."""
    user = signed_in(request)
    can_organise(user).enforce()
    text = get_object_or_404(Text, slug=slug)
    now = timezone.now()
    form = unsaved(
        TextForm(request.POST or None, instance=text.versions.latest("number")),
        lambda sent: actions.write_text(text, as_seen=sent.as_seen, by=user, at=now, **sent.cleaned_data),
    )
    last = text.versions.latest("number")
    if form is None:
        return redirect(last)
    number = last.number + (last.published_at is not None)
    shown = {"form": form, "title": f"{last.title}, version {number}", "verb": f"Save version {number}"}
    return render(request, "consultation/text_form.html", shown)


@require_safe
def text(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The whole of it, each paragraph at an address of its own."""
    version = _load(request, slug, number)
    shown = {
        "version": version,
        "parts": read_parts(version),
        "versions": TextVersion.objects.visible_to(request.user).filter(text=version.text_id).order_by("number"),
        "may_write": can_organise(request.user),
    }
    return render(request, "consultation/text.html", shown)


@require_safe
def text_changes(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What became of the version before, word by word."""
    version = _load(request, slug, number)
    before = _load(request, slug, number - 1)
    pieces = differences(f"{before.title}\n\n{before.source}\n", f"{version.title}\n\n{version.source}\n")
    return render(request, "consultation/text_changes.html", {"version": version, "before": before, "pieces": pieces})


@login_required
@require_POST
def publish_text(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    user = signed_in(request)
    can_organise(user).enforce()
    version = actions.publish_text(_load(request, slug, number), by=user, at=timezone.now())
    messages.success(request, f"Version {version.number} is published. It does not change any more.")
    return redirect(version)


@login_required
@require_http_methods(["GET", "POST"])
def ask_about(request: HttpRequest, slug: str) -> HttpResponse:
    """Link a published version to a draft, and ask about its paragraphs."""
    consultation, user = load_for_organiser(request, slug)
    can_write(user, consultation).enforce()
    form = AskAboutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.ask_about_text(consultation, by=user, at=timezone.now(), **form.cleaned_data)
        except DomainError as problem:
            form.add_error("version", str(problem))
        else:
            asked = f", and {len(made)} page{' asks' if len(made) == 1 else 's ask'} about its paragraphs" if made else ""
            messages.success(request, f"The document is linked{asked}.")
            response = redirect("consultation:edit", slug)
            response["Location"] += f"#page-{made[0].pk}" if made else "#documents"
            return response
    return render(request, "consultation/ask_about_text.html", {"form": form, "consultation": consultation})


def _load(request: HttpRequest, slug: str, number: int) -> TextVersion:
    rows = TextVersion.objects.visible_to(request.user).select_related("text")
    version = rows.filter(text__slug=slug, number=number).first()
    if version is None:
        raise Http404("no such version")
    return version
