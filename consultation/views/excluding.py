"""Responses that are left out of the counts: asked for by one organiser, agreed to by another."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from consultation.actions import excluding as actions
from consultation.forms import ExclusionForm
from consultation.models import Consultation, Exclusion
from consultation.permissions import can_exclude
from consultation.readers.excluding import exclusions_of, response_named
from consultation.readers.holders import is_confidential
from consultation.views.loading import load_for_organiser


@login_required
@require_http_methods(["GET", "POST"])
def exclusions(request: HttpRequest, slug: str) -> HttpResponse:
    """Those there are, and one more."""
    consultation, user = load_for_organiser(request, slug)
    may = can_exclude(user, consultation)
    may.enforce()
    confidential = is_confidential(consultation)
    form = ExclusionForm(request.POST or None, confidential=confidential)
    if request.method == "POST" and form.is_valid():
        response = response_named(consultation, form.cleaned_data["whose"])
        if response is None:
            form.add_error("whose", "No answer that counts has this reference" + ("" if confidential else " or is this member’s"))
        else:
            try:
                actions.ask_to_exclude(response, reason=form.cleaned_data["reason"], by=user, at=timezone.now())
            except DomainError as problem:
                form.add_error("whose", str(problem))
            else:
                messages.success(request, "It waits for a second organiser or director; until then it counts.")
                return redirect("consultation:exclusions", slug)
    shown = {"consultation": consultation, "form": form, "listed": exclusions_of(consultation, user), "now": timezone.now()}
    return render(request, "consultation/exclusions.html", shown)


@login_required
@require_POST
def agree(request: HttpRequest, slug: str, handle: UUID) -> HttpResponse:
    """The second person."""
    return _decide(request, slug, handle, actions.agree_to_exclude, "It is not counted.")


@login_required
@require_POST
def end(request: HttpRequest, slug: str, handle: UUID) -> HttpResponse:
    """Counted again."""
    return _decide(request, slug, handle, actions.count_again, "It is counted.")


def _decide(request: HttpRequest, slug: str, handle: UUID, step: Callable[..., object], done: str) -> HttpResponse:
    """Back to the list, which says so where another decided meanwhile."""
    consultation, user = load_for_organiser(request, slug)
    can_exclude(user, consultation).enforce()
    try:
        step(_one(consultation, handle), by=user, at=timezone.now())
    except actions.ExclusionGone as gone:
        messages.warning(request, str(gone))
    else:
        messages.success(request, done)
    return redirect("consultation:exclusions", slug)


def _one(consultation: Consultation, handle: UUID) -> Exclusion:
    """By its handle: a number would tell which of two responses came first, a reference which receipt is theirs."""
    rows = Exclusion.objects.select_related("response").filter(response__consultation=consultation)
    exclusion: Exclusion | None = rows.filter(handle=handle).first()
    if exclusion is None:
        raise actions.ExclusionGone("It was decided about meanwhile: the answer is counted.")
    return exclusion
