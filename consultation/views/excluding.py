"""Responses that are left out of the counts: asked for by one organiser, agreed to by another."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
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
    consultation, user = load_for_organiser(request, slug)
    actions.agree_to_exclude(_one(consultation, handle), by=user, at=timezone.now())
    messages.success(request, "It is not counted.")
    return redirect("consultation:exclusions", slug)


@login_required
@require_POST
def end(request: HttpRequest, slug: str, handle: UUID) -> HttpResponse:
    """Counted again."""
    consultation, user = load_for_organiser(request, slug)
    actions.count_again(_one(consultation, handle), by=user, at=timezone.now())
    messages.success(request, "It is counted.")
    return redirect("consultation:exclusions", slug)


def _one(consultation: Consultation, handle: UUID) -> Exclusion:
    """By its handle: a number would tell which of two responses came first, a reference which receipt is theirs."""
    rows = Exclusion.objects.select_related("response").filter(response__consultation=consultation)
    return get_object_or_404(rows, handle=handle)
