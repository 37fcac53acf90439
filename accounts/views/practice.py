"""The page on which somebody says at which practice they work."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.actions.practice import NoPractice, register_tells_practice, state_practice
from accounts.forms import PracticeForm
from accounts.models import Facts, User


@login_required
@require_http_methods(["GET", "POST"])
def practice(request: HttpRequest) -> HttpResponse:
    """For the reader alone: it is shown to nobody else, on no page."""
    form = PracticeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            state_practice(form.cleaned_data["code"], by=cast("User", request.user), at=timezone.now())
        except NoPractice as problem:
            form.add_error("code", str(problem))
        else:
            messages.success(request, "Kept. Nobody else is shown it.")
            return redirect("accounts:practice")
    facts = Facts.objects.filter(user=request.user.pk).first()
    told = {"form": form, "practices": facts.practices if facts else []}
    return render(request, "accounts/practice.html", told | {"of_register": register_tells_practice(cast("User", request.user))})
