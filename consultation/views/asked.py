"""What people ask about a consultation, and corrections of its page."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from consultation.actions.asked import (
    answer_frequent_question,
    correct_consultation,
    move_frequent_question,
    remove_frequent_question,
)
from consultation.models import FrequentQuestion
from consultation.ordering import Direction
from consultation.overtaken_form import unsaved
from consultation.permissions import can_correct
from consultation.step_forms import CorrectionForm, FrequentQuestionForm
from consultation.views.loading import done, load_for_organiser


@login_required
@require_http_methods(["GET", "POST"])
def new_faq(request: HttpRequest, slug: str) -> HttpResponse:
    consultation, user = load_for_organiser(request, slug)
    can_correct(user, consultation).enforce()
    now = timezone.now()
    form = unsaved(
        FrequentQuestionForm(request.POST or None),
        lambda sent: answer_frequent_question(consultation, by=user, at=now, **sent.cleaned_data),
    )
    if form is None:
        messages.success(request, "The answer is on the page.")
        return redirect("consultation:detail", slug)
    ticks = ("It stands on the page of the consultation, for everybody.", "You can change it, and take it off again.")
    shown = {"consultation": consultation, "form": form, "title": "Answer a frequent question", "verb": "Put it on the page"}
    return render(request, "consultation/step.html", {**shown, "ticks": ticks})


@login_required
@require_http_methods(["GET", "POST"])
def edit_faq(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    consultation, user = load_for_organiser(request, slug)
    can_correct(user, consultation).enforce()
    row = get_object_or_404(FrequentQuestion, consultation=consultation, pk=pk)
    now = timezone.now()
    form = unsaved(
        FrequentQuestionForm(request.POST or None, instance=row),
        lambda sent: answer_frequent_question(
            consultation, instead_of=row, as_seen=sent.as_seen, by=user, at=now, **sent.cleaned_data
        ),
    )
    if form is None:
        messages.success(request, "The new words are on the page.")
        return redirect("consultation:detail", slug)
    shown = {"consultation": consultation, "form": form, "title": "A frequent question", "verb": "Save", "row": row}
    return render(request, "consultation/step.html", shown)


@login_required
@require_POST
def move_faq(request: HttpRequest, slug: str, pk: int, direction: str) -> HttpResponse:
    """Up or down by one."""
    consultation, user = load_for_organiser(request, slug)
    can_correct(user, consultation).enforce()
    if direction not in {"up", "down"}:
        raise Http404("no such move")
    row = get_object_or_404(FrequentQuestion.objects.select_related("consultation"), consultation=consultation, pk=pk)
    move_frequent_question(row, cast("Direction", direction), by=user, at=timezone.now())
    response = redirect(consultation)
    response["Location"] += f"#faq-{row.pk}"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def remove_faq(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    consultation, user = load_for_organiser(request, slug)
    can_correct(user, consultation).enforce()
    row = get_object_or_404(FrequentQuestion.objects.select_related("consultation"), consultation=consultation, pk=pk)
    if request.method == "POST":
        remove_frequent_question(row, by=user, at=timezone.now())
        messages.success(request, "It is off the page.")
        return redirect("consultation:detail", slug)
    shown = {
        "consultation": consultation,
        "title": "Take this question off the page?",
        "verb": "Take it off",
        "lede": row.question,
    }
    return render(request, "consultation/step.html", {**shown, "danger": True})


@login_required
@require_http_methods(["GET", "POST"])
def new_correction(request: HttpRequest, slug: str) -> HttpResponse:
    consultation, user = load_for_organiser(request, slug)
    can_correct(user, consultation).enforce()
    form = CorrectionForm(request.POST or None)
    if done(request, form, lambda: correct_consultation(consultation, by=user, at=timezone.now(), **form.cleaned_data)):
        messages.success(request, "The correction is on the page, with today’s date.")
        return redirect("consultation:detail", slug)
    ticks = ("What members were asked does not change by it.", "It stays for good: nobody can take it out.")
    shown = {
        "consultation": consultation,
        "form": form,
        "title": "Correct something",
        "verb": "Put it on the page",
        "ticks": ticks,
    }
    return render(request, "consultation/step.html", shown)
