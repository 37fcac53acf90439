"""Standing behind what a member declared: an administrator's page about one person."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.actions.facts import VERIFIABLE, verify_fact
from accounts.models import User
from accounts.permissions import can_keep_register
from accounts.provenance import stated_facts


@login_required
@require_safe
def person_facts(request: HttpRequest, handle: str) -> HttpResponse:
    """What is known of somebody and where it is from."""
    can_keep_register(request.user).enforce()
    person = get_object_or_404(User.objects.select_related("facts", "membership"), handle=handle, is_active=True)
    told = {
        "person": person,
        "facts": stated_facts(getattr(person, "facts", None)),
        "membership": getattr(person, "membership", None),
        "verifiable": VERIFIABLE if person.pk != request.user.pk else (),
    }
    return render(request, "accounts/person_facts.html", told)


@login_required
@require_POST
def verify(request: HttpRequest, handle: str, field: str) -> HttpResponse:
    can_keep_register(request.user).enforce()
    if field not in VERIFIABLE:
        raise Http404
    person = get_object_or_404(User, handle=handle, is_active=True)
    verify_fact(person, field=field, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, "Verified. It stands beside the fact from now on.")
    return redirect("accounts:person_facts", handle)
