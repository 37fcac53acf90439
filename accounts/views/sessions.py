from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.actions.sessions import end_session, end_sessions_elsewhere
from accounts.models import User
from accounts.readers import signed_in_devices


@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    user: User = request.user  # type: ignore[assignment]
    now = timezone.now()
    devices = signed_in_devices(user, this=request.session.session_key, at=now)
    return render(
        request, "accounts/sessions.html", {"devices": devices, "others": [d for d in devices if not d.is_this], "now": now}
    )


@login_required
@require_POST
def end(request: HttpRequest, session_id: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    if end_session(user, session_id=session_id, at=timezone.now()):
        messages.success(request, "That device is signed out.")
    return redirect("accounts:sessions")


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    end_sessions_elsewhere(user, this=request.session.session_key, at=timezone.now())
    messages.success(request, "You are signed out everywhere but here.")
    return redirect("accounts:sessions")
