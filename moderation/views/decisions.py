"""What a person is told of decisions about them."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from moderation.models import Decision
from moderation.readers import decisions_about
from moderation.subjects import done_to_you, yours


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """All of them, newest first."""
    rows = [(decision, yours(decision.case)) for decision in decisions_about(request.user)]  # type: ignore[arg-type]
    return render(request, "moderation/mine.html", {"rows": rows, "now": timezone.now()})


@login_required
@require_safe
def told(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: what was done, why, until when, and how to object. Anybody else's is not found."""
    decisions = Decision.objects.filter(about=request.user.pk).exclude(acts=["nothing"])
    decision = get_object_or_404(decisions.select_related("case__post", "case__topic", "sanction"), pk=pk)
    context = {
        "decision": decision,
        "yours": yours(decision.case),
        "done": done_to_you(decision),
        "office": settings.REPLY_TO,
        "now": timezone.now(),
    }
    return render(request, "moderation/told.html", context)
