"""What a person shows of themselves: picture, facts, and whom they have blocked."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions.showing import block_person, choose_audience, remove_avatar, set_avatar, unblock_person
from accounts.directory import blocked_by
from accounts.forms import AudienceForm, PictureForm
from accounts.models import Avatar, Facts, User
from accounts.permissions import can_see_person


@login_required
@require_http_methods(["GET", "POST"])
def audience(request: HttpRequest) -> HttpResponse:
    """Who sees which fact."""
    user = _reader(request)
    facts = Facts.objects.filter(user=user).first() or Facts(user=user)
    form = AudienceForm(request.POST or None, facts=facts)
    if request.method == "POST" and form.is_valid():
        choose_audience(audience=form.cleaned_data, by=user, at=timezone.now())
        messages.success(request, "Saved. It holds at once, also for what you wrote before.")
        return redirect("accounts:audience")
    return render(request, "accounts/audience.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def picture(request: HttpRequest) -> HttpResponse:
    """A picture instead of initials."""
    form = PictureForm(request.POST or None, request.FILES or None) if request.method == "POST" else PictureForm()
    if request.method == "POST" and form.is_valid():
        set_avatar(image=form.cleaned_data["picture"], by=_reader(request), at=timezone.now())
        messages.success(request, "This is your picture now.")
        return redirect("accounts:picture")
    return render(request, "accounts/picture.html", {"form": form})


@login_required
@require_POST
def picture_off(request: HttpRequest) -> HttpResponse:
    remove_avatar(by=_reader(request), at=timezone.now())
    messages.success(request, "Your picture is deleted. Your initials stand in its place.")
    return redirect("accounts:picture")


@require_safe
def avatar(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """The picture, for whoever was shown a page with it: its digest is in the address. A closed account has none."""
    found = Avatar.objects.filter(user=pk, digest=digest, user__is_active=True, user__avatar=digest).first()
    if found is None:
        raise Http404
    headers = {
        "Cache-Control": "private, max-age=86400",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": "inline; filename=picture.webp",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return HttpResponse(bytes(found.image), content_type="image/webp", headers=headers)


@login_required
@require_safe
def blocked(request: HttpRequest) -> HttpResponse:
    """Whom the reader does not want to hear from."""
    return render(request, "accounts/blocked.html", {"rows": blocked_by(_reader(request).pk), "now": timezone.now()})


@login_required
@require_POST
def block(request: HttpRequest, handle: str) -> HttpResponse:
    can_see_person(request.user).enforce()
    person = _person(handle)
    block_person(person, by=_reader(request), at=timezone.now())
    messages.success(request, f"You have blocked {person.display_name}. They are not told.")
    return redirect("accounts:person", handle)


@login_required
@require_POST
def unblock(request: HttpRequest, handle: str) -> HttpResponse:
    person = _person(handle)
    unblock_person(person, by=_reader(request))
    messages.success(request, f"{person.display_name} is no longer blocked.")
    return redirect("accounts:blocked")


def _reader(request: HttpRequest) -> User:
    return cast("User", request.user)


def _person(handle: str) -> User:
    return get_object_or_404(User, handle=handle, is_active=True)
