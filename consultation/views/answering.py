"""Answering, one page at a time."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from common.clock import LONDON
from common.pdf import pdf_of
from common.problems import headline
from consultation.actions.answering import AnswersDiffer
from consultation.actions.entries import hand_in_entry
from consultation.actions.holding import ConsultationClosed
from consultation.actions.submitting import IncompleteAnswers, QuestionsChanged
from consultation.models import Response, Version
from consultation.permissions import can_answer, can_fill_in, can_speak_for, can_take_back
from consultation.printing import ANSWER, told_of
from consultation.questionnaire import Sheet
from consultation.readers.answers import (
    Line,
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
from consultation.readers.excluding import exclusion_of
from consultation.readers.holders import is_detached
from consultation.readers.inquiries import inquiries_about, is_anybody_asked
from consultation.readers.paths import asked_of
from consultation.readers.questionnaires import version_shown
from consultation.readers.receipts import receipt_of, root_of
from consultation.readers.showing import wish_of
from consultation.rendering import control_of
from consultation.requests import Answers, Go, Press, problems_on, publication_in, read_sheet, shown_on, version_in, written_by
from consultation.views.late import kept_when_late, led_to_what_came_in
from consultation.views.loading import Place, at_a_place, place_of
from consultation.views.papers import ballot_is_in, keep, paper_for, send, with_key, without_key
from consultation.views.rescue import hand_back, nothing_typed_is_lost, with_kept
from questions.definitions import Given


@at_a_place
@kept_when_late
def _page_again(request: HttpRequest, slug: str, *, number: int, seat: str = "") -> HttpResponse:
    """A page whose form had gone stale, with what was typed and nothing of it kept: 403. Changes nothing."""
    place = place_of(request, slug, seat)
    sheet, paper, version = _open_page(request, place, number)
    if version.pk != paper.version.pk or ballot_is_in(place):
        return hand_back(request, slug, number=number, seat=seat)
    return with_key(
        request, place.consultation, _show(request, place, sheet, paper, typed=read_sheet(sheet, request.POST), stale=True)
    )


@nothing_typed_is_lost(again=_page_again)
@at_a_place
@require_http_methods(["GET", "POST"])
@kept_when_late
def page(request: HttpRequest, slug: str, number: int, seat: str = "") -> HttpResponse:
    """One page of questions. Whatever is sent is kept first; then back, on, or an order changed. The path is found anew from what
    is kept by then."""
    place = place_of(request, slug, seat)
    if ballot_is_in(place):
        return redirect("consultation:receipt", slug)
    sheet, paper, version = _open_page(request, place, number)
    if request.method == "GET":
        return with_key(request, place.consultation, _read_page(request, place, paper, number))
    taken = with_kept(request, place, _take_page(request, place, sheet, paper, version))
    return with_key(request, place.consultation, taken)


def _take_page(request: HttpRequest, place: Place, sheet: Sheet, paper: Paper, version: Version) -> HttpResponse:
    """Of the whole page `sheet` what was sent."""
    press = Press.read(request.POST)
    answers = press.applied(sheet, read_sheet(sheet, request.POST))
    told, now = written_by(answers, request.POST), timezone.now()
    try:
        asked_now = keep(request, place, answers, at=now, page=sheet.number, shown=version, written_by=told)
    except AnswersDiffer as found:
        return _show(request, place, sheet, paper_for(request, place), typed=answers, elsewhere=found.stored)
    if asked_now != version.pk:
        return _lead_to_what_changed(request, place, sheet)
    if press.is_a_move:
        return redirect(f"{request.path}?{press.told(request.POST)}#{press.anchor}")
    return _lead_on(request, place, paper_after(paper, answers, user=place.writer), sheet.number)


@at_a_place
@require_POST
def save(request: HttpRequest, slug: str, number: int, seat: str = "") -> HttpResponse:
    """Keeps a page's answers as they are typed; the script's own door. Says when, by what mark each is known from now on, and
    which questions the page asks by now; `changed` where a new version is asked since the page was opened. 409: some were
    changed elsewhere and stay as they are, the rest is kept. 403: it takes no answers now."""
    place, now = place_of(request, slug, seat), timezone.now()
    sheet, paper, version = _open_page(request, place, number)
    answers = read_sheet(sheet, request.POST)
    told = written_by(answers, request.POST)
    try:
        asked_now = keep(request, place, answers, at=now, page=number, shown=version, written_by=told)
    except AnswersDiffer as found:
        return JsonResponse({"differ": sorted(found.stored)}, status=409)
    except ConsultationClosed as closed:
        return JsonResponse({"closed": str(closed)}, status=403)
    held = {f"held-{asked.key}": mark_of(asked, answers[asked.key]) for asked in sheet.questions if asked.key in answers}
    saved: dict[str, object] = {"saved": f"{now.astimezone(LONDON):%H:%M}", "held": held}
    if asked_now != version.pk:
        return JsonResponse(saved | {"changed": True})
    here = paper_after(paper, answers, user=place.writer).path.sheet(number)
    asks = " ".join(asked.key for asked in here.questions) if here else ""
    return with_key(request, place.consultation, JsonResponse(saved | {"asks": asks}))


@at_a_place
@require_http_methods(["GET", "POST"])
@kept_when_late
@led_to_what_came_in(still_to_send=lambda paper: paper.draft is not None)
def check(request: HttpRequest, slug: str, seat: str = "") -> HttpResponse:
    """All answers before they are sent, each with a way to change it."""
    place, now = place_of(request, slug, seat), timezone.now()
    if ballot_is_in(place):
        return redirect("consultation:receipt", slug)
    (can_answer if request.method == "POST" else can_fill_in)(place.writer, place.consultation, now).enforce()
    if request.method == "POST":
        return _take_check(request, place, at=now)
    return with_key(request, place.consultation, _show_check(request, place, told=False))


def _take_check(request: HttpRequest, place: Place, *, at: datetime) -> HttpResponse:
    try:
        if place.entry:
            hand_in_entry(place.entry, **publication_in(request.POST), by=place.user, at=at)
            messages.success(request, "Handed in. Another organiser checks it against its source; then it counts.")
            return redirect(place.home)
        send(request, place, at=at)
    except IncompleteAnswers:
        return with_key(request, place.consultation, _show_check(request, place, told=True))
    except QuestionsChanged:
        return _show_check(request, place, told=False, overtaken=True)
    return without_key(place.consultation, redirect(f"{place.base}receipt/"))


@at_a_place
@require_safe
def receipt(request: HttpRequest, slug: str, seat: str = "") -> HttpResponse:
    """What was sent, when, as which revision; of a ballot that it is in, and nothing else."""
    place, now = place_of(request, slug, seat), timezone.now()
    consultation, writer = place.consultation, place.writer
    if ballot_is_in(place):
        return render(request, "consultation/ballot_in.html", {"consultation": consultation, "root": root_of(consultation)})
    paper, response, lines = _sent(place)
    receipt, asked = receipt_of(response), inquiries_about(response)
    may_be_asked = isinstance(writer, User) and consultation.closed_at is not None
    shown = {
        "consultation": consultation,
        "place": place,
        "response": response,
        "lines": lines,
        "draft": paper.draft,
        "asks": consultation.keeps_drafts_at(now) and paper.is_asked_to_confirm,
        "may_change": can_answer(writer, consultation, now),
        "may_take_back": can_take_back(writer, consultation, now),
        "receipt": receipt,
        "exclusion": exclusion_of(response),
        "receipt_holds": receipt is not None and receipt.holds(),
        "root": root_of(consultation),
        "inquiries": asked,
        "others_were_asked": not asked and may_be_asked and is_anybody_asked(consultation),
        "now": now,
    }
    return render(request, "consultation/receipt.html", shown)


@at_a_place
@require_safe
def answer_paper(request: HttpRequest, slug: str, seat: str = "") -> HttpResponse:
    """What was sent, as a PDF to keep. Nothing of it is stored here, and nobody between is to store it."""
    _, response, lines = _sent(place_of(request, slug, seat))
    receipt = receipt_of(response)
    holds = receipt is None or receipt.holds()
    headers = {"Content-Disposition": f'attachment; filename="answer-{slug}.pdf"', "Cache-Control": "private, no-store"}
    paper = pdf_of(ANSWER, told_of(response, lines, holds=holds, at=timezone.now()))
    return HttpResponse(paper, content_type="application/pdf", headers=headers)


def _sent(place: Place) -> tuple[Paper, Response, list[Line]]:
    """What was sent from here. 404 where that is nothing."""
    paper = paper_of(place.writer, place.consultation) if place.consultation.opened_at else None
    if paper is None or paper.response is None:
        raise Http404("nothing was sent")
    return paper, paper.response, lines_of(as_sent(paper, place.writer))


def _open_page(request: HttpRequest, place: Place, number: int) -> tuple[Sheet, Paper, Version]:
    """With the whole page, whoever is asked what of it: what is sent from it is kept even where it fell off the path. It is
    the page of the version that the reader had before them: what they sent is read as it was asked."""
    can_fill_in(place.writer, place.consultation, timezone.now()).enforce()
    paper = paper_for(request, place)
    version = version_shown(place.consultation, version_in(request.POST), otherwise=paper.version)
    questionnaire = paper.questionnaire if version is paper.version else asked_of(version, place.writer)
    sheet = questionnaire.sheet(number)
    if sheet is None and request.method == "GET" and version.number > 1 and questionnaire.sheets:
        sheet = questionnaire.sheets[-1]  # there may have been such a page: its reader is led to the nearest
    if sheet is None:
        raise Http404("no such page")
    return sheet, paper, version


def _lead_to_what_changed(request: HttpRequest, place: Place, sheet: Sheet) -> HttpResponse:
    """To where the questions of a page that was overtaken stand by now."""
    paper, keys = paper_for(request, place), {asked.key for asked in sheet.questions}
    here = next((each.number for each in paper.path.sheets if keys & {asked.key for asked in each.questions}), None)
    number = here or paper.path.nearest(sheet.number)
    messages.info(
        request,
        "The questions were changed while you had this page open. What you had here is kept, and what changed stands beside "
        "the questions.",
    )
    return redirect(f"{place.base}{number}/" if number is not None else f"{place.base}check/")


def _read_page(request: HttpRequest, place: Place, paper: Paper, number: int) -> HttpResponse:
    sheet = paper.path.sheet(number)
    if sheet is not None:
        return _show(request, place, sheet, paper, problems_on(sheet, paper.given, only=request.GET.get("wrong", "").split(".")))
    nearest = paper.path.nearest(number)
    if nearest is None:
        messages.info(request, "Nothing is asked of you here, as far as your facts and answers go.")
        return redirect(place.home)
    messages.info(request, "That page is not asked of you, because of what you answered before it. Here is the nearest.")
    return redirect(f"{place.base}{nearest}/")


def _lead_on(request: HttpRequest, place: Place, paper: Paper, number: int) -> HttpResponse:
    """Where to, now that it is kept: to what is missing on this page, to what these answers brought to it, or where was asked.
    Always to an address: a page that came out of a form is not there any more for whoever goes back to it."""
    go, sheet = Go.read(request.POST), paper.path.sheet(number)
    if go.is_onwards and sheet is not None:
        shown = shown_on(sheet, request.POST)
        problems = problems_on(sheet, paper.given, only=shown)
        if problems:
            return redirect(f"{request.path}?{urlencode({'wrong': '.'.join(problems)} | ({'then': go.then} if go.then else {}))}")
        fresh = next((asked for asked in sheet.questions if asked.key not in shown), None)
        if fresh is not None:
            query = urlencode({"follows": fresh.key} | ({"then": go.then} if go.then else {}))
            return redirect(f"{request.path}?{query}#{fresh.anchor}")
    return redirect(go.target(place.base, place.home, number, paper.path))


def _show(
    request: HttpRequest,
    place: Place,
    sheet: Sheet,
    paper: Paper,
    problems: dict[str, str] | None = None,
    *,
    typed: Answers | None = None,
    elsewhere: dict[str, Given | None] | None = None,
    stale: bool = False,
) -> HttpResponse:
    """`typed` stands over what is kept; `elsewhere` is what was kept of the same questions by another device; `stale`: nothing of
    what is typed is kept yet."""
    errors, other, given = problems or {}, elsewhere or {}, {**paper.given, **(typed or {})}
    alone = len(sheet.questions) == 1
    controls = [
        control_of(
            asked,
            given.get(asked.key),
            error=errors.get(asked.key, ""),
            alone=alone,
            beside=paper.beside(asked.key),
        )
        for asked in sheet.questions
    ]
    wrong = [control.problem for control in controls if control.error]
    shown = {
        "consultation": place.consultation,
        "place": place,
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
        "debates": debates_on(request.user, place.consultation, sheet.questions),
        "moved": request.GET.get("moved", ""),
        "follows": request.GET.get("follows", ""),
        "was_sent": request.method == "POST" and not stale,
        "stale": stale,
        "returns": "check" if "check" in (request.GET.get("then"), request.POST.get("then")) else "",
        "now": timezone.now(),
    }
    return render(request, "consultation/page.html", shown, status=403 if stale else 200)


def _show_check(request: HttpRequest, place: Place, *, told: bool, overtaken: bool = False) -> HttpResponse:
    paper = paper_for(request, place)
    if paper.draft is None:
        return redirect(f"{place.base}receipt/" if paper.response else place.home)
    lines = lines_of(paper)
    wrong = [line for line in lines if line.problem] if told else []
    wish = wish_of((line.asked for line in lines), paper.given, paper.response)
    if request.method == "POST":
        wish = replace(wish, **publication_in(request.POST))
    shown = {
        "consultation": place.consultation,
        "place": place,
        "paper": paper,
        "wish": None if is_detached(place.consultation) else wish,
        "lines": lines,
        "may_send": can_speak_for(place.writer),
        "wrong": wrong,
        "headline": headline(len(wrong)).replace("go on", "send it"),
        "fallen": fallen_away(paper),
        "overtaken": overtaken,
        "path": paper.path,
        "last": paper.path.sheets[-1].number if paper.path.sheets else None,
        "now": timezone.now(),
    }
    return render(request, "consultation/check.html", shown)
