"""A member says that something is wrong."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import DomainError
from forum.rendering import author_name
from moderation import permissions
from moderation.actions.reporting import file_report
from moderation.forms import ReportForm
from moderation.permissions import Thing
from moderation.readers import reports_by
from moderation.views.loading import person_or_404, post_or_404, topic_or_404


@login_required
@require_http_methods(["GET", "POST"])
def report_post(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    post = post_or_404(request, pk, number)
    return _report(
        request, post, what=f"post #{number} by {author_name(post)}", place=post.topic.title, back=post.get_absolute_url()
    )


@login_required
@require_http_methods(["GET", "POST"])
def report_topic(request: HttpRequest, pk: int) -> HttpResponse:
    topic = topic_or_404(request, pk)
    return _report(request, topic, what=f"the topic “{topic.title}”", place=topic.title, back=topic.get_absolute_url())


@login_required
@require_http_methods(["GET", "POST"])
def report_person(request: HttpRequest, handle: str) -> HttpResponse:
    person = person_or_404(request, handle)
    return _report(request, person, what=str(person), place=str(person), back=reverse("accounts:person", args=[handle]))


@login_required
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """What one reported oneself, and whether it is decided."""
    found = reports_by(request.user)  # type: ignore[arg-type]
    return render(request, "moderation/reports.html", {"reports": found, "now": timezone.now()})


def _report(request: HttpRequest, thing: Thing, *, what: str, place: str, back: str) -> HttpResponse:
    permissions.can_report(request.user, thing).enforce()
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            file_report(thing, by=request.user, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
        except DomainError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "Thank you. Moderators look at it, and you will hear when they have decided.")
            return redirect(back)
    return render(request, "moderation/report.html", {"form": form, "what": what, "place": place, "back": back})
