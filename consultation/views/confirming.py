"""Whether an answer stands, after the questions were changed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from common.errors import DomainError
from consultation.actions.confirming import confirm_response
from consultation.permissions import can_answer, can_fill_in
from consultation.readers.answers import Paper, lines_of, paper_of
from consultation.readers.versions import latest_material
from consultation.views.late import led_to_what_came_in
from consultation.views.loading import Place, at_a_place, place_of


@at_a_place
@require_http_methods(["GET", "POST"])
@led_to_what_came_in(still_to_send=lambda paper: paper.is_asked_to_confirm)
def confirm(request: HttpRequest, slug: str, seat: str = "") -> HttpResponse:
    """What was changed, one's own answer under it, and two ways on: it stands, or it is changed."""
    place, now = place_of(request, slug, seat), timezone.now()
    if place.entry:
        raise Http404("what came on paper answers what stands there")
    can_fill_in(place.writer, place.consultation, now).enforce()
    paper = paper_of(place.writer, place.consultation)
    if not paper.is_asked_to_confirm:
        return redirect(f"{place.base}receipt/" if paper.response else place.home)
    if request.method == "POST":
        try:
            confirm_response(place.consultation, shown=_number(request.POST.get("version", "")), by=place.writer, at=now)
        except DomainError as problem:
            return _show(request, place, paper_of(place.writer, place.consultation), problem=str(problem))
        whose = "The" if place.party else "Your"
        messages.success(request, f"{whose} answer stands. It counts with those to the changed questions.")
        return redirect(f"{place.base}receipt/")
    return _show(request, place, paper)


def _show(request: HttpRequest, place: Place, paper: Paper, *, problem: str = "") -> HttpResponse:
    lines = lines_of(paper)
    changed = paper.since.by_question
    shown: dict[str, Any] = {
        "consultation": place.consultation,
        "place": place,
        "paper": paper,
        "problem": problem,
        "version": latest_material(place.consultation),
        "may": can_answer(place.writer, place.consultation, timezone.now()),
        "lines": [(line, changed.get(line.asked.key), paper.aside.get(line.asked.key)) for line in lines],
        "gone": paper.not_asked_any_more,
        "stands": not paper.misfits and not any(line.problem for line in lines),
        "now": timezone.now(),
    }
    return render(request, "consultation/confirm.html", shown)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
