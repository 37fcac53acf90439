"""Another address, for who has no account: asked for behind a link, confirmed in the new mailbox."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from digest.actions.moving import ask_to_move, call_move_off, can_be_moved, confirm_move
from digest.forms import AddressForm
from digest.links import masked
from digest.models import AddressChange
from digest.requests import too_often, truncated_ip
from digest.tokens import moved_by
from digest.views.holding import CHANGE, LinkWornOut, held, managing
from digest.wordings import MOVE


@require_POST
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """The page says the same whatever we know of the new address."""
    found = held(token, *CHANGE)
    form = AddressForm(request.POST, auto_id="id_address_%s")
    if form.is_valid():
        email = form.cleaned_data["email"]
        refusal = too_often(request, email)
        try:
            if not refusal:
                ask_to_move(found.subscription, email=email, at=timezone.now())
                return redirect("digest:manage", token=token)
        except DomainError as problem:
            refusal = str(problem)
        form.add_error("email", refusal)
    return render(request, "digest/manage.html", managing(found, token, address_form=form), status=422)


@require_POST
def stay(request: HttpRequest, token: str) -> HttpResponse:
    call_move_off(held(token, *CHANGE).subscription, at=timezone.now())
    return redirect("digest:manage", token=token)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link in the mail to the new address: one button. GET changes nothing."""
    number = moved_by(token)
    change = AddressChange.objects.select_related("before", "after").filter(pk=number).first() if number else None
    if change is None:
        raise LinkWornOut
    now = timezone.now()
    if request.method == "POST":
        confirm_move(change, form="move:address", ip=truncated_ip(request), at=now)
        return redirect("digest:move_confirm", token=token)
    told = {
        "change": change,
        "is_open": can_be_moved(change, at=now),
        "before": masked(change.before.email),
        "after": masked(change.after.email),
        "words": MOVE.text,
    }
    return render(request, "digest/move.html", told)
