"""What is out of a stream as an Atom feed, for everybody: the editions as a visitor reads them."""

from hashlib import sha256

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from digest.atom import draw_editions
from digest.offers import offer_for
from digest.readers import latest_editions, public_sections
from digest.streams import WEEKLY

TYPE = "application/atom+xml; charset=utf-8"
NEWEST = 12


@require_safe
def feed(request: HttpRequest, stream: str = WEEKLY) -> HttpResponse:
    """Or 304 where it is as they have it. The same for whoever asks: nobody's own parts."""
    offer = offer_for(stream, AnonymousUser())
    if offer is None:
        raise Http404("There is no such mail.")
    editions = latest_editions(stream, count=NEWEST, whole=True)
    body = draw_editions(editions, public_sections(editions, at=timezone.now()), offer=offer)
    response = HttpResponse(body, content_type=TYPE)
    response["ETag"] = etag = f'"{sha256(body).hexdigest()[:32]}"'
    response["Cache-Control"] = "public, max-age=300"
    found: HttpResponse = get_conditional_response(request, etag=etag, response=response)  # type: ignore[assignment]
    return found
