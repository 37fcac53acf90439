"""What waits for a moderator, and one case of it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import DomainError
from common.markdown import as_html
from common.paging import BadCursor
from forum.readers.polls import asked_in
from moderation import permissions
from moderation.actions.claiming import claim_case, release_case
from moderation.actions.deciding import acts_for, decide_case
from moderation.actions.reversing import reverse_decision
from moderation.forms import DecisionForm, ReversalForm
from moderation.models import Case
from moderation.readers import answered_by, case_rows, history_of, reports_in, waiting_count
from moderation.subjects import place_of_case, subject_of
from moderation.views.loading import case_or_404

_TABS = {"open": "Open", "mine": "In your hands", "decided": "Decided"}


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    permissions.can_see_queue(request.user).enforce()
    which, before, now = request.GET.get("show", "open"), request.GET.get("before", ""), timezone.now()
    if which not in _TABS:
        raise Http404
    try:
        page = case_rows(request.user, which=which, before=before, at=now)
    except BadCursor as error:
        raise Http404 from error
    waiting = waiting_count(request.user)
    context = {
        "rows": page.rows,
        "which": which,
        "tabs": [
            {"url": _address(name), "text": words, "here": name == which, "count": waiting if name == "open" else 0}
            for name, words in _TABS.items()
        ],
        "older_url": f"?show={which}&before={page.older}" if page.older else "",
        "newer_url": _address(which) if before else "",
        "may_keep_words": permissions.can_keep_words(request.user),
        "now": now,
    }
    return render(request, "moderation/queue.html", context)


@login_required
@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """The thing with what stands around it, what was there before, and the form that ends it."""
    found = case_or_404(request, pk)
    return render(request, "moderation/case.html", _around(request, found, None))


@login_required
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    found, now = case_or_404(request, pk), timezone.now()
    permissions.can_work_on(request.user, found).enforce()
    if request.method == "GET":
        return redirect("moderation:case", pk)
    form = DecisionForm(request.POST, acts=acts_for(request.user, found), at=now)  # type: ignore[arg-type]
    if form.is_valid():
        told = form.cleaned_data
        try:
            decide_case(
                found,
                by=request.user,  # type: ignore[arg-type]
                acts=told["acts"],
                reason=told["reason"],
                note=told["note"],
                ends_at=form.ends_at,
                at=now,
            )
        except DomainError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "Decided. Whoever is concerned, and whoever reported it, is told.")
            return redirect("moderation:case", pk)
    return render(request, "moderation/case.html", _around(request, case_or_404(request, pk), form))


@login_required
@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it in hand; with `take_over` out of somebody else's."""
    found = case_or_404(request, pk)
    take_over = "take_over" in request.POST
    claim_case(found, by=request.user, at=timezone.now(), take_over=take_over)  # type: ignore[arg-type]
    return redirect("moderation:case", pk)


@login_required
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    release_case(case_or_404(request, pk), by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return redirect("moderation:case", pk)


@login_required
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, then take a decision back."""
    found = case_or_404(request, pk)
    permissions.can_work_on(request.user, found).enforce()
    if found.is_open or not found.decision.can_be_reversed:
        return redirect("moderation:case", pk)
    form = ReversalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reverse_decision(found, by=request.user, reason=form.cleaned_data["reason"], at=timezone.now())  # type: ignore[arg-type]
        except DomainError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "Taken back. The person concerned is told.")
            return redirect("moderation:case", pk)
    context = {"form": form, "case": found, "subject": subject_of(found), "decision": found.decision}
    return render(request, "moderation/reverse.html", context)


def _address(which: str) -> str:
    queue_url = reverse("moderation:queue")
    return queue_url if which == "open" else f"{queue_url}?show={which}"


def _around(request: HttpRequest, found: Case, form: DecisionForm | None) -> dict[str, Any]:
    now = timezone.now()
    may_work = permissions.can_work_on(request.user, found)
    taken = found.is_open and found.claimed_by_another(request.user.pk, now)
    if form is None and found.is_open and may_work and not taken:
        form = DecisionForm(acts=acts_for(request.user, found), at=now)  # type: ignore[arg-type]
    answered = answered_by(found.post, request.user) if found.post else None
    html = found.post.html if found.post else found.first_html  # type: ignore[attr-defined]
    return {
        "case": found,
        "subject": subject_of(found),
        "place": place_of_case(found),
        "html": as_html(html) if html and found.topic_id else "",
        "asked": asked_in(topic=found.topic_id, number=found.post.number if found.post else 1) if found.topic_id else None,
        "answered": answered,
        "answered_html": as_html(answered.html) if answered else "",
        "reports": reports_in(found),
        "history": history_of(found, request.user),
        "decision": None if found.is_open else found.decision,
        "may_work": may_work,
        "taken": taken,
        "is_mine": found.is_open and found.claimed_by_id == request.user.pk and not taken and _is_live(found, now),
        "form": form if found.is_open else None,
        "decide_url": reverse("moderation:decide", args=[found.pk]),
        "now": now,
    }


def _is_live(found: Case, now: Any) -> bool:
    return found.claimed_until is not None and found.claimed_until > now
