"""Where a mail server or a provider brings the mail that came to us."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common.doors import open_door
from mail.inbound import keep_mail
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


def _said(status: int, words: str) -> HttpResponse:
    headers = {"WWW-Authenticate": 'Basic realm="mail"'} if status == 401 else {}
    return HttpResponse(words, status=status, content_type="text/plain", headers=headers)
