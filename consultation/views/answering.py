"""Answering, one page at a time."""

from dataclasses import replace
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.clock import LONDON
from common.problems import headline
from consultation.actions.answering import AnswersDiffer
from consultation.actions.submitting import IncompleteAnswers
from consultation.models import Consultation
from consultation.permissions import can_answer, can_fill_in, can_take_back
from consultation.questionnaire import Sheet
from consultation.readers.answers import (
    Paper,
    as_sent,
    facts_side_by_side,
    fallen_away,
    lines_of,
    mark_of,
    paper_after,
    paper_of,
    words_of,
)
from consultation.readers.evidence import debates_on
from consultation.readers.holders import is_detached
from consultation.readers.inquiries import inquiries_about, is_anybody_asked
from consultation.readers.receipts import receipt_of, root_of
from consultation.readers.showing import wish_of
from consultation.rendering import control_of
from consultation.requests import Answers, Go, Press, problems_on, publication_in, read_sheet, shown_on, written_by
from consultation.views.loading import load, signed_in
from consultation.views.papers import ballot_is_in, keep, paper_for, send, with_key, without_key
from questions.definitions import Given


@login_required
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One page of questions. Whatever is sent is kept first; then back, on, or an order changed. The path is found anew from what
    is kept by then."""
    consultation = load(request, slug)
    if ballot_is_in(request, consultation):
        return redirect("consultation:receipt", slug)
    sheet, paper = _open_page(request, consultation, number)
    read = _read_page if request.method == "GET" else _take_page
    return with_key(request, consultation, read(request, consultation, sheet, paper))


def _take_page(request: HttpRequest, consultation: Consultation, sheet: Sheet, paper: Paper) -> HttpResponse:
    press = Press.read(request.POST)
    answers = press.applied(sheet, read_sheet(sheet, request.POST))
    written, now = written_by(answers, request.POST), timezone.now()
    try:
        keep(request, consultation, answers, at=now, page=sheet.number, written_by=written)
    except AnswersDiffer as found:
        paper = paper_for(request, consultation)
        return _show(request, consultation, sheet, paper, typed=answers, elsewhere=found.stored)
    if press.is_a_move:
        return redirect(f"{request.path}?{press.told(request.POST)}#{press.anchor}")
    return _lead_on(request, consultation, paper_after(paper, answers, user=signed_in(request)), sheet.number)


@login_required
@require_POST
def save(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Keeps a page's answers as they are typed; the script's own door. Says when, by what mark each is known from now on,
    and which questions the page asks by now. 409: some were changed elsewhere and stay as they are, the rest is kept."""
    consultation, now = load(request, slug), timezone.now()
    sheet, paper = _open_page(request, consultation, number)
    answers = read_sheet(sheet, request.POST)
    try:
        keep(request, consultation, answers, at=now, page=number, written_by=written_by(answers, request.POST))
    except AnswersDiffer as found:
        return JsonResponse({"differ": sorted(found.stored)}, status=409)
    held = {f"held-{asked.key}": mark_of(asked, answers[asked.key]) for asked in sheet.questions if asked.key in answers}
    here = paper_after(paper, answers, user=signed_in(request)).path.sheet(number)
    asks = " ".join(asked.key for asked in here.questions) if here else ""
    told = JsonResponse({"saved": f"{now.astimezone(LONDON):%H:%M}", "held": held, "asks": asks})
    return with_key(request, consultation, told)


@login_required
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """All answers before they are sent, each with a way to change it."""
    consultation, user, now = load(request, slug), signed_in(request), timezone.now()
    if ballot_is_in(request, consultation):
        return redirect("consultation:receipt", slug)
    (can_answer if request.method == "POST" else can_fill_in)(user, consultation, now).enforce()
    if request.method == "POST":
        try:
            send(request, consultation, at=now)
        except IncompleteAnswers:
            return with_key(request, consultation, _show_check(request, consultation, told=True))
        return without_key(consultation, redirect("consultation:receipt", slug))
    return with_key(request, consultation, _show_check(request, consultation, told=False))


@login_required
@require_safe
def receipt(request: HttpRequest, slug: str) -> HttpResponse:
    """What was sent, when, as which revision; of a ballot that it is in, and nothing else."""
    consultation, user, now = load(request, slug), signed_in(request), timezone.now()
    if ballot_is_in(request, consultation):
        return render(request, "consultation/ballot_in.html", {"consultation": consultation, "root": root_of(consultation)})
    if is_detached(consultation):
        raise Http404("nothing was sent")
    paper = paper_of(user, consultation) if consultation.opened_at else None
    if paper is None or paper.response is None:
        raise Http404("nothing was sent")
    sent = as_sent(paper, user)
    receipt = receipt_of(paper.response)
    shown = {
        "consultation": consultation,
        "response": paper.response,
        "lines": lines_of(sent),
        "draft": paper.draft,
        "may_change": can_answer(user, consultation, now),
        "may_take_back": can_take_back(user, consultation, now),
        "receipt": receipt,
        "receipt_holds": receipt is not None and receipt.holds(),
        "root": root_of(consultation),
        "inquiries": (asked := inquiries_about(paper.response)),
        "others_were_asked": not asked and consultation.closed_at is not None and is_anybody_asked(consultation),
        "now": now,
    }
    return render(request, "consultation/receipt.html", shown)


