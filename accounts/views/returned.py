"""The desk for mail that comes back: whose, why, and once they put it right, written to again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.actions.returned import let_mail_go_again, settle_mail_in_doubt
from accounts.permissions import can_see_returned_mail
from common.errors import DomainError
from mail.doubts import in_doubt
from mail.models import Address, Mail
from mail.returned import NEWEST, resting_pools, suppressions_by_reason, troubles


@login_required
@require_safe
def returned(request: HttpRequest) -> HttpResponse:
    """The addresses that mail came back from, the latest first."""
    can_see_returned_mail(request.user).enforce()
    now = timezone.now()
    context = {"troubles": troubles(), "most": NEWEST, "counted": suppressions_by_reason(), "now": now}
    context |= {"resting": resting_pools(at=now), "doubts": in_doubt()}
    return render(request, "accounts/returned.html", context)


@login_required
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody rang the office: the mailbox works."""
    can_see_returned_mail(request.user).enforce()
    address = get_object_or_404(Address, pk=pk)
    try:
        let_mail_go_again(address, by=request.user, at=timezone.now())
    except DomainError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"Mail goes to {address.email} again. If it comes back, it stands here again.")
    return redirect("accounts:returned")


@login_required
@require_POST
def missing(request: HttpRequest, pk: int) -> HttpResponse:
    """It is nowhere at the mail server: once more."""
    return _decide(request, pk, arrived=False, told="It is sent once more.")


@login_required
@require_POST
def arrived(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, arrived=True, told="It counts as arrived.")


def _decide(request: HttpRequest, pk: int, *, arrived: bool, told: str) -> HttpResponse:
    can_see_returned_mail(request.user).enforce()
    settle_mail_in_doubt(get_object_or_404(Mail, pk=pk), arrived=arrived, by=request.user, at=timezone.now())
    messages.success(request, told)
    return redirect("accounts:returned")
