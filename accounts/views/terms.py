from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.actions.terms import accept_terms
from accounts.models import User
from accounts.standing import standing_of


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The terms, for everybody; with a button for whoever has not accepted them as they stand."""
    due = standing_of(request.user).terms_due
    before = request.user.terms_version if isinstance(request.user, User) else ""
    told = {"version": settings.TERMS_VERSION, "due": due, "before": before, "next": request.GET.get("next", "")}
    return render(request, "accounts/terms.html", told)


@login_required
@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    accept_terms(user, at=timezone.now())
    messages.success(request, "Thank you. You can go on writing.")
    there = request.POST.get("next", "")
    return redirect(there if url_has_allowed_host_and_scheme(there, allowed_hosts=None) and there.startswith("/") else "home")
