"""Finding the consultation that an address names: what may not be known is not found."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User
from common.errors import DomainError
from common.verdicts import Refused
from consultation.models import Consultation, Guest
from consultation.permissions import can_organise
from consultation.readers.lists import consultation_for
from consultation.readers.seats import PUBLIC_SEAT, Seat, Writer, seat_for, seat_of_guest


def load(request: HttpRequest, slug: str) -> Consultation:
    """With its topic and category. 404 where this reader may not know of it."""
    found = consultation_for(request.user, slug)
    if found is None:
        raise Http404
    return found


def load_for_organiser(request: HttpRequest, slug: str) -> tuple[Consultation, User]:
    """And who asks; Refused unless an organiser, 404 first where there is nothing to know."""
    user = signed_in(request)
    can_organise(user).enforce()
    return load(request, slug), user


def to_its_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What an organiser cannot do any more, since it is done already or the consultation stands elsewhere by now (a second click,
    another window), leads to its page, which says so. Whoever may never do it is refused as everywhere."""

    @wraps(view)
    def otherwise(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, slug, *args, **kwargs)
        except Refused as refusal:
            if not can_organise(request.user):
                raise
            messages.warning(request, str(refusal))
            return redirect("consultation:detail", slug)

    return otherwise


def done(request: HttpRequest, form: BaseForm, act: Callable[[], Any]) -> bool:
    """What was sent is valid, and the step is taken. Where the world has moved on its sentence stands above the form, which keeps
    what was typed."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act()
    except DomainError as problem:
        form.add_error(None, str(problem))
        return False
    return True


def signed_in(request: HttpRequest) -> User:
    """Behind `login_required`."""
    user: User = request.user  # type: ignore[assignment]
    return user


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody answers: for themselves, or from a seat. Its pages lie below `base`, its files below `files`; who stops
    comes `home`. `who` tells the script whose half-typed answers lie in the browser."""

    consultation: Consultation
    writer: Writer
    base: str
    files: str
    home: str
    who: str

    @property
    def party(self) -> Any:
        """Whose answer colleagues write; None at one's own place."""
        return self.writer.party if isinstance(self.writer, Seat) and self.writer.is_shared else None

    @property
    def user(self) -> Any:
        """Who sits there; None for somebody of the public."""
        return self.writer.user if isinstance(self.writer, Seat) else self.writer

    @property
    def is_guests(self) -> bool:
        """Somebody of the public answers."""
        return self.user is None

    @property
    def entry(self) -> Any:
        """What came on paper; None elsewhere."""
        return self.writer.entry if isinstance(self.writer, Seat) else None


def place_of(request: HttpRequest, slug: str, seat: str = "") -> Place:
    """404 where there is no such seat for this reader."""
    consultation = load(request, slug)
    if not seat:
        user, first = signed_in(request), reverse("consultation:page", args=[slug, 1])
        files = f"{consultation.get_absolute_url()}files/"
        return Place(consultation, user, first.removesuffix("1/"), files, consultation.get_absolute_url(), user.handle)
    if seat == PUBLIC_SEAT:
        return _guests_place(request, consultation)
    found = seat_for(request.user, consultation, seat)
    if found is None:
        raise Http404("no such seat")
    below = f"{consultation.get_absolute_url()}for/{seat}/"
    number = int(seat.rpartition("-")[2])
    home = reverse("consultation:entry" if found.entry else "consultation:organisation", args=[slug, number])
    return Place(consultation, found, f"{below}answer/", f"{below}files/", home, f"{signed_in(request).handle}:{seat}")


def keep_guest(request: HttpRequest, consultation: Consultation, seat: Seat) -> None:
    """This browser is theirs until the session ends. The number of the link alone goes into it, and the row that it opens."""
    assert seat.party is not None
    request.session[_GUESTS] = {**request.session.get(_GUESTS, {}), str(consultation.pk): [seat.party.pk, seat.link]}


def end_guest(request: HttpRequest, consultation: Consultation) -> None:
    told = dict(request.session.get(_GUESTS, {}))
    if told.pop(str(consultation.pk), None) is not None:
        request.session[_GUESTS] = told


_GUESTS = "consultation_guests"


def is_guest_known(request: HttpRequest, consultation: Consultation) -> bool:
    """Whether somebody of the public came by a link here, in this browser. No statement."""
    return str(consultation.pk) in request.session.get(_GUESTS, {})


def _guests_place(request: HttpRequest, consultation: Consultation) -> Place:
    """404 unless they came by a link, and no later one was used."""
    party, link = request.session.get(_GUESTS, {}).get(str(consultation.pk), (None, None))
    guest = Guest.objects.filter(pk=party, link=link, consultation=consultation).select_related("party").first()
    if guest is None:
        raise Http404("nobody of the public came by a link here")
    base = reverse("consultation:guest", args=[consultation.slug])
    return Place(consultation, seat_of_guest(guest), base, f"{base}given/", base, f"guest:{guest.pk}")


def at_a_place(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whoever answers is signed in, but for the public, who came by a link."""
    guarded = login_required(view)

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return (view if kwargs.get("seat") == PUBLIC_SEAT else guarded)(request, *args, **kwargs)

    return asked
