"""The steps of a consultation's life that need a note at most. Each has a page that says what will happen before it does."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from consultation.actions.finishing import archive_consultation, begin_analysis, begin_report, follow_up_consultation
from consultation.actions.pausing import pause_consultation, resume_consultation
from consultation.actions.scheduling import put_off_opening, schedule_consultation
from consultation.models import Consultation
from consultation.permissions import (
    can_analyse,
    can_archive,
    can_follow_up,
    can_pause,
    can_put_off,
    can_report,
    can_resume,
    can_schedule,
)
from consultation.readers.holders import is_confidential
from consultation.readers.readiness import Gap, gaps_before_opening
from consultation.step_forms import FollowUpForm, NoteForm, ScheduleForm
from consultation.views.loading import done, load_for_organiser, to_its_page
from forum.models import Category


@login_required
@require_http_methods(["GET", "POST"])
@to_its_page
def schedule(request: HttpRequest, slug: str) -> HttpResponse:
    """Say when it opens."""
    consultation, user = load_for_organiser(request, slug)
    now = timezone.now()
    can_schedule(user, consultation).enforce()
    categories = Category.objects.visible_to(user).in_order()
    form = ScheduleForm(request.POST or None, at=now, days=consultation.days, categories=categories)
    if done(request, form, lambda: schedule_consultation(consultation, by=user, at=now, **form.plan)):
        messages.success(request, "It is scheduled. Everybody can read it now; it opens by itself.")
        return redirect("consultation:detail", slug)
    ticks = (
        "Everybody can read it from now on, and sees when it opens. Answers are taken from then.",
        "It opens by itself, to the minute, and is frozen with the list of who may answer.",
        "Until then you can put it off, or open it at once.",
    )
    gaps = gaps_before_opening(consultation, at=now)
    return _page(request, consultation, form, "Say when it opens", "Schedule the opening", ticks, gaps=gaps)


@login_required
@require_http_methods(["GET", "POST"])
@to_its_page
def put_off(request: HttpRequest, slug: str) -> HttpResponse:
    """Have it open by itself no more."""
    consultation, user = load_for_organiser(request, slug)
    can_put_off(user, consultation).enforce()
    form = NoteForm(request.POST or None, label="Why")
    if done(request, form, lambda: put_off_opening(consultation, reason=form.cleaned_data["note"], by=user, at=timezone.now())):
        messages.success(request, "The opening is put off. Only organisers and directors see it now.")
        return redirect("consultation:detail", slug)
    ticks = ("It does not open by itself any more, and is for organisers and directors only.", "Its text stays approved.")
    return _page(request, consultation, form, "Put the opening off", "Put it off", ticks)


@login_required
@require_http_methods(["GET", "POST"])
@to_its_page
def pause(request: HttpRequest, slug: str) -> HttpResponse:
    """Take no answers for a while."""
    consultation, user = load_for_organiser(request, slug)
    now = timezone.now()
    can_pause(user, consultation, now).enforce()
    form = NoteForm(request.POST or None, label="Why, for everybody to read")
    if done(request, form, lambda: pause_consultation(consultation, by=user, at=now, **form.cleaned_data)):
        messages.success(request, "It is paused. The note stands on its page.")
        return redirect("consultation:detail", slug)
    ticks = (
        "Nobody can send or change an answer until it goes on.",
        "What members have begun is kept, and they may write on.",
        "It closes as many days later as it was paused.",
    )
    return _page(request, consultation, form, "Pause this consultation", "Pause it", ticks, danger=True)


@login_required
@require_http_methods(["GET", "POST"])
@to_its_page
def resume(request: HttpRequest, slug: str) -> HttpResponse:
    """Take answers again."""
    consultation, user = load_for_organiser(request, slug)
    can_resume(user, consultation).enforce()
    form = NoteForm(request.POST or None, label="What has changed, for everybody to read")
    if done(request, form, lambda: resume_consultation(consultation, by=user, at=timezone.now(), **form.cleaned_data)):
        messages.success(request, "It goes on. Members have the days back that it was paused.")
        return redirect("consultation:detail", slug)
    ticks = (
        "Answers are taken again at once.",
        "It closes as many days later as it was paused; a part of a day counts as a day.",
    )
    return _page(request, consultation, form, "Let it go on", "Take answers again", ticks)


@login_required
@require_http_methods(["GET", "POST"])
@to_its_page
def analyse(request: HttpRequest, slug: str) -> HttpResponse:
    consultation, user = load_for_organiser(request, slug)
    now = timezone.now()
    can_analyse(user, consultation, now).enforce()
    form = NoteForm(request.POST or None, label="Why the analysis begins now, for everybody to read")
    if done(request, form, lambda: begin_analysis(consultation, by=user, at=now, **form.cleaned_data)):
        messages.success(request, "Everybody sees that the answers are being read.")
        return redirect("consultation:detail", slug)
    ticks = ("The record says that the answers are being read from now on, and by whose decision.",)
    return _page(request, consultation, form, "Begin the analysis", "Begin it", ticks)


@login_required
@require_http_methods(["GET", "POST"])
@to_its_page
def report(request: HttpRequest, slug: str) -> HttpResponse:
    consultation, user = load_for_organiser(request, slug)
    now = timezone.now()
    can_report(user, consultation, now).enforce()
    form = NoteForm(request.POST or None, label="Why the report begins now, for everybody to read")
    if done(request, form, lambda: begin_report(consultation, by=user, at=now, **form.cleaned_data)):
        messages.success(request, "Everybody sees that the report is being written.")
        return redirect("consultation:detail", slug)
    ticks = ("The record says that the answers have been read and the report is being written.",)
    return _page(request, consultation, form, "Begin the report", "Begin it", ticks)


@login_required
@require_http_methods(["GET", "POST"])
@to_its_page
def follow_up(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what was done since."""
    consultation, user = load_for_organiser(request, slug)
    now = timezone.now()
    can_follow_up(user, consultation, now).enforce()
    form = FollowUpForm(request.POST or None)
    if done(request, form, lambda: follow_up_consultation(consultation, by=user, at=now, **form.cleaned_data)):
        messages.success(request, "It stands above the results.")
        return redirect("consultation:results", slug)
    ticks = ("Members read above the results what was done, and what was not.", "It is said once.")
    return _page(request, consultation, form, "Say what was done since", "Publish it", ticks)


