"""From a line of the register to an account. A link of a mail opens a page and does nothing by itself."""

from typing import Any

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions.claiming import (
    AlreadyAMember,
    LinkWornOut,
    ask_for_claim,
    claim_membership,
    line_of_link,
    open_account_by_link,
)
from accounts.claim_forms import ClaimForm, NewAccount
from accounts.models import Membership, User


@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest) -> HttpResponse:
    """Number and address. The answer is one sentence, whatever the register says."""
    form = ClaimForm(request.POST or None)
    if request.method == "POST":
        for action, field in (("claim", "number"), ("claim_mail", "email")):  # anybody's address can be given: few mails go to it
            key = request.POST.get(field, "").strip().upper()[:254]
            too_often: HttpResponse | None = ratelimit.consume_or_429(request, action=action, key=key)
            if too_often is not None:
                return too_often
        if form.is_valid():
            ask_for_claim(number=form.cleaned_data["number"], email=form.cleaned_data["email"], at=timezone.now())
            return redirect("accounts:claim_sent")
    return render(request, "accounts/claim.html", {"form": form})


@require_http_methods(["GET"])
def claim_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/claim_sent.html")


@never_cache
@require_http_methods(["GET", "POST"])
def claim_link(request: HttpRequest, token: str) -> HttpResponse:
    """Signed in: attach it to this account. Else: choose name and password."""
    now = timezone.now()
    try:
        line = line_of_link(token, at=now)
    except LinkWornOut as problem:
        return render(request, "accounts/claim_worn_out.html", {"reason": str(problem)}, status=410)
    if request.user.is_authenticated:
        return _attach(request, token, line)
    return _open(request, token, line)


def _attach(request: HttpRequest, token: str, line: Membership) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        try:
            claim_membership(token, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        except (LinkWornOut, AlreadyAMember) as refusal:
            problem = str(refusal)
        else:
            messages.success(request, "Your membership is attached to your account.")
            return redirect("accounts:account")
    return render(request, "accounts/claim_attach.html", {"line": line, "problem": problem})


def _open(request: HttpRequest, token: str, line: Membership) -> HttpResponse:
    told: dict[str, Any] = {"line": line, "token": token}
    if User.objects.filter(email=line.email).exists():
        return render(request, "accounts/claim_sign_in.html", told)
    form = NewAccount(request.POST or None, email=line.email, initial={"display_name": line.name})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            user = open_account_by_link(token, display_name=data["display_name"], password=data["password"], at=timezone.now())
        except (LinkWornOut, AlreadyAMember) as refusal:
            form.add_error(None, str(refusal))
        else:
            logout(request)
            messages.success(request, "Your account is open, and you are signed in.")
            response: HttpResponse = perform_login(request, user, redirect_url="/")
            return response
    return render(request, "accounts/claim_open.html", {**told, "form": form})
