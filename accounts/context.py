"""What every page knows of its reader: the desks they may sit down at, and what stands in their way."""

from functools import cache
from typing import NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from accounts.permissions import RESTING, TERMS_CHANGED, why_not_a_member
from accounts.standing import VISITOR, standing_of
from common.moments import in_words


class StaffLink(NamedTuple):
    """A line of the account menu."""

    url: str
    text: str
    icon: str


def staff_links(request: HttpRequest) -> dict[str, object]:
    """`staff_links`: those of settings.STAFF_LINKS whose role the reader has, a “group owner” being who runs one.
    No statement."""
    standing = standing_of(request.user) if hasattr(request, "user") else VISITOR
    roles = standing.roles | {"group owner"} if standing.owns else standing.roles
    return {"staff_links": tuple(_link(*link[1:]) for link in settings.STAFF_LINKS if roles & set(link[0]))}


def standing_bars(request: HttpRequest) -> dict[str, object]:
    """`bars`: what stands in the reader's way on every page, each with the page that removes it. No statement."""
    standing = standing_of(request.user) if hasattr(request, "user") else VISITOR
    bars = []
    if standing.asleep:
        bars.append({"text": RESTING, "url": reverse("mfa_index"), "link": "Set it up"})
    if standing.terms_due and standing.roles and request.path != reverse("terms"):
        there = f"{reverse('terms')}?next={quote(request.get_full_path())}"
        bars.append({"text": TERMS_CHANGED, "url": there, "link": "Read what changed"})
    reader = getattr(request, "user", None)
    closes_at = getattr(reader, "closes_at", None)
    if closes_at is not None and request.path != reverse("accounts:close"):
        day = in_words(closes_at, now=closes_at, style="day")
        bars.append({"text": f"Your account will be closed on {day}.", "url": reverse("accounts:close"), "link": "Keep it"})
    return {"bars": bars}


def why_not(request: HttpRequest) -> dict[str, object]:
    """`why_not_a_member`: for a signed-in reader with nothing left, the sentence that says why. Costs no statement."""
    return {"why_not_a_member": why_not_a_member(standing_of(request.user)) if hasattr(request, "user") else ""}


@cache
def _link(name: str, text: str, icon: str) -> StaffLink:
    try:
        return StaffLink(reverse(name), text, icon)
    except NoReverseMatch as error:
        raise LookupError(f"settings.STAFF_LINKS names {name}, which is no address") from error
