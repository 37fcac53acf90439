"""A member and their pseudonyms."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from forum.readers.personas import answers_to_pseudonyms, own_personas, pseudonyms_are_offered


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What a pseudonym protects, and what it does not: for everybody."""
    return render(request, "forum/persona_about.html", {"is_offered": pseudonyms_are_offered()})


@login_required
@require_safe
def pseudonyms(request: HttpRequest) -> HttpResponse:
    """The reader's own, in every topic: for them alone, and computed for this page."""
    now = timezone.now()
    rows = own_personas(cast("User", request.user), at=now)
    told = {"rows": rows, "answers": sum(row.answers for row in rows), "now": now}
    return render(request, "forum/pseudonyms.html", told)


@login_required
@require_safe
def pseudonym_answers(request: HttpRequest) -> HttpResponse:
    """How many answers to their pseudonyms the reader has not read: a number beside the link under the bell, worked out for this
    look and kept nowhere."""
    response = render(request, "forum/_pseudonym_answers.html", {"answers": answers_to_pseudonyms(cast("User", request.user))})
    response["Cache-Control"] = "no-store"
    return response