@login_required
@require_http_methods(["GET", "POST"])
@to_its_page
def archive(request: HttpRequest, slug: str) -> HttpResponse:
    consultation, user = load_for_organiser(request, slug)
    now = timezone.now()
    can_archive(user, consultation, now).enforce()
    form = NoteForm(request.POST or None, label="Why it is archived, for everybody to read")
    if done(request, form, lambda: archive_consultation(consultation, by=user, at=now, **form.cleaned_data)):
        messages.success(request, "It is archived. Everything stays to be read.")
        return redirect("consultation:detail", slug)
    ticks = ["Everything stays to be read.", "Nothing is added any more. It cannot be taken back."]
    if is_confidential(consultation):
        ticks.append(
            "The key to whose an answer is goes for good: nobody finds their own here any more, and none goes with the account "
            "of whoever sent it."
        )
    return _page(request, consultation, form, "Archive this consultation", "Archive it", ticks, danger=True)


def _page(
    request: HttpRequest,
    consultation: Consultation,
    form: Form,
    title: str,
    verb: str,
    ticks: Sequence[str],
    *,
    danger: bool = False,
    gaps: Sequence[Gap] = (),
) -> HttpResponse:
    """`gaps` keep it from being done at all."""
    shown = {"consultation": consultation, "form": form, "title": title, "verb": verb, "ticks": ticks, "danger": danger}
    shown |= {"gaps": gaps}
    return render(request, "consultation/step.html", shown)
