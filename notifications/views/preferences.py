"""What comes by mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from notifications.actions.preferences import choose_mail
from notifications.forms import PreferencesForm
from notifications.views.reader import reader_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    form = PreferencesForm(request.POST or None, user_id=reader.pk)
    if request.method == "POST":
        form = PreferencesForm(request.POST, user_id=reader.pk)
        if form.is_valid():
            choose_mail(form.choices, by=reader)
            messages.success(request, "Saved.")
            return redirect("notifications:preferences")
    return render(request, "notifications/preferences.html", {"form": form})
