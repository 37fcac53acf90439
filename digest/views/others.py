"""The other streams of the address behind a link, and what is written down of it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.cells import csv_answer
from digest.actions.forgetting_addresses import forget_address
from digest.actions.subscriptions import ask_for_weekly, leave_everything, leave_weekly, undo_leaving
from digest.links import masked
from digest.models import Subscription
from digest.readers import beside, proofs_of
from digest.recorded import BASES, entries, table
from digest.requests import too_often, truncated_ip
from digest.views.holding import CHANGE, LEAVE, about, held, managing
from digest.wordings import FORGET, LINK


@never_cache
@require_safe
def why(request: HttpRequest, token: str) -> HttpResponse:
    """Why am I getting this? When it was asked for, in which form, to which words, and when it comes next."""
    found = held(token, *LEAVE)
    mine, context = found.subscription, about(found)
    lines = entries(proofs_of(mine.address, mine.stream), name=str(context["name"]))
    return render(request, "digest/why.html", context | {"token": token, "lines": lines, "basis": BASES[mine.basis]})


@never_cache
@require_safe
def record(request: HttpRequest, token: str) -> HttpResponseBase:
    """The same as a file, of every stream; the address is not in it."""
    return csv_answer(table(proofs_of(held(token, *LEAVE).subscription.address)), name="what-you-agreed-to")


@require_POST
def leave_all(request: HttpRequest, token: str) -> HttpResponse:
    found = held(token, *LEAVE)
    leave_everything(found.subscription.address, form="all:link", ip=truncated_ip(request), at=timezone.now())
    return redirect("digest:manage", token=token)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forget(request: HttpRequest, token: str) -> HttpResponse:
    """One button, on a page of its own: it cannot be undone."""
    found = held(token, *CHANGE)
    mine = found.subscription
    if request.method == "POST":
        forget_address(mine.address, form=f"{mine.stream}:link", ip=truncated_ip(request), at=timezone.now())
        return redirect("digest:forgotten")
    return render(request, "digest/forget.html", about(found) | {"token": token, "words": FORGET.text})


@require_POST
def leave(request: HttpRequest, token: str, stream: str) -> HttpResponse:
    leave_weekly(_beside(token, stream), form=f"{stream}:link", ip=truncated_ip(request), at=timezone.now())
    return redirect("digest:manage", token=token)


@require_POST
def back(request: HttpRequest, token: str, stream: str) -> HttpResponse:
    undo_leaving(_beside(token, stream), form=f"{stream}:link", ip=truncated_ip(request), at=timezone.now())
    return redirect("digest:manage", token=token)


@require_POST
def ask(request: HttpRequest, token: str, stream: str) -> HttpResponse:
    """More mail is asked for by whoever reads the mailbox: a link may have been forwarded, so a mail to it comes first."""
    found = held(token, *CHANGE)
    email = found.subscription.address.email
    refusal = too_often(request, email)
    if refusal:
        return render(request, "digest/manage.html", managing(found, token) | {"refusal": refusal}, status=429)
    told = {"form": f"{stream}:link", "ip": truncated_ip(request), "stream": stream}
    ask_for_weekly(email, at=timezone.now(), wording=LINK, **told)
    messages.info(request, f"Look in the mailbox of {masked(email)}: it comes once you press the button in our mail.")
    return redirect("digest:manage", token=token)


def _beside(token: str, stream: str) -> Subscription:
    mine = held(token, *LEAVE).subscription
    found = mine if mine.stream == stream else beside(mine).get(stream)
    if found is None:
        raise Http404("This does not come to the address.")
    return found
