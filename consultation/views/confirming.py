"""Whether an answer stands, after the questions were changed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from common.errors import DomainError
from consultation.actions.confirming import confirm_response
from consultation.models import Consultation
from consultation.permissions import can_answer, can_fill_in
from consultation.readers.answers import Paper, lines_of, paper_of
from consultation.readers.versions import latest_material
from consultation.views.loading import load, signed_in


@login_required
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """What was changed, one's own answer under it, and two ways on: it stands, or it is changed."""
    consultation, user, now = load(request, slug), signed_in(request), timezone.now()
    can_fill_in(user, consultation, now).enforce()
    paper = paper_of(user, consultation)
    if not paper.is_asked_to_confirm:
        return redirect("consultation:receipt" if paper.response else "consultation:detail", slug)
    if request.method == "POST":
        try:
            confirm_response(consultation, shown=_number(request.POST.get("version", "")), by=user, at=now)
        except DomainError as problem:
            return _show(request, consultation, paper_of(user, consultation), problem=str(problem))
        messages.success(request, "Your answer stands. It counts with those to the changed questions.")
        return redirect("consultation:receipt", slug)
    return _show(request, consultation, paper)


def _show(request: HttpRequest, consultation: Consultation, paper: Paper, *, problem: str = "") -> HttpResponse:
    lines = lines_of(paper)
    changed = paper.since.by_question
    shown: dict[str, Any] = {
        "consultation": consultation,
        "paper": paper,
        "problem": problem,
        "version": latest_material(consultation),
        "may": can_answer(request.user, consultation, timezone.now()),
        "lines": [(line, changed.get(line.asked.key), paper.aside.get(line.asked.key)) for line in lines],
        "gone": paper.not_asked_any_more,
        "stands": not paper.misfits and not any(line.problem for line in lines),
        "now": timezone.now(),
    }
    return render(request, "consultation/confirm.html", shown)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
