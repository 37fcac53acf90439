"""Who is asked what: the map, the walk of somebody invented, and the conditions of a draft."""

import hashlib
import json
from contextlib import suppress
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultation.actions.conditions import set_condition
from consultation.actions.drafting import ChangedMeanwhile, state_of
from consultation.models import Consultation, Page, Question
from consultation.path_forms import ClauseForm, InventedForm
from consultation.paths.checks import earlier_than, subjects_of
from consultation.paths.conditions import Condition, Join, condition_of, joined, parts_of
from consultation.paths.subjects import Subject, in_words
from consultation.paths.walking import path_of
from consultation.permissions import can_write_questions
from consultation.readers.paths import FACTS, asked_when, boxes_of, faults_of
from consultation.readers.questionnaires import current_version, questionnaire_of, written
from consultation.rendering import control_of
from consultation.requests import Answers, Press, problems_on, read_sheet
from consultation.views.loading import load, load_for_organiser, signed_in
from consultation.views.parts import ROWS


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Every page and question with when it is asked: a drawing, and the same as a table."""
    consultation = load(request, slug)
    questionnaire = questionnaire_of(current_version(consultation))
    pages = asked_when(questionnaire)
    boxes = boxes_of(pages)
    shown = {
        "consultation": consultation,
        "pages": pages,
        "height": (boxes[-1].bottom if boxes else 20) + 40,
        "boxes": boxes,
        "faults": [] if consultation.opened_at else faults_of(questionnaire),
        "some_hang": any(page.hangs for page in pages),
    }
    return render(request, "consultation/paths.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def walk(request: HttpRequest, slug: str) -> HttpResponse:
    """What somebody with these facts and these answers is asked. Nothing is kept: facts and answers come with each request."""
    consultation, _ = load_for_organiser(request, slug)
    version = consultation.versions.latest("number")
    questionnaire = questionnaire_of(version) if version.canonical else written(version)
    invented = InventedForm(request.POST if request.method == "POST" else None, facts=FACTS)
    press, given = Press.read(request.POST), cast("Answers", {})
    for sheet in questionnaire.sheets:
        given |= press.applied(sheet, read_sheet(sheet, request.POST)) if request.method == "POST" else {}
    path = path_of(questionnaire, given, invented.facts)
    pages = []
    for told in asked_when(questionnaire):
        here = path.sheet(told.sheet.number)
        asked = here.questions if here else ()
        left = [each for each in told.questions if each.definition.key not in path.keys]
        pages.append((told, here, [control_of(each, given.get(each.key)) for each in asked], left))
    missing = [text for sheet in path.sheets for text in problems_on(sheet, given, only=path.keys)]
    shown = {
        "consultation": consultation,
        "form": invented,
        "pages": pages,
        "asked": " ".join(each.key for each in path.questions),
        "path": path,
        "moved": press.choice,
        "whole": len(questionnaire.questions),
        "missing": len(missing),
    }
    return render(request, "consultation/walk.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def condition(request: HttpRequest, slug: str, noun: str, pk: int) -> HttpResponse:
    """When a page or a question is asked: its parts, a row each; one more by choosing what it is about, then how."""
    consultation, place = _place(request, slug, noun, pk)
    questionnaire = written(place.version)
    subjects = subjects_of(questionnaire, FACTS)
    earlier = {each.key for each in earlier_than(questionnaire, place.key, page=isinstance(place, Page))}
    on_offer = [each for each in subjects.values() if each.about == "fact" or each.key in earlier]
    subject = _chosen(request, on_offer)
    join, parts = parts_of(_kept(place))
    form = ClauseForm(request.POST or None, subject=subject) if subject else None
    if request.method == "POST" and form and form.is_valid():
        if _change(request, place, joined(join, [*parts, form.clause])):
            messages.success(request, "Saved.")
        return redirect("consultation:condition", slug, noun, pk)
    shown = {
        "consultation": consultation,
        "place": place,
        "noun": noun,
        "join": join,
        "seen": _seen(place),
        "parts": [in_words(part, subjects) for part in parts],
        "told": in_words(condition_of(place.when), subjects) if place.when else "",
        "facts": [each for each in on_offer if each.about == "fact"],
        "questions": [each for each in on_offer if each.about == "question"],
        "subject": subject,
        "form": form,
    }
    return render(request, "consultation/condition.html", shown)


@login_required
@require_POST
def joining(request: HttpRequest, slug: str, noun: str, pk: int) -> HttpResponse:
    """All of the parts, or any one of them."""
    _, place = _place(request, slug, noun, pk)
    join = request.POST.get("join")
    if join not in {"all", "any"}:
        raise Http404("no such way to join")
    _, parts = parts_of(_kept(place))
    _change(request, place, joined(cast("Join", join), parts))
    return redirect("consultation:condition", slug, noun, pk)


@login_required
@require_POST
def remove_part(request: HttpRequest, slug: str, noun: str, pk: int, number: int) -> HttpResponse:
    """Take one part out, counted from 1."""
    _, place = _place(request, slug, noun, pk)
    join, parts = parts_of(_kept(place))
    if not 1 <= number <= len(parts) and not _is_overtaken(request, place):
        raise Http404("no such part")
    rest = [*parts[: number - 1], *parts[number:]]
    if _change(request, place, joined(join, rest)):
        messages.success(request, "Taken out.")
    return redirect("consultation:condition", slug, noun, pk)


def _change(request: HttpRequest, place: Page | Question, condition: Condition | None) -> bool:
    """Unless another changed it since the page was drawn: then nothing changes, and the page says so, with what stands there."""
    if not _is_overtaken(request, place):
        with suppress(ChangedMeanwhile):
            set_condition(place, condition, as_seen=state_of(place), by=signed_in(request), at=timezone.now())
            return True
    messages.warning(
        request, "Somebody, or you in another window, changed this since you opened it. Look at what stands there now."
    )
    return False


def _is_overtaken(request: HttpRequest, place: Page | Question) -> bool:
    return request.POST.get("seen", _seen(place)) != _seen(place)


def _seen(place: Page | Question) -> str:
    return hashlib.sha256(json.dumps(place.when, sort_keys=True).encode()).hexdigest()[:16]


def _place(request: HttpRequest, slug: str, noun: str, pk: int) -> tuple[Consultation, Page | Question]:
    consultation, user = load_for_organiser(request, slug)
    can_write_questions(user, consultation, timezone.now()).enforce()
    if noun not in {"pages", "questions"}:
        raise Http404("no such part")
    place: Any = get_object_or_404(ROWS[noun](consultation).select_related("version"), pk=pk)
    return consultation, place


def _kept(place: Page | Question) -> Condition | None:
    return condition_of(place.when) if place.when else None


def _chosen(request: HttpRequest, on_offer: list[Subject]) -> Subject | None:
    about = request.POST.get("about") or request.GET.get("about", "")
    return next((each for each in on_offer if f"{each.about}:{each.key}" == about), None)
