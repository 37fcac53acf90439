"""The public: an address, a letter with a link, and the answer of whoever came by it. No account, no name in an address."""

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import DomainError
from consultation.actions.guests import ask_for_link, confirm_address
from consultation.actions.news import choose_news
from consultation.models import Consultation
from consultation.party_forms import AddressForm, PublicForm
from consultation.permissions import can_answer, can_ask_for_link, can_fill_in, can_take_back
from consultation.readers.answers import paper_of
from consultation.readers.guests import guest_at, read_link
from consultation.readers.holders import is_confidential
from consultation.readers.seats import Seat
from consultation.views.loading import Place, end_guest, keep_guest, load, place_of


@require_http_methods(["GET", "POST"])
def public(request: HttpRequest, slug: str) -> HttpResponse:
    """What it means, and a form for one's address. The answer is the same whatever is known of the address."""
    consultation, now = _load(request, slug), timezone.now()
    may, form, status = can_ask_for_link(consultation, now), AddressForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if ratelimit.consume(request, action="guest_link", key=email.lower()):
            ask_for_link(consultation, email, at=now)
            return redirect("consultation:public_sent", slug)
        form.add_error("email", "This was asked for too often, for this address or from where you are. Wait an hour.")
        status = 429
    shown = {"consultation": consultation, "form": form, "may": may}
    return render(request, "consultation/public.html", shown, status=status)


@require_safe
def public_sent(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "consultation/public_sent.html", {"consultation": _load(request, slug)})


@never_cache
@require_http_methods(["GET", "POST"])
def guest_link(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Where the link of a letter leads: a page with a button. Opening it changes nothing."""
    consultation, now = _load(request, slug), timezone.now()
    found = read_link(consultation, token)
    if found is None:
        return render(request, "consultation/public_worn_out.html", {"consultation": consultation}, status=410)
    known = guest_at(consultation, found[0])
    form = None if known else PublicForm(request.POST or None, named=not is_confidential(consultation))
    problem = ""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            seat = confirm_address(consultation, token, at=now, **(form.told if form else {}))
        except DomainError as refusal:
            problem = str(refusal)
        else:
            keep_guest(request, consultation, seat)
            return redirect("consultation:guest", slug)
    shown = {"consultation": consultation, "form": form, "problem": problem, "known": known}
    return render(request, "consultation/public_link.html", shown)


@never_cache
@require_safe
def guest(request: HttpRequest, slug: str, seat: str) -> HttpResponse:
    """What one began and sent, and what can be done with it."""
    place, now = place_of(request, slug, seat), timezone.now()
    shown = {
        "consultation": place.consultation,
        "place": place,
        "guest": _seat(place).guest,
        "paper": paper_of(place.writer, place.consultation),
        "may_write": can_fill_in(place.writer, place.consultation, now),
        "may_answer": can_answer(place.writer, place.consultation, now),
        "may_take_back": can_take_back(place.writer, place.consultation, now),
    }
    return render(request, "consultation/guest.html", shown)


@require_POST
def guest_news(request: HttpRequest, slug: str, seat: str, *, wanted: bool) -> HttpResponse:
    """Letters about what they began or sent: wanted, or none any more."""
    place = place_of(request, slug, seat)
    choose_news(_seat(place), place.consultation, wanted=wanted)
    messages.success(request, "You are written to again." if wanted else "You are written to no more about your answer.")
    return redirect("consultation:guest", slug)


@require_POST
def guest_leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Have this browser forget them; the link opens it again."""
    consultation = _load(request, slug)
    end_guest(request, consultation)
    messages.success(request, "This browser does not know your answer any more. The link in your letter leads back to it.")
    return redirect("consultation:detail", slug)


def _seat(place: Place) -> Seat:
    assert isinstance(place.writer, Seat)
    return place.writer


def _load(request: HttpRequest, slug: str) -> Consultation:
    consultation = load(request, slug)
    if not consultation.for_public or consultation.opened_at is None:
        raise Http404("it does not ask the public")
    return consultation
