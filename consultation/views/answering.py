"""Answering, one page at a time."""

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.clock import LONDON
from common.problems import headline
from consultation.actions.answering import save_answers
from consultation.actions.submitting import IncompleteAnswers, submit_response
from consultation.models import Consultation
from consultation.permissions import can_answer
from consultation.questionnaire import Sheet
from consultation.readers.answers import Paper, lines_of, paper_of
from consultation.readers.evidence import debates_on
from consultation.readers.showing import wish_of
from consultation.rendering import control_of
from consultation.requests import Go, Press, problems_on, publication_in, read_sheet, written_by
from consultation.views.loading import load, signed_in
from questions.definitions import Given


@login_required
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One page of questions. Whatever is sent is kept first; then back, on, or an order changed."""
    consultation, sheet, paper = _open_page(request, slug, number)
    if request.method == "GET":
        return _show(request, consultation, sheet, paper)
    press = Press.read(request.POST)
    answers = press.applied(sheet, read_sheet(sheet, request.POST))
    now, user = timezone.now(), signed_in(request)
    save_answers(consultation, answers, by=user, at=now, page=number, **written_by(request.POST))
    here = reverse("consultation:page", args=[slug, number])
    if press.is_a_move:
        return redirect(f"{here}?{press.told(request.POST)}#{press.anchor}")
    go = Go.read(request.POST)
    problems = problems_on(sheet, answers) if go.is_onwards else {}
    if problems:
        return _show(request, consultation, sheet, paper_of(user, consultation), problems)
    return redirect(go.target(slug, number, of=len(paper.questionnaire.sheets)))


@login_required
@require_POST
def save(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Keeps a page's answers as they are typed; the script's own door. Says when."""
    consultation, sheet, _ = _open_page(request, slug, number)
    now = timezone.now()
    answers = read_sheet(sheet, request.POST)
    save_answers(consultation, answers, by=signed_in(request), at=now, page=number, **written_by(request.POST))
    return JsonResponse({"saved": f"{now.astimezone(LONDON):%H:%M}"})


@login_required
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """All answers before they are sent, each with a way to change it."""
    consultation, user, now = load(request, slug), signed_in(request), timezone.now()
    can_answer(user, consultation, now).enforce()
    if request.method == "POST":
        try:
            submit_response(consultation, by=user, at=now, **publication_in(request.POST))
        except IncompleteAnswers:
            return _show_check(request, consultation, told=True)
        return redirect("consultation:receipt", slug)
    return _show_check(request, consultation, told=False)


@login_required
@require_safe
def receipt(request: HttpRequest, slug: str) -> HttpResponse:
    """What was sent, when, as which revision."""
    consultation, user, now = load(request, slug), signed_in(request), timezone.now()
    paper = paper_of(user, consultation) if consultation.opened_at else None
    if paper is None or paper.response is None:
        raise Http404("nothing was sent")
    sent = Paper(paper.version, paper.questionnaire, None, paper.response, _sent(paper))
    shown = {
        "consultation": consultation,
        "response": paper.response,
        "lines": lines_of(sent),
        "draft": paper.draft,
        "may_change": can_answer(user, consultation, now),
        "now": now,
    }
    return render(request, "consultation/receipt.html", shown)


def _sent(paper: Paper) -> dict[str, Given]:
    assert paper.response is not None
    return dict(paper.response.answers.values_list("question__key", "value"))


def _open_page(request: HttpRequest, slug: str, number: int) -> tuple[Consultation, Sheet, Paper]:
    consultation = load(request, slug)
    can_answer(request.user, consultation, timezone.now()).enforce()
    paper = paper_of(signed_in(request), consultation)
    sheet = paper.questionnaire.sheet(number)
    if sheet is None:
        raise Http404("no such page")
    return consultation, sheet, paper


def _show(
    request: HttpRequest, consultation: Consultation, sheet: Sheet, paper: Paper, problems: dict[str, str] | None = None
) -> HttpResponse:
    errors = problems or {}
    alone = len(sheet.questions) == 1
    controls = [
        control_of(asked, paper.given.get(asked.key), error=errors.get(asked.key, ""), alone=alone) for asked in sheet.questions
    ]
    wrong = [control.problem for control in controls if control.error]
    shown = {
        "consultation": consultation,
        "sheet": sheet,
        "pages": len(paper.questionnaire.sheets),
        "controls": controls,
        "problems": wrong,
        "headline": headline(len(wrong)),
        "paper": paper,
        "debates": debates_on(request.user, consultation, sheet.questions),
        "moved": request.GET.get("moved", ""),
        "returns": "check" if "check" in (request.GET.get("then"), request.POST.get("then")) else "",
        "now": timezone.now(),
    }
    return render(request, "consultation/page.html", shown)


def _show_check(request: HttpRequest, consultation: Consultation, *, told: bool) -> HttpResponse:
    paper = paper_of(signed_in(request), consultation)
    if paper.draft is None:
        return redirect("consultation:receipt" if paper.response else "consultation:detail", consultation.slug)
    lines = lines_of(paper)
    wrong = [line for line in lines if line.problem] if told else []
    wish = wish_of(paper.questionnaire.questions, paper.given, paper.response)
    shown = {
        "consultation": consultation,
        "paper": paper,
        "wish": replace(wish, **publication_in(request.POST)) if request.method == "POST" else wish,
        "lines": lines,
        "wrong": wrong,
        "headline": headline(len(wrong)).replace("go on", "send it"),
        "pages": len(paper.questionnaire.sheets),
        "now": timezone.now(),
    }
    return render(request, "consultation/check.html", shown)
