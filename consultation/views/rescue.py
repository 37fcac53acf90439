"""What was typed on a page of answering when it could not be kept: the session had ended, or the form had gone stale. It is
handed back to the browser that sent it, and is written nowhere."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from consultation.readers.answers import words_of
from consultation.readers.questionnaires import questionnaire_of, version_asked, version_shown
from consultation.readers.seats import PUBLIC_SEAT
from consultation.requests import read_sheet, version_in
from consultation.views.loading import Place, is_guest_known, load

KEPT: Final = "plenary_answers_kept"
"""The cookie by which the page's script learns which of its sendings was kept."""
_NOT_TYPED: Final = {"csrfmiddlewaretoken", "go", "move", "writer", "sequence"}
_STAMP: Final = re.compile(r"[0-9a-f]{1,32}", re.ASCII)


def nothing_typed_is_lost(
    *, again: Callable[..., HttpResponse]
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Around a page of questions: who sends it without being known any more gets back what they typed, to sign in beside it and
    send it again. A form that had gone stale, sent from this site, is shown by `again` with what was typed."""

    def around(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def asked(request: HttpRequest, slug: str, *, number: int, seat: str = "") -> HttpResponse:
            if _is_in_vain(request, slug, seat):
                return hand_back(request, slug, number=number, seat=seat)
            return view(request, slug, number=number, seat=seat)

        def when_stale(request: HttpRequest, slug: str, *, number: int, seat: str = "") -> HttpResponse:
            if _is_in_vain(request, slug, seat):
                return hand_back(request, slug, number=number, seat=seat)
            return again(request, slug, number=number, seat=seat)

        asked.when_stale = when_stale  # type: ignore[attr-defined]
        return asked

    return around


def hand_back(request: HttpRequest, slug: str, *, number: int, seat: str) -> HttpResponse:
    """403: not kept. 404 where there is no such consultation or page."""
    consultation = load(request, slug)
    version = version_shown(consultation, version_in(request.POST), otherwise=version_asked(consultation.pk))
    sheet = questionnaire_of(version).sheet(number)
    given = read_sheet(sheet, request.POST) if sheet is not None else {}
    shown = {
        "consultation": consultation,
        "lines": [(asked, words_of(asked, given[asked.key])) for asked in sheet.questions if given.get(asked.key)]
        if sheet
        else [],
        "fields": _fields(request.POST),
        "is_guest": seat == PUBLIC_SEAT,
        "is_known": request.user.is_authenticated,
    }
    response = render(request, "consultation/again.html", shown, status=403)
    response["Cache-Control"] = "private, no-store"
    return response


def with_kept(request: HttpRequest, place: Place, response: HttpResponse) -> HttpResponse:
    """Tells the page's script that this sending of it was kept: what it holds back for the case that it was not may go."""
    writer, sequence = request.POST.get("writer", ""), request.POST.get("sequence", "")
    if _STAMP.fullmatch(writer) and _STAMP.fullmatch(sequence):
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(KEPT, f"{writer}.{sequence}", path=place.base, secure=secure, samesite="Strict")
    return response


def _is_in_vain(request: HttpRequest, slug: str, seat: str) -> bool:
    """Something was typed, and nobody is known any more to keep it for."""
    if request.method != "POST" or not any(name.startswith("q-") for name, _ in _fields(request.POST)):
        return False
    return not is_guest_known(request, load(request, slug)) if seat == PUBLIC_SEAT else not request.user.is_authenticated


def _fields(posted: QueryDict) -> list[tuple[str, str]]:
    return [(name, value) for name, values in posted.lists() if name not in _NOT_TYPED for value in values]
