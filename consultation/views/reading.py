"""What everybody may read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consultation.models import Consultation


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One consultation: why, what, until when."""
    consultation = get_object_or_404(Consultation.objects.visible_to(request.user).select_related("topic__category"), slug=slug)
    now = timezone.now()
    return render(
        request, "consultation/detail.html", {"consultation": consultation, "state": consultation.state_at(now), "now": now}
    )
