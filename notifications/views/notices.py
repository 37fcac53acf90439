"""The list of notices, and marking them as read."""

import json
from urllib.parse import urlencode

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from common.paging import BadCursor
from notifications.actions.reading import mark_read
from notifications.models import Notice
from notifications.readers import Told, by_day, latest_unread, notice_page, texts_of, unread_count
from notifications.views.reader import reader_of


@require_safe
@login_required
def list_notices(request: HttpRequest) -> HttpResponse:
    """Newest first; looking changes nothing."""
    now = timezone.now()
    try:
        page = notice_page(reader_of(request), before=request.GET.get("before", ""), after=request.GET.get("after", ""), at=now)
    except BadCursor as error:
        raise Http404 from error
    here = reverse("notifications:list")
    return render(
        request,
        "notifications/list.html",
        {
            "days": by_day(page.rows),
            "page": page,
            "older_url": f"{here}?before={page.older}" if page.older else "",
            "newer_url": f"{here}?after={page.newer}" if page.newer else "",
            "now": now,
        },
    )


@require_safe
@login_required
def count(request: HttpRequest) -> JsonResponse:
    """For pages whose socket cannot be reached."""
    return JsonResponse({"notices": unread_count(reader_of(request))}, headers={"Cache-Control": "no-store"})


@require_safe
@login_required
def tray(request: HttpRequest) -> HttpResponse:
    """The latest unread, for the tray under the bell; a whole page's worth is the list."""
    reader, now = reader_of(request), timezone.now()
    context = {"rows": latest_unread(reader, at=now), "now": now}
    response = render(request, "notifications/_tray.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@login_required
def read_one(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Back to the list; for htmx, the line as it is now."""
    reader, now = reader_of(request), timezone.now()
    notice = get_object_or_404(Notice.objects.of(reader.pk).select_related("event"), pk=notice_id)
    mark_read(Notice.objects.filter(pk=notice_id), by=reader, at=now)
    if _from_the_tray(request):
        return _tray_changed(reader)
    if not request.headers.get("HX-Request"):
        return _back_to_the_list(request)
    notice.read_at = notice.read_at or now
    texts = texts_of(reader, [notice], at=now)
    told = Told(notice, texts[notice_id]) if notice_id in texts else None
    response = render(request, "notifications/_notice.html", {"told": told, "now": now})
    response.headers["HX-Trigger"] = json.dumps({"plenary:count": unread_count(reader)})  # for the badge
    return response


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    mark_read(Notice.objects.all(), by=reader, at=timezone.now())
    if _from_the_tray(request):
        return _tray_changed(reader)
    return redirect("notifications:list")


def _from_the_tray(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target") == "tray"


def _tray_changed(reader: AbstractBaseUser) -> HttpResponse:
    """Nothing to draw: the tray fetches itself anew."""
    told = {"plenary:tray": "changed", "plenary:count": unread_count(reader)}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})


def _back_to_the_list(request: HttpRequest) -> HttpResponseRedirect:
    """To the same page of it; what stands there is only ever read as a cursor."""
    place = {name: request.POST[name] for name in ("before", "after") if request.POST.get(name)}
    return HttpResponseRedirect(f"{reverse('notifications:list')}?{urlencode(place)}".rstrip("?"))
