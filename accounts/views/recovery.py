from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions.recovery import AddressIsAnothers, add_recovery_address, confirm_recovery_address, remove_recovery_address
from accounts.forms import RecoveryForm
from accounts.models import RecoveryAddress, User
from accounts.tokens import recovery_address_of


@login_required
@require_http_methods(["GET", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def recovery(request: HttpRequest) -> HttpResponse:
    """The second address: what it is now, and another one."""
    user: User = request.user  # type: ignore[assignment]
    form = RecoveryForm(request.POST or None, user=user)
    if request.method == "POST":
        limited = ratelimit.consume_or_429(request, action="manage_email", user=user)
        if limited:
            return limited  # type: ignore[no-any-return]
        if form.is_valid() and not ratelimit.consume(request, action="confirm_email", key=form.cleaned_data["email"]):
            form.add_error("email", "We have written to this address just now. Wait three minutes, then try again.")
        if form.is_valid():
            add_recovery_address(user, email=form.cleaned_data["email"], at=timezone.now())
            return redirect("accounts:recovery")
    current = RecoveryAddress.objects.filter(user=user).first()
    return render(request, "accounts/recovery.html", {"form": form, "current": current})


@login_required
@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def remove(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    if remove_recovery_address(user, at=timezone.now()):
        messages.success(request, "The second address is off your account.")
    return redirect("accounts:recovery")


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """From the mail: a page with one button. Opening it changes nothing."""
    address, problem = recovery_address_of(key), ""
    if address and request.method == "POST":
        try:
            confirm_recovery_address(address, at=timezone.now())
        except AddressIsAnothers as refusal:
            problem = str(refusal)
        else:
            messages.success(request, f"{address.email} now leads back into your account.")
            return redirect("accounts:recovery" if request.user.is_authenticated else "account_login")
    return render(request, "accounts/recovery_confirm.html", {"address": address, "problem": problem, "key": key})
