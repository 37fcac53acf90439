"""What the weekly and its fellows are, what is out of each, and asking for one without an account."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.standing import Anyone
from digest.actions.subscriptions import ask_for_weekly
from digest.forms import AddressForm
from digest.letters import edition_context
from digest.links import archive_path, feed_path, stream_path, subscribe_path
from digest.models import Edition
from digest.offers import Offer, offer_for, offers
from digest.readers import latest_editions, my_subscription, web_sections
from digest.requests import too_often, truncated_ip
from digest.streams import WEEKLY
from digest.wordings import FORM

ON_A_PAGE = 50


@require_safe
def weekly(request: HttpRequest, stream: str = WEEKLY) -> HttpResponse:
    """What it is, a form with one field, the latest editions."""
    if stream == WEEKLY and request.path != stream_path(WEEKLY):
        return redirect("digest:weekly")
    return render(request, "digest/weekly.html", _front(request, AddressForm(), _offer(request.user, stream)))


@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest, stream: str = WEEKLY) -> HttpResponse:
    """The same answer whatever we know of the address. Who comes by its address alone, or goes back to it, is led to the form."""
    offer = _offer(request.user, stream)
    if request.method != "POST":
        return redirect(stream_path(stream))
    offer = _offer(AnonymousUser(), stream)
    form = AddressForm(request.POST)
    status = 200
    if form.is_valid():
        email = form.cleaned_data["email"]
        refusal = too_often(request, email)
        if not refusal:
            told: dict[str, Any] = {"form": f"{stream}:front", "ip": truncated_ip(request), "stream": stream}
            ask_for_weekly(email, at=timezone.now(), **told)
            messages.info(request, f"You gave {email}. If that is mistyped, give it once more.")
            return redirect("digest:subscribed")
        form.add_error(None, refusal)
        status = 429
    return render(request, "digest/weekly.html", _front(request, form, offer), status=status)


@require_safe
def subscribed(request: HttpRequest) -> HttpResponse:
    """Look in your mailbox."""
    return render(request, "digest/subscribed.html")


@require_safe
def forgotten(request: HttpRequest) -> HttpResponse:
    """Nothing is left to lead anywhere."""
    return render(request, "digest/forgotten.html")


@require_safe
def archive(request: HttpRequest, stream: str = WEEKLY) -> HttpResponse:
    """Every edition there ever was."""
    offer = _offer(request.user, stream)
    told = request.GET.get("before", "")
    before = int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else None
    found = latest_editions(stream, before=before, count=ON_A_PAGE + 1)
    context = {
        "offer": offer,
        "editions": found[:ON_A_PAGE],
        "more": found[ON_A_PAGE - 1].number if len(found) > ON_A_PAGE else None,
        "is_first": before is None,
    }
    return render(request, "digest/archive.html", context | _places(stream))


@require_safe
def edition(request: HttpRequest, number: int, stream: str = WEEKLY) -> HttpResponse:
    """The web copy: what its reader may see now. Personal parts only to their owner."""
    offer = _offer(request.user, stream)
    found = get_object_or_404(Edition.objects.cut().select_related("editor"), stream=stream, number=number)
    mine = my_subscription(request.user, stream)
    sections = web_sections(found, request.user, at=timezone.now())
    context = edition_context(found, sections, chosen=mine.categories if mine else ())
    return render(request, "digest/edition.html", {**context, "mine": mine, "offer": offer} | _places(stream))


def _offer(reader: Anyone, stream: str) -> Offer:
    offer = offer_for(stream, reader)
    if offer is None:
        raise Http404("There is no such mail.")
    return offer


def _front(request: HttpRequest, form: AddressForm, offer: Offer) -> dict[str, object]:
    return {
        "form": form,
        "offer": offer,
        "others": [each for each in offers(request.user) if each != offer],
        "is_public": offer_for(offer.stream, AnonymousUser()) is not None,
        "editions": latest_editions(offer.stream),
        "mine": my_subscription(request.user, offer.stream),
        "words": FORM.text,
    } | _places(offer.stream)


def _places(stream: str) -> dict[str, object]:
    return {
        "home": stream_path(stream),
        "subscribe": subscribe_path(stream),
        "archive": archive_path(stream),
        "feed": feed_path(stream),
    }
