"""A second person's review of a draft."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from common.errors import DomainError
from common.markdown import as_html
from consultation.actions.reviewing import approve_draft, ask_for_changes, ask_for_review, take_back_review
from consultation.models import Consultation, Option
from consultation.models.option import FACTS
from consultation.permissions import can_ask_for_review, can_review, can_take_back_review
from consultation.readers.audience import audience_of, in_a_sentence
from consultation.readers.paths import asked_when
from consultation.readers.preflight import preflight
from consultation.readers.questionnaires import questionnaire_of
from consultation.readers.readiness import gaps_before_opening
from consultation.readers.reviewing import reviews_of, text_digest
from consultation.step_forms import ReviewForm
from consultation.views.loading import load_for_organiser, to_its_page


@login_required
@require_safe
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """The text as it will be put to the members, and what the second person says to it."""
    consultation, user = load_for_organiser(request, slug)
    return _show(request, consultation, user, ReviewForm())


@login_required
@require_POST
@to_its_page
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    consultation, user = load_for_organiser(request, slug)
    try:
        ask_for_review(consultation, by=user, at=timezone.now())
    except DomainError as problem:
        messages.error(request, str(problem))
        return redirect("consultation:review", slug)
    messages.success(request, "The other organisers and the directors are told that it waits for a review.")
    return redirect("consultation:detail", slug)


@login_required
@require_POST
@to_its_page
def approve(request: HttpRequest, slug: str) -> HttpResponse:
    consultation, user = load_for_organiser(request, slug)
    try:
        approve_draft(consultation, digest=request.POST.get("digest", ""), by=user, at=timezone.now())
    except DomainError as problem:
        messages.error(request, str(problem))
        return redirect("consultation:review", slug)
    messages.success(request, "You approved this very text. It can be scheduled or opened now.")
    return redirect("consultation:detail", slug)


@login_required
@require_POST
@to_its_page
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    consultation, user = load_for_organiser(request, slug)
    can_review(user, consultation).enforce()
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _show(request, consultation, user, form)
    ask_for_changes(consultation, by=user, at=timezone.now(), **form.cleaned_data)
    messages.success(request, "Its author is told, and goes on writing.")
    return redirect("consultation:detail", slug)


@login_required
@require_POST
@to_its_page
def end(request: HttpRequest, slug: str) -> HttpResponse:
    """Go on writing instead."""
    consultation, user = load_for_organiser(request, slug)
    take_back_review(consultation, by=user, at=timezone.now())
    messages.success(request, "It is a draft again.")
    return redirect("consultation:edit", slug)


@login_required
@require_safe
def list_before_opening(request: HttpRequest, slug: str) -> HttpResponse:
    """What holds and what does not, each with its place."""
    consultation, _ = load_for_organiser(request, slug)
    lines = preflight(consultation, at=timezone.now()) if consultation.opened_at is None else []
    shown = {
        "consultation": consultation,
        "lines": lines,
        "stops": [line for line in lines if line.must and not line.holds],
        "better": [line for line in lines if not line.must and not line.holds],
        "fine": [line for line in lines if line.holds],
    }
    return render(request, "consultation/preflight.html", shown)


def _show(request: HttpRequest, consultation: Consultation, user: User, form: ReviewForm) -> HttpResponse:
    shown = {
        "consultation": consultation,
        "form": form,
        "gaps": gaps_before_opening(consultation, at=timezone.now()) if consultation.opened_at is None else [],
        "may_ask": can_ask_for_review(user, consultation),
        "may_review": can_review(user, consultation),
        "may_take_back": can_take_back_review(user, consultation),
        "digest": text_digest(consultation),
        "background": as_html(consultation.background_html),
        "effects": as_html(consultation.effects_html),
        "options": [_with_facts(option) for option in consultation.options.all()],
        "invited": list(consultation.invited.values_list("user__display_name", flat=True).order_by("user__display_name", "pk")),
        "discarded": list(consultation.discarded.all()),
        "documents": list(consultation.documents.all()),
        "pages": asked_when(questionnaire_of(consultation.versions.earliest("number"))),
        "sentence": in_a_sentence(audience_of(consultation)),
        "reviews": reviews_of(consultation),
        "now": timezone.now(),
    }
    return render(request, "consultation/review.html", shown)


def _with_facts(option: Option) -> dict[str, object]:
    """Those that are stated, in the order in which they are compared."""
    told = [(label, getattr(option, name)) for name, label in FACTS.items() if getattr(option, name)]
    return {"letter": option.letter, "name": option.name, "summary": option.summary, "told": told}
