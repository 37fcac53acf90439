"""Light or dark: the reader's own choice, kept in a cookie of its own, so that visitors have it too."""

from datetime import timedelta
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

COOKIE: Final = "plenary_scheme"
_KEPT_FOR: Final = timedelta(days=400)  # browsers keep a cookie no longer


class AppearanceForm(forms.Form):
    scheme = forms.ChoiceField(
        label="How should pages look?",
        choices=[("device", "As this device is set"), ("light", "Always light"), ("dark", "Always dark")],
        widget=forms.RadioSelect,
    )


@require_http_methods(["GET", "POST"])
def appearance(request: HttpRequest) -> HttpResponse:
    form = AppearanceForm(request.POST or None, initial={"scheme": request.COOKIES.get(COOKIE, "device")})
    if request.method == "POST" and form.is_valid():
        messages.success(request, "From now on pages look like this on this device.")
        response = redirect("appearance")
        response.set_cookie(COOKIE, form.cleaned_data["scheme"], max_age=_KEPT_FOR, samesite="Lax", secure=request.is_secure())
        return response
    return render(request, "common/appearance.html", {"form": form})
