"""What the weekly is, and asking for it without an account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from digest.actions.subscriptions import ask_for_weekly
from digest.forms import AddressForm
from digest.letters import edition_context
from digest.models import Edition
from digest.readers import latest_editions, my_subscription, web_sections
from digest.requests import too_often, truncated_ip


@require_safe
def weekly(request: HttpRequest) -> HttpResponse:
    """What it is, a form with one field, the latest editions."""
    return render(request, "digest/weekly.html", _front(request, AddressForm()))


@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """The same answer whatever we know of the address. Who comes by its address alone, or goes back to it, is led to the form."""
    if request.method != "POST":
        return redirect("digest:weekly")
    form = AddressForm(request.POST)
    status = 200
    if form.is_valid():
        refusal = too_often(request, form.cleaned_data["email"])
        if not refusal:
            ask_for_weekly(form.cleaned_data["email"], form="weekly:front", ip=truncated_ip(request), at=timezone.now())
            return redirect("digest:subscribed")
        form.add_error(None, refusal)
        status = 429
    return render(request, "digest/weekly.html", _front(request, form), status=status)


@require_safe
def subscribed(request: HttpRequest) -> HttpResponse:
    """Look in your mailbox."""
    return render(request, "digest/subscribed.html")


@require_safe
def edition(request: HttpRequest, number: int) -> HttpResponse:
    """The web copy: what its reader may see now. Personal parts only to their owner."""
    found = get_object_or_404(Edition.objects.cut().select_related("editor"), number=number)
    mine = my_subscription(request.user)
    sections = web_sections(found, request.user, at=timezone.now())
    context = edition_context(found, sections, chosen=mine.categories if mine else ())
    return render(request, "digest/edition.html", {**context, "mine": mine})


def _front(request: HttpRequest, form: AddressForm) -> dict[str, object]:
    return {"form": form, "editions": latest_editions(), "mine": my_subscription(request.user)}
