"""Text of consultations in and out: templates, files of our own, files of LimeSurvey, pages of an earlier one."""

import json
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from consultation.actions.bringing import bring_over, write_from
from consultation.actions.texts import write_about_text
from consultation.exchange.listing import listed, with_list
from consultation.exchange.writing import told
from consultation.exchange_forms import DocumentForm, FileForm, ListForm, TitleForm
from consultation.models import Consultation
from consultation.permissions import can_organise, can_write_questions
from consultation.readers.exchange import (
    ABOUT_A_DOCUMENT,
    ABOUT_A_LIST,
    SCHEMA,
    Starter,
    earlier_ones,
    starters,
    written_of,
)
from consultation.views.loading import load, load_for_organiser, signed_in
from consultation.views.parts import ROWS

_FORMS: Final[dict[str, type[TitleForm]]] = {ABOUT_A_DOCUMENT: DocumentForm, ABOUT_A_LIST: ListForm}


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of version 1, at an address that stays."""
    return HttpResponse(SCHEMA.read_bytes(), content_type="application/schema+json")


@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """What is written, as a file that any Plenary reads; nothing of what was answered."""
    consultation = load(request, slug)
    text = json.dumps(told(written_of(consultation)), ensure_ascii=False, indent=2)
    named = f'attachment; filename="{consultation.slug}.json"'
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers={"Content-Disposition": named})


@login_required
@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """What one may begin from."""
    can_organise(signed_in(request)).enforce()
    return render(request, "consultation/templates.html", {"starters": starters().values()})


@login_required
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, key: str) -> HttpResponse:
    """What is in it, and what is to be said: the title, and what it asks about where that is a list or a document."""
    user = signed_in(request)
    can_organise(user).enforce()
    starter = starters().get(key)
    if starter is None:
        raise Http404("no such template")
    form: TitleForm = _FORMS.get(key, TitleForm)(request.POST or None, initial=_initial(request, key, starter))
    if request.method == "POST" and form.is_valid():
        title, version, now = form.cleaned_data["title"], form.cleaned_data.get("version"), timezone.now()
        written = with_list(starter.written, form.cleaned_data["choices"]) if key == ABOUT_A_LIST else starter.written
        if version is None:
            consultation = write_from(written, title=title, by=user, at=now)
        else:
            consultation = write_about_text(written, version, title=title, by=user, at=now)
        messages.success(
            request, "The draft is there, with everything from the template. Only organisers and directors can see it."
        )
        return redirect("consultation:edit", consultation.slug)
    return render(request, "consultation/template.html", {"starter": starter, "form": form})


def _initial(request: HttpRequest, key: str, starter: Starter) -> dict[str, str]:
    """The examples of a list; the document from whose page one comes."""
    if key == ABOUT_A_LIST:
        return {"choices": "\n".join(listed(starter.written))}
    return {"version": request.GET.get("version", "")}


@login_required
@require_http_methods(["GET", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """A draft out of a file; what it had and this site has not is told."""
    user = signed_in(request)
    can_organise(user).enforce()
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        written = form.written
        consultation = write_from(written, title=written.details["title"], by=user, at=timezone.now())
        messages.success(
            request, f"The draft is there, with {written.question_count} questions. Read it through before it opens."
        )
        for sentence in written.left_out:
            messages.warning(request, sentence)
        return redirect("consultation:edit", consultation.slug)
    return render(request, "consultation/import.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest, slug: str) -> HttpResponse:
    """Pages and single questions of a template or of an earlier consultation, into a draft: first from where, then which."""
    consultation, user = load_for_organiser(request, slug)
    can_write_questions(user, consultation, timezone.now()).enforce()
    source = request.POST.get("source") or request.GET.get("source", "")
    kind, _, name = source.partition(":")
    if kind == "template" and name in starters():
        written = starters()[name].written
    elif kind == "consultation":
        earlier = get_object_or_404(Consultation.objects.visible_to(user), slug=name)
        written = written_of(earlier)
    else:
        written = None
    keys, questions = request.POST.getlist("page"), request.POST.getlist("question")
    pages = list(ROWS["pages"](consultation))
    onto = next((page for page in pages if str(page.pk) == request.POST.get("onto")), None)
    if request.method == "POST" and written and (keys or questions):
        made = bring_over(consultation, written, keys=keys, questions=questions, onto=onto, by=user, at=timezone.now())
        number = len(made.questions)
        messages.success(request, f"{number} question{'' if number == 1 else 's'} brought over.")
        for sentence in made.left_out:
            messages.warning(request, sentence)
        response = redirect("consultation:edit", slug)
        first = [f"question-{row.pk}" for row in made.questions] if onto else [f"page-{row.pk}" for row in made.pages]
        response["Location"] += f"#{(first or ['questions'])[0]}"
        return response
    shown = {
        "consultation": consultation,
        "starters": starters().values(),
        "earlier": earlier_ones(user, consultation),
        "source": source,
        "written": written,
        "pages": pages,
        "onto": onto,
        "error": "Tick at least one page or question" if request.method == "POST" and written else "",
    }
    return render(request, "consultation/bring.html", shown)
