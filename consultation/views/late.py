"""Whoever comes too late: that it was not sent, and all that they had begun; or that it had come in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from common.verdicts import Refused
from consultation.actions.holding import ConsultationClosed, let_the_other_request_end
from consultation.readers.answers import Paper, lines_of
from consultation.views.loading import Place, place_of
from consultation.views.papers import paper_for, with_key


def kept_when_late(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Around a page of answering: whoever comes too late there reads what they had begun."""

    @wraps(view)
    def asked(request: HttpRequest, slug: str, *, seat: str = "", **told: Any) -> HttpResponse:
        try:
            return view(request, slug, seat=seat, **told)
        except (Refused, ConsultationClosed) as refusal:
            return _too_late(request, place_of(request, slug, seat), refusal)

    return asked


def led_to_what_came_in(
    *, still_to_send: Callable[[Paper], bool]
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Around a page whose button sends. A connection may break after an answer was taken and before its sender was told; whoever
    then presses again, when answers are taken no more, is led to the receipt and not told that nothing was sent. `still_to_send`:
    whether, by what is kept, the button has something left to do."""

    def around(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def asked(request: HttpRequest, slug: str, *, seat: str = "", **told: Any) -> HttpResponse:
            try:
                return view(request, slug, seat=seat, **told)
            except (Refused, ConsultationClosed):
                place = place_of(request, slug, seat)
                if request.method != "POST" or place.consultation.opened_at is None:
                    raise
                let_the_other_request_end(place.consultation, by=place.writer)
                paper = paper_for(request, place)
                if paper.response is None or still_to_send(paper):
                    raise
                return redirect(f"{place.base}receipt/")

        return asked

    return around


def _too_late(request: HttpRequest, place: Place, refusal: Refused | ConsultationClosed) -> HttpResponse:
    """After the close, to who has begun something: 403 where it was to be sent or kept. Raises `refusal` for everybody else."""
    consultation, now = place.consultation, timezone.now()
    if consultation.opened_at is None or consultation.keeps_drafts_at(now):
        raise refusal
    paper = paper_for(request, place)
    if paper.draft is None:
        raise refusal
    shown = {
        "consultation": consultation,
        "place": place,
        "paper": paper,
        "lines": lines_of(paper),
        "why": str(refusal),
        "now": now,
    }
    told = render(request, "consultation/too_late.html", shown, status=200 if request.method == "GET" else 403)
    return with_key(request, consultation, told)