def _open_page(request: HttpRequest, consultation: Consultation, number: int) -> tuple[Sheet, Paper]:
    """With the whole page, whoever is asked what of it: what is sent from it is kept even where it fell off the path."""
    can_fill_in(request.user, consultation, timezone.now()).enforce()
    paper = paper_for(request, consultation)
    sheet = paper.questionnaire.sheet(number)
    if sheet is None:
        raise Http404("no such page")
    return sheet, paper


def _read_page(request: HttpRequest, consultation: Consultation, sheet: Sheet, paper: Paper) -> HttpResponse:
    """Of the whole page `sheet` what this reader is asked."""
    asked = paper.path.sheet(sheet.number)
    if asked is not None:
        return _show(request, consultation, asked, paper)
    nearest = paper.path.nearest(sheet.number)
    if nearest is None:
        messages.info(request, "Nothing is asked of you here, as far as your facts and answers go.")
        return redirect("consultation:detail", consultation.slug)
    messages.info(request, "That page is not asked of you, because of what you answered before it. Here is the nearest.")
    return redirect("consultation:page", consultation.slug, nearest)


def _lead_on(request: HttpRequest, consultation: Consultation, paper: Paper, number: int) -> HttpResponse:
    """Where to, now that it is kept: to what is missing on this page, to what these answers brought to it, or where was asked."""
    go, sheet = Go.read(request.POST), paper.path.sheet(number)
    if go.is_onwards and sheet is not None:
        shown = shown_on(sheet, request.POST)
        problems = problems_on(sheet, paper.given, only=shown)
        if problems:
            return _show(request, consultation, sheet, paper, problems)
        fresh = next((asked for asked in sheet.questions if asked.key not in shown), None)
        if fresh is not None:
            query = urlencode({"follows": fresh.key} | ({"then": go.then} if go.then else {}))
            return redirect(f"{request.path}?{query}#{fresh.anchor}")
    return redirect(go.target(consultation.slug, number, paper.path))


def _show(
    request: HttpRequest,
    consultation: Consultation,
    sheet: Sheet,
    paper: Paper,
    problems: dict[str, str] | None = None,
    *,
    typed: Answers | None = None,
    elsewhere: dict[str, Given | None] | None = None,
) -> HttpResponse:
    """`typed` stands over what is kept; `elsewhere` is what was kept of the same questions by another device."""
    errors, other, given = problems or {}, elsewhere or {}, {**paper.given, **(typed or {})}
    alone = len(sheet.questions) == 1
    controls = [
        control_of(asked, given.get(asked.key), error=errors.get(asked.key, ""), alone=alone) for asked in sheet.questions
    ]
    wrong = [control.problem for control in controls if control.error]
    shown = {
        "consultation": consultation,
        "sheet": sheet,
        "path": paper.path,
        "at": paper.path.place(sheet.number),
        "next": paper.path.after(sheet.number),
        "controls": controls,
        "asked": " ".join(asked.key for asked in sheet.questions),
        "held": [(asked.key, mark_of(asked, paper.given.get(asked.key))) for asked in sheet.questions],
        "elsewhere": [(asked, words_of(asked, other[asked.key])) for asked in sheet.questions if asked.key in other],
        "facts": facts_side_by_side(paper.questionnaire, sheet),
        "problems": wrong,
        "headline": headline(len(wrong)),
        "paper": paper,
        "debates": debates_on(request.user, consultation, sheet.questions),
        "moved": request.GET.get("moved", ""),
        "follows": request.GET.get("follows", ""),
        "was_sent": request.method == "POST",
        "returns": "check" if "check" in (request.GET.get("then"), request.POST.get("then")) else "",
        "now": timezone.now(),
    }
    return render(request, "consultation/page.html", shown)


def _show_check(request: HttpRequest, consultation: Consultation, *, told: bool) -> HttpResponse:
    paper = paper_for(request, consultation)
    if paper.draft is None:
        return redirect("consultation:receipt" if paper.response else "consultation:detail", consultation.slug)
    lines = lines_of(paper)
    wrong = [line for line in lines if line.problem] if told else []
    wish = wish_of((line.asked for line in lines), paper.given, paper.response)
    if request.method == "POST":
        wish = replace(wish, **publication_in(request.POST))
    shown = {
        "consultation": consultation,
        "paper": paper,
        "wish": None if is_detached(consultation) else wish,
        "lines": lines,
        "wrong": wrong,
        "headline": headline(len(wrong)).replace("go on", "send it"),
        "fallen": fallen_away(paper),
        "path": paper.path,
        "last": paper.path.sheets[-1].number if paper.path.sheets else None,
        "now": timezone.now(),
    }
    return render(request, "consultation/check.html", shown)
