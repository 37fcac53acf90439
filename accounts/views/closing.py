"""Closing an account for good: one's own, and an officer's for somebody who asked."""

from typing import cast

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions.closing import (
    ClosesAlready,
    ClosingIsOver,
    agree_to_close,
    close_own_account,
    keep_account,
    propose_closing,
)
from accounts.actions.copying import copy_of_everything
from accounts.actions.roles import LastAdministrator
from accounts.closing_forms import CloseForAnotherForm, CloseForm
from accounts.directory import closings_under_way
from accounts.models import Closing, User
from accounts.permissions import (
    can_agree_to_close,
    can_call_closing_off,
    can_close_for_another,
    can_decide_on_roles,
    can_look_at_desks,
    can_sanction,
)
from accounts.tokens import closing_of


@login_required
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """What goes and what stays, and the button; once it is pressed, until when it can be taken back."""
    closing = Closing.objects.open().filter(user=_reader(request)).exclude(due_at=None).first()
    if closing is not None and request.method == "GET":
        return render(request, "accounts/closes.html", {"closing": closing, "office": settings.REPLY_TO})
    form = CloseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _close_now(request, form)  # type: ignore[no-any-return]
    return _show_form(request, form)


@reauthentication_required  # type: ignore[untyped-decorator]
def _close_now(request: HttpRequest, form: CloseForm) -> HttpResponse:
    """Asks who it is last, so that nobody signs in again to be told that a tick is missing."""
    try:
        close_own_account(_reader(request), at=timezone.now())
    except (ClosesAlready, LastAdministrator) as refusal:
        form.add_error("sure", str(refusal))
        return _show_form(request, form)
    return redirect("accounts:close")


def _show_form(request: HttpRequest, form: CloseForm) -> HttpResponse:
    return render(request, "accounts/close.html", {"form": form, "days": settings.CLOSING_DAYS, "office": settings.REPLY_TO})


@login_required
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Their own account, signed in."""
    closing = get_object_or_404(Closing.objects.open(), user=_reader(request))
    try:
        keep_account(closing, by=_reader(request), at=timezone.now())
    except ClosingIsOver as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Your account stays. Nothing was taken away.")
    return redirect("accounts:account")


@never_cache
@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest, key: str) -> HttpResponse:
    """From the mail: a page with one button. Opening it changes nothing, and it signs nobody in."""
    closing, is_kept = closing_of(key), False
    if closing is not None and request.method == "POST":
        try:
            keep_account(closing, by=None, at=timezone.now())
        except ClosingIsOver:
            closing = None
        else:
            is_kept = True
    return render(request, "accounts/keep.html", {"closing": closing, "is_kept": is_kept, "key": key})


@login_required
@require_safe
def copy(request: HttpRequest) -> HttpResponse:
    """What is in the copy of one's own data, and the button."""
    return render(request, "accounts/copy.html", {"office": settings.REPLY_TO})


@login_required
@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def copy_file(request: HttpRequest) -> HttpResponseBase:
    """All that is theirs, as one ZIP file, made now and kept nowhere."""
    user, now = _reader(request), timezone.now()
    limited = ratelimit.consume_or_429(request, action="copy", user=user)
    if limited:
        return limited  # type: ignore[no-any-return]
    told = copy_of_everything(user, at=now)
    return FileResponse(told, as_attachment=True, filename=f"plenary-{user.handle}-{now:%Y-%m-%d}.zip")


@login_required
@require_safe
def closings(request: HttpRequest) -> HttpResponse:
    """Accounts that are to be closed: what waits for a second officer, and what runs."""
    can_look_at_desks(request.user).enforce()
    rows = [
        (closing, can_agree_to_close(request.user, closing), can_call_closing_off(request.user, closing))
        for closing in closings_under_way()
    ]
    context = {"rows": rows, "may_decide": can_decide_on_roles(request.user), "days": settings.CLOSING_DAYS}
    return render(request, "accounts/closings.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def close_person(request: HttpRequest, handle: str) -> HttpResponse:
    """An officer asks that somebody's account be closed."""
    person, by = get_object_or_404(User, handle=handle, is_active=True), _reader(request)
    can_close_for_another(by, whose=person.pk).enforce()
    form = CloseForAnotherForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            propose_closing(person, why=form.cleaned_data["why"], by=by, at=timezone.now())
        except (ClosesAlready, LastAdministrator) as refusal:
            form.add_error("why", str(refusal))
        else:
            messages.success(request, "Noted. Another officer has to agree before anything happens.")
            return redirect("accounts:closings")
    context = {"form": form, "person": person, "days": settings.CLOSING_DAYS, "may_sanction": can_sanction(by, person)}
    return render(request, "accounts/close_person.html", context)


@login_required
@require_POST
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    closing = _closing(request, pk)
    try:
        agree_to_close(closing, by=_reader(request), at=timezone.now())
    except (ClosingIsOver, LastAdministrator) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Agreed. They are told by mail, and can keep their account until the day.")
    return redirect("accounts:closings")


@login_required
@require_POST
def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    closing = _closing(request, pk)
    try:
        keep_account(closing, by=_reader(request), at=timezone.now())
    except ClosingIsOver as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Called off: the account stays.")
    return redirect("accounts:closings")


def _reader(request: HttpRequest) -> User:
    return cast("User", request.user)


def _closing(request: HttpRequest, pk: int) -> Closing:
    can_decide_on_roles(request.user).enforce()
    return get_object_or_404(Closing.objects.select_related("user"), pk=pk)
