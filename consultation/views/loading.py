"""Finding the consultation that an address names: what may not be known is not found."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from consultation.models import Consultation
from consultation.permissions import can_organise


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
