"""How pages look and behave: the reader's own choices, kept in cookies of their own, so that visitors have them too. How topics
open is kept with an account, where there is one (`settings.FACE_KEEPER`)."""

from datetime import timedelta
from typing import Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from common.doors import open_door

COOKIES: Final = {"scheme": "plenary_scheme", "face": "plenary_face", "keys": "plenary_keys"}
"""Field, and the cookie that keeps it."""
FIRST: Final = {"scheme": "device", "face": "conversations", "keys": "off"}
"""What holds for whoever never chose."""
_KEPT_FOR: Final = timedelta(days=400)  # browsers keep a cookie no longer


class AppearanceForm(forms.Form):
    scheme = forms.ChoiceField(
        label="How should pages look?",
        choices=[("device", "As this device is set"), ("light", "Always light"), ("dark", "Always dark")],
        widget=forms.RadioSelect,
    )
    face = forms.ChoiceField(
        label="How should topics open?",
        choices=[("conversations", "As conversations: answers below what they answer"), ("time", "In order of time")],
        widget=forms.RadioSelect,
        required=False,
    )
    keys = forms.ChoiceField(
        label="Single keys to move through a topic",
        choices=[("off", "Off"), ("on", "On: J, K, R and others")],
        widget=forms.RadioSelect,
        help_text="Leave them off if you speak to your computer, or use keys of your own.",
        required=False,
    )


@require_http_methods(["GET", "POST"])
def appearance(request: HttpRequest) -> HttpResponse:
    chosen = {name: request.COOKIES.get(cookie, FIRST[name]) for name, cookie in COOKIES.items()}
    chosen["face"] = getattr(request.user, "topic_face", "") or chosen["face"]
    form = AppearanceForm(request.POST or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        messages.success(request, "From now on pages look and work like this on this device.")
        if request.user.is_authenticated and form.cleaned_data["face"]:
            open_door(settings.FACE_KEEPER)(by=request.user, face=form.cleaned_data["face"])
        response = redirect("appearance")
        for name, value in form.cleaned_data.items():
            if value:
                secure = request.is_secure()
                response.set_cookie(COOKIES[name], value, max_age=_KEPT_FOR, samesite="Lax", secure=secure)
        return response
    return render(request, "common/appearance.html", {"form": form})


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Which keys there are, and whether they are on here."""
    return render(request, "common/keys.html")
