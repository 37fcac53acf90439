"""Whoever comes too late: that it was not sent, and all that they had begun."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from common.errors import DomainError
from common.verdicts import Refused
from consultation.readers.answers import lines_of
from consultation.views.loading import Place
from consultation.views.papers import paper_for, with_key


def too_late(request: HttpRequest, place: Place, refusal: Refused | DomainError) -> HttpResponse:
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
