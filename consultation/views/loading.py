"""Finding the consultation that an address names: what may not be known is not found."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from consultation.models import Consultation
from consultation.permissions import can_organise
from consultation.readers.seats import Seat, Writer, seat_for


def load(request: HttpRequest, slug: str) -> Consultation:
    """With its topic and category. 404 where this reader may not know of it."""
    rows = Consultation.objects.visible_to(request.user).select_related("topic__category", "for_group")
    return get_object_or_404(rows, slug=slug)


def load_for_organiser(request: HttpRequest, slug: str) -> tuple[Consultation, User]:
    """And who asks; Refused unless an organiser, 404 first where there is nothing to know."""
    user = signed_in(request)
    can_organise(user).enforce()
    return load(request, slug), user


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
    def user(self) -> User:
        """Who sits there."""
        return self.writer.user if isinstance(self.writer, Seat) else self.writer

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
    found = seat_for(request.user, consultation, seat)
    if found is None:
        raise Http404("no such seat")
    below = f"{consultation.get_absolute_url()}for/{seat}/"
    number = int(seat.rpartition("-")[2])
    home = reverse("consultation:entry" if found.entry else "consultation:organisation", args=[slug, number])
    return Place(consultation, found, f"{below}answer/", f"{below}files/", home, f"{found.user.handle}:{seat}")
