"""Files as an answer: added and taken away on a page of their own, given out to whom they belong and, after the close, to
organisers."""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import DomainError
from common.filekinds import ACCEPTED, FILE_ENDINGS
from common.problems import Problem, headline
from consultation.actions.files import add_answer_file, remove_answer_file
from consultation.models import AnswerFile, EntrySource
from consultation.permissions import can_fill_in, can_read_answers
from consultation.questionnaire import Sheet
from consultation.readers.answers import Paper, paper_of
from consultation.readers.files import answer_file_for, files_given, files_left_today
from consultation.views.loading import Place, at_a_place, load, load_for_organiser, place_of
from questions.definitions import Definition
from questions.files import MOST
from questions.kinds import kind_of

_MOST_READ: Final = settings.FILE_MAX_MB * 1_000_000 + 1

_FEW: Final = 5
"""From here on a member is told how many more files they can add today."""


@at_a_place
@require_http_methods(["GET", "POST"])
def answer_files(request: HttpRequest, slug: str, key: str, seat: str = "") -> HttpResponse:
    """What was added to one question, and more of it."""
    place, paper, sheet, asked = _asked(request, slug, key, seat)
    consultation, writer = place.consultation, place.writer
    if request.method == "GET":
        return _show(request, place, paper, sheet, asked)
    problems, added = [], 0
    for sent in request.FILES.getlist("files")[: MOST + 1]:
        try:
            name, data = sent.name or "file", sent.read(_MOST_READ)
            add_answer_file(consultation, asked, name=name, data=data, by=writer, at=timezone.now())
            added += 1
        except DomainError as problem:
            problems.append(str(problem))
    if not added and not problems:
        problems = ["Choose a file first."]
    if problems:
        return _show(request, place, paper_of(writer, consultation), sheet, asked, problems)
    messages.success(request, "Your file is added." if added == 1 else f"Your {added} files are added.")
    return redirect(f"{place.base}files/{key}/")


@at_a_place
@require_POST
def remove_file(request: HttpRequest, slug: str, key: str, pk: UUID, seat: str = "") -> HttpResponse:
    """Take one of one's own away."""
    place, _, _, asked = _asked(request, slug, key, seat)
    remove_answer_file(place.consultation, asked, file=pk, by=place.writer, at=timezone.now())
    messages.success(request, "The file is taken away.")
    return redirect(f"{place.base}files/{key}/")


@require_safe
def file(request: HttpRequest, slug: str, pk: UUID, seat: str = "") -> HttpResponseBase:
    """A file, downloaded and never shown in place."""
    writer = place_of(request, slug, seat).writer if seat else request.user
    found = answer_file_for(writer, load(request, slug), pk)
    if found is None:
        raise Http404
    return handed_out(found)


def handed_out(found: AnswerFile | EntrySource) -> HttpResponseBase:
    """Downloaded, kept by nobody in between. 404 where the storage has it not."""
    try:
        content = storages["attachments"].open(found.stored)
    except FileNotFoundError as error:
        raise Http404 from error
    except OSError:
        away = HttpResponse("Files cannot be read at the moment.", status=503, content_type="text/plain")
        away["Retry-After"] = "60"
        return away
    name = f"{found.name.rpartition('.')[0] or found.name}.{'webp' if found.kind == 'picture' else found.kind}"
    answer = FileResponse(content, as_attachment=True, filename=name, content_type=found.content_type)
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex"
    return answer


@login_required
@require_safe
def given_files(request: HttpRequest, slug: str) -> HttpResponse:
    """What came as files, for organisers, after the close."""
    consultation, user = load_for_organiser(request, slug)
    can_read_answers(user, consultation).enforce()
    return render(request, "consultation/given_files.html", {"consultation": consultation, "given": files_given(consultation)})


def _asked(request: HttpRequest, slug: str, key: str, seat: str) -> tuple[Place, Paper, Sheet, Definition]:
    place = place_of(request, slug, seat)
    can_fill_in(place.writer, place.consultation, timezone.now()).enforce()
    paper = paper_of(place.writer, place.consultation)
    for sheet, asked in paper.questionnaire.placed():
        if asked.key == key and kind_of(asked).stores_files:
            return place, paper, sheet, asked
    raise Http404("no such question")


def _show(
    request: HttpRequest,
    place: Place,
    paper: Paper,
    sheet: Sheet,
    asked: Definition,
    problems: list[str] | None = None,
) -> HttpResponse:
    now = timezone.now()
    told: dict[str, Any] = {
        "consultation": place.consultation,
        "place": place,
        "paper": paper,
        "sheet": sheet,
        "pages": len(paper.questionnaire.sheets),
        "asked": asked,
        "values": kind_of(asked).control(asked, paper.given.get(asked.key)),
        "problems": [Problem(problem, "id_files") for problem in problems or []],
        "headline": headline(len(problems or [])),
        "accepted": ACCEPTED,
        "endings": ",".join(FILE_ENDINGS),
        "most_mb": settings.FILE_MAX_MB,
        "is_scanned": bool(settings.FILE_SCANNER),
        "left_today": left if (left := files_left_today(place.consultation, by=place.writer, at=now)) <= _FEW else None,
        "now": now,
    }
    return render(request, "consultation/files.html", told)
