"""The steps of a consultation's life. Each has a page that says what will happen before it does."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from common.clock import london_day
from consultation.actions.opening import extend_consultation, open_consultation
from consultation.actions.publishing import publish_results, tell_outcome
from consultation.actions.withdrawing import withdraw_consultation
from consultation.forms import ExtendForm, OpenForm, OutcomeForm, WithdrawForm
from consultation.models import Consultation
from consultation.overtaken_form import unsaved
from consultation.permissions import (
    can_extend,
    can_open,
    can_organise_before_opening,
    can_publish,
    can_tell_outcome,
    can_withdraw,
)
from consultation.readers.answered import how_many_count
from consultation.readers.audience import audience_of, count_entitled, in_a_sentence
from consultation.readers.readiness import gaps_before_opening
from consultation.views.loading import done, load_for_organiser, to_its_page
from forum.models import Category


@login_required
@require_http_methods(["GET", "POST"])
@to_its_page
def open_it(request: HttpRequest, slug: str) -> HttpResponse:
    """Put it to the members."""
    consultation, user = load_for_organiser(request, slug)
    now = timezone.now()
    can_organise_before_opening(user, consultation).enforce()
    may = can_open(user, consultation)
    categories = Category.objects.visible_to(user).in_order()
    form = OpenForm(request.POST or None, at=now, days=consultation.days, categories=categories)
    gaps = gaps_before_opening(consultation, at=now)
    if request.method == "POST":
        may.enforce()
    if not gaps and done(request, form, lambda: open_consultation(consultation, by=user, at=now, **form.cleaned_data)):
        messages.success(request, "It is open. Its discussion topic is open too.")
        return redirect("consultation:detail", slug)
    shown = {"form": form, "consultation": consultation, "gaps": gaps, "may": may, **_who(consultation, now)}
    return render(request, "consultation/open.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
@to_its_page
def extend(request: HttpRequest, slug: str) -> HttpResponse:
    """Give more time."""
    consultation, user = load_for_organiser(request, slug)
    now = timezone.now()
    can_extend(user, consultation, now).enforce()
    assert consultation.closes_at is not None
    form = ExtendForm(request.POST or None, last=london_day(consultation.closes_at))
    if done(request, form, lambda: extend_consultation(consultation, by=user, at=now, **form.cleaned_data)):
        messages.success(request, "Members have more time.")
        return redirect("consultation:detail", slug)
    shown = {"form": form, "consultation": consultation, "title": "Give more time", "verb": "Extend it"}
    return render(request, "consultation/form.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
@to_its_page
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take it back, with a reason for everybody."""
    consultation, user = load_for_organiser(request, slug)
    can_withdraw(user, consultation).enforce()
    form = WithdrawForm(request.POST or None)
    if done(request, form, lambda: withdraw_consultation(consultation, by=user, at=timezone.now(), **form.cleaned_data)):
        messages.success(request, "It is withdrawn. The reason stands on its page.")
        return redirect("consultation:detail", slug)
    return render(request, "consultation/withdraw.html", {"form": form, "consultation": consultation})


@login_required
@require_http_methods(["GET", "POST"])
@to_its_page
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Count, and show everybody at once."""
    consultation, user = load_for_organiser(request, slug)
    now = timezone.now()
    can_publish(user, consultation, now).enforce()
    if request.method == "POST":
        publish_results(consultation, by=user, at=now)
        messages.success(request, "The results are published. Now say what was decided because of them.")
        return redirect("consultation:results", slug)
    answered = how_many_count(consultation)
    return render(request, "consultation/publish.html", {"consultation": consultation, "answered": answered})


@login_required
@require_http_methods(["GET", "POST"])
@to_its_page
def outcome(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what was decided, and what became of each option."""
    consultation, user = load_for_organiser(request, slug)
    can_tell_outcome(user, consultation).enforce()
    now = timezone.now()
    form = unsaved(
        OutcomeForm(request.POST or None, instance=consultation),
        lambda sent: tell_outcome(
            consultation, outcome=sent.cleaned_data["outcome"], fates=sent.fates, as_seen=sent.as_seen, by=user, at=now
        ),
    )
    if form is None:
        messages.success(request, "The outcome is on the page.")
        return redirect("consultation:results", slug)
    shown = {"form": form, "consultation": consultation, "title": "What was decided", "verb": "Publish the outcome"}
    return render(request, "consultation/form.html", shown)


def _who(consultation: Consultation, at: datetime) -> dict[str, object]:
    audience = audience_of(consultation)
    return {"sentence": in_a_sentence(audience), "number": count_entitled(audience, at=at)}
