"""How each kind of notice comes."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from mail.returned import trouble_with
from mail.tokens import unseal
from notifications.actions.mail import ask_for_mail_again
from notifications.actions.preferences import choose_ways, stop_mail
from notifications.forms import PreferencesForm
from notifications.mails import NO_DAILY
from notifications.models import Way
from notifications.views.reader import reader_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    form = PreferencesForm(request.POST or None, user=reader)
    if request.method == "POST" and form.is_valid():
        choose_ways(form.choices, by=reader)
        messages.success(request, "Saved.")
        return redirect("notifications:preferences")
    context = {
        "form": form,
        "ways": list(Way),
        "hour": settings.DAILY_MAIL_HOUR,
        "trouble": trouble_with(reader.pk, at=timezone.now()),
    }
    return render(request, "notifications/preferences.html", context)


@require_POST
@login_required
def no_mail(request: HttpRequest) -> HttpResponse:
    """All of it off, in one click."""
    stop_mail(by=reader_of(request))
    messages.success(request, "No notice comes by mail any more. Mail about your account’s security still does.")
    return redirect("notifications:preferences")


@require_POST
@login_required
def mail_again(request: HttpRequest) -> HttpResponse:
    """The mailbox works: write to it."""
    try:
        address = ask_for_mail_again(by=reader_of(request), at=timezone.now())
    except DomainError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(
            request, f"A mail is on its way to {address.email}. If it is not there in ten minutes, change the address."
        )
    return redirect("notifications:preferences")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def no_daily(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link in the daily mail. GET: a button. POST: from it, or RFC 8058 from a mail program, which has no cookie."""
    reader = _reader_behind(token)
    if request.method == "POST":
        stop_mail(by=reader, only=Way.DAILY)
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse("The daily mail is off.", content_type="text/plain")
    return render(request, "notifications/no_daily.html", {"token": token, "done": request.method == "POST"})


def _reader_behind(token: str) -> AbstractBaseUser:
    numbers = unseal(NO_DAILY, token)
    if numbers is None:
        raise Http404("This link is not valid.")
    found: AbstractBaseUser = get_object_or_404(get_user_model(), pk=numbers[0], is_active=True)
    return found
