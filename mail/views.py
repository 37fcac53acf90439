"""Where a mail server or a provider brings the mail that came to us."""

from anymail.exceptions import AnymailWebhookValidationFailure
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from common.doors import open_door
from mail.inbound import keep_mail
from mail.provider_events import ProviderEvents, take_events
from mail.ways_in import NotProven, WayIn


@csrf_exempt
@require_POST
def inbound(request: HttpRequest) -> HttpResponse:
    """One mail as it came, proven as settings.INBOUND_WAY says. 200 means kept, also for one that was brought before; whatever
    else means: bring it again later."""
    if not settings.INBOUND_SECRET:
        raise Http404
    body = request.read(settings.INBOUND_MAX_MB * 1_500_000 + 1)
    if len(body) > settings.INBOUND_MAX_MB * 1_500_000:
        return _said(413, "This mail is too large.")
    way: WayIn = open_door(settings.INBOUND_WAY)
    try:
        raw = way.mail_of(request, body, at=timezone.now())
    except NotProven as problem:
        return _said(problem.status, str(problem))
    if not raw:
        return _said(400, "There is no mail in this.")
    keep_mail(raw, at=timezone.now())
    return _said(200, "Kept.")


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def events(request: HttpRequest) -> HttpResponse:
    """What a provider tells of our mail, proven as settings.MAIL_EVENTS_WAY says. 200 means noted, or nothing to note. HEAD is
    how some ask whether there is such an address."""
    ways = ProviderEvents(settings.MAIL_EVENTS_WAY) if settings.MAIL_EVENTS_WAY else None
    if ways is None or not ways.is_proven:
        raise Http404
    if request.method == "HEAD":
        return HttpResponse()
    try:
        told = ways.events_of(request)
    except AnymailWebhookValidationFailure:
        return _said(401, "That is not proven.")
    except (ValueError, KeyError, TypeError):
        return _said(400, "This is not what the provider writes.")
    take_events(told, provider=ways.provider, at=timezone.now())
    return _said(200, "Noted.")


def _said(status: int, words: str) -> HttpResponse:
    headers = {"WWW-Authenticate": 'Basic realm="mail"'} if status == 401 else {}
    return HttpResponse(words, status=status, content_type="text/plain", headers=headers)
