"""A new version of what is asked, while it is open: what it changes, who approves it, and putting it to the members."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from common.errors import DomainError
from common.verdicts import Refused
from consultation.actions import versions as actions
from consultation.actions.publishing_versions import publish_version
from consultation.models import Consultation, Version
from consultation.permissions import (
    can_ask_for_version_review,
    can_change_questions,
    can_publish_version,
    can_review_version,
)
from consultation.readers.paths import asked_when
from consultation.readers.questionnaires import current_version, questionnaire_of
from consultation.readers.readiness import gaps_in_version
from consultation.readers.versions import changes_of, version_digest, version_review, version_reviews, written_version
from consultation.step_forms import MaterialityForm, ReviewForm
from consultation.views.loading import load_for_organiser, to_its_page


@login_required
@require_safe
def version(request: HttpRequest, slug: str) -> HttpResponse:
    """What the new version changes and where it stands; where there is none, what it would mean to start one."""
    consultation, user = load_for_organiser(request, slug)
    return _show(request, consultation, user)


@login_required
@require_POST
@to_its_page
def start(request: HttpRequest, slug: str) -> HttpResponse:
    consultation, user = load_for_organiser(request, slug)
    try:
        actions.start_version(consultation, by=user, at=timezone.now())
    except DomainError as problem:
        messages.error(request, str(problem))
        return redirect("consultation:version", slug)
    messages.success(
        request, "The new version is there, a copy of what is asked. Members see nothing of it until it is published."
    )
    return redirect("consultation:edit", slug)


@login_required
@require_http_methods(["GET", "POST"])
@to_its_page
def discard(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks first; what is gone is gone."""
    consultation, user = load_for_organiser(request, slug)
    can_change_questions(user, consultation, timezone.now()).enforce()
    written = _written(consultation)
    if request.method == "POST":
        actions.discard_version(consultation, by=user, at=timezone.now())
        messages.success(request, "The new version is thrown away. What is asked stays as it is.")
        return redirect("consultation:detail", slug)
    shown = {
        "consultation": consultation,
        "title": f"Throw version {written.number} away?",
        "verb": "Throw it away",
        "ticks": ("What members are asked now stays as it is.", "Everything that was changed in the new version is lost."),
        "danger": True,
    }
    return render(request, "consultation/step.html", shown)


@login_required
@require_POST
@to_its_page
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    consultation, user = load_for_organiser(request, slug)
    form = MaterialityForm(request.POST)
    if not form.is_valid():
        return _show(request, consultation, user, form=form)
    try:
        actions.ask_for_version_review(consultation, by=user, at=timezone.now(), **form.cleaned_data)
    except actions.MoreThanASlip as problem:
        form.add_error("materiality", str(problem))
        return _show(request, consultation, user, form=form)
    except DomainError as problem:
        form.add_error(None, str(problem))
        return _show(request, consultation, user, form=form)
    messages.success(request, "The other organisers and the directors are told that it waits for a review.")
    return redirect("consultation:version", slug)


@login_required
@require_POST
@to_its_page
def approve(request: HttpRequest, slug: str) -> HttpResponse:
    consultation, user = load_for_organiser(request, slug)
    try:
        actions.approve_version(consultation, digest=request.POST.get("digest", ""), by=user, at=timezone.now())
    except DomainError as problem:
        messages.error(request, str(problem))
        return redirect("consultation:version", slug)
    messages.success(request, "You approved this very change. It can be put to the members now.")
    return redirect("consultation:version", slug)


@login_required
@require_POST
@to_its_page
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    consultation, user = load_for_organiser(request, slug)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _show(request, consultation, user, refusal=form)
    actions.ask_for_version_changes(consultation, by=user, at=timezone.now(), **form.cleaned_data)
    messages.success(request, "Its author is told, and goes on writing.")
    return redirect("consultation:version", slug)


@login_required
@require_POST
@to_its_page
def end(request: HttpRequest, slug: str) -> HttpResponse:
    """Go on writing instead."""
    consultation, user = load_for_organiser(request, slug)
    actions.take_back_version_review(consultation, by=user, at=timezone.now())
    messages.success(request, "Nobody is asked to review it any more. Go on writing.")
    return redirect("consultation:version", slug)


@login_required
@require_http_methods(["GET", "POST"])
@to_its_page
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Put it to the members, after a page that says what that means."""
    consultation, user = load_for_organiser(request, slug)
    written, now = _written(consultation), timezone.now()
    can_publish_version(user, consultation, version_review(written), now).enforce()
    problem = ""
    if request.method == "POST":
        try:
            publish_version(consultation, by=user, at=now)
        except DomainError as found:
            problem = str(found)
        else:
            messages.success(request, f"Version {written.number} is what is asked now.")
            return redirect("consultation:detail", slug)
    answered = consultation.responses.filter(is_current=True).count()
    shown = {
        "consultation": consultation,
        "problem": problem,
        "title": f"Put version {written.number} to the members",
        "verb": "Publish it",
        "ticks": _what_follows(written, answered),
    }
    return render(request, "consultation/step.html", shown)


def _what_follows(written: Version, answered: int) -> list[str]:
    ticks = [
        "From this moment on it is what is asked. It cannot be changed or taken back; another version can follow.",
        "Whoever has begun goes on with it and loses nothing; what changed is shown beside the questions.",
        "What was changed, how much and why, and who approved it stand on “How this is run” for everybody.",
    ]
    if not written.is_material:
        return [*ticks, "It is a slip of the pen: all answers are counted together."]
    if not answered:
        return [*ticks, "Nobody has answered yet, so nobody has to be asked again."]
    whoever = "The one member who has answered is" if answered == 1 else f"The {answered:,} members who have answered are"
    told = f"{whoever} asked whether their answer stands. Until they say so it counts under the version that they answered."
    return [*ticks, told, "Questions that were changed are counted apart for each version."]


def _written(consultation: Consultation) -> Version:
    written = written_version(consultation)
    if written is None:
        raise Refused("No new version is being written any more: it was put to the members, or thrown away.")
    return written


def _show(
    request: HttpRequest,
    consultation: Consultation,
    user: User,
    *,
    form: MaterialityForm | None = None,
    refusal: ReviewForm | None = None,
) -> HttpResponse:
    now, written = timezone.now(), written_version(consultation)
    if written is None:
        may = can_change_questions(user, consultation, now)
        return render(request, "consultation/version_start.html", {"consultation": consultation, "may": may})
    before, review = current_version(consultation), version_review(written)
    found = changes_of(written, before)
    may_ask = can_ask_for_version_review(user, consultation, review, now)
    initial = {"materiality": written.materiality or ("material" if found.beyond_wording else ""), "reason": written.reason}
    shown = {
        "consultation": consultation,
        "version": written,
        "before": before,
        "changes": found,
        "pages": asked_when(questionnaire_of(written)),
        "gaps": gaps_in_version(written),
        "review": review,
        "reviews": version_reviews(written),
        "may_change": can_change_questions(user, consultation, now),
        "may_ask": may_ask,
        "may_review": can_review_version(user, written, review, now),
        "may_publish": can_publish_version(user, consultation, review, now),
        "form": form or MaterialityForm(initial=initial),
        "refusal": refusal or ReviewForm(),
        "digest": version_digest(written, before),
        "answered": consultation.responses.filter(is_current=True).count(),
        "now": now,
    }
    return render(request, "consultation/version.html", shown)
