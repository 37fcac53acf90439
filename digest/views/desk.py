"""The editor's hands: pin, drop, put elsewhere, approve; and the draft as a mail."""

import re
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from digest.actions.approving import approve_edition, withdraw_approval
from digest.actions.arranging import Thing, drop_item, pin_item, place_item, restore_item, unpin_item
from digest.actions.editions import DraftIsAnother
from digest.actions.trying import send_trial
from digest.links import desk_path
from digest.permissions import can_edit_weekly
from digest.sources import SOURCES
from digest.spam import is_installed, score_of
from digest.trials import anybody_of, preview_of, reader_named, trial_context, trial_letter
from digest.views.drafts import draft_on_desk
from mail.messages import bare_address, build, message_id

_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_LAST_STYLE_ENDS: Final = "</head>"


@login_required
@require_POST
def pin(request: HttpRequest, stream: str, kind: str, pk: int) -> HttpResponse:
    pin_item(draft_on_desk(request.user, stream), item=_thing(kind, pk), by=_user(request), at=timezone.now())
    return _back(stream, kind, pk)


@login_required
@require_POST
def unpin(request: HttpRequest, stream: str, kind: str, pk: int) -> HttpResponse:
    unpin_item(draft_on_desk(request.user, stream), item=_thing(kind, pk), by=_user(request))
    return _back(stream, kind, pk)


@login_required
@require_POST
def drop(request: HttpRequest, stream: str, kind: str, pk: int) -> HttpResponse:
    drop_item(draft_on_desk(request.user, stream), item=_thing(kind, pk), by=_user(request), at=timezone.now())
    messages.success(request, "Taken out of this edition. It stands under “Taken out”, from where you can put it back.")
    return redirect(desk_path(stream) + "#dropped")


@login_required
@require_POST
def restore(request: HttpRequest, stream: str, kind: str, pk: int) -> HttpResponse:
    restore_item(draft_on_desk(request.user, stream), item=_thing(kind, pk), by=_user(request))
    return _back(stream, kind, pk)


@login_required
@require_POST
def place(request: HttpRequest, stream: str, kind: str, pk: int) -> HttpResponse:
    """`before`: `kind:id` of another thing of the section, empty for its end."""
    other, _, number = request.POST.get("before", "").partition(":")
    wanted = _thing(other, int(number)) if number.isascii() and number.isdecimal() and len(number) < 19 else None
    place_item(draft_on_desk(request.user, stream), item=_thing(kind, pk), before=wanted, by=_user(request), at=timezone.now())
    return _back(stream, kind, pk)


@login_required
@require_POST
def approve(request: HttpRequest, stream: str) -> HttpResponse:
    draft, seen = draft_on_desk(request.user, stream), request.POST.get("seen", "")
    try:
        approve_edition(draft, by=_user(request), at=timezone.now(), as_seen=seen)
    except DraftIsAnother as problem:
        messages.error(request, f"It is not approved. {problem}")
    else:
        messages.success(request, "Approved as it stands. Any further change takes that back.")
    return redirect(desk_path(stream))


@login_required
@require_POST
def unapprove(request: HttpRequest, stream: str) -> HttpResponse:
    withdraw_approval(draft_on_desk(request.user, stream), by=_user(request), at=timezone.now())
    messages.success(request, "The approval is taken back.")
    return redirect(desk_path(stream))


@login_required
@require_POST
def trial(request: HttpRequest, stream: str) -> HttpResponse:
    """The draft as a mail to the editor's own address."""
    send_trial(draft_on_desk(request.user, stream), to=_user(request), at=timezone.now())
    messages.success(request, f"A test of the draft is on its way to {_user(request).email}.")
    return redirect(desk_path(stream))


@login_required
@require_POST
def spam(request: HttpRequest, stream: str) -> HttpResponse:
    """What SpamAssassin makes of the letter that anybody would get."""
    draft, now = draft_on_desk(request.user, stream), timezone.now()
    reader = reader_named(anybody_of(stream), request.user)
    assert reader is not None
    letter = trial_letter(draft, preview_of(draft, reader[0], editor=request.user, at=now).items, at=now)
    name = message_id("t", draft.pk)
    data = build(letter, sender=settings.DIGEST_FROM, recipient=bare_address(settings.DIGEST_FROM), message_id=name, date=now)
    context = {"edition": draft, "desk_path": desk_path(stream)}
    return render(request, "digest/spam.html", context | {"installed": is_installed(), "score": score_of(data)})


@login_required
@require_safe
def letter(request: HttpRequest, stream: str, reader: str) -> HttpResponse:
    """The mail as a mail program draws it. Its styles come as a file, for a page of ours holds none."""
    draft, now = draft_on_desk(request.user, stream), timezone.now()
    found = reader_named(reader, request.user)
    if found is None:
        raise Http404("There is no such reader.")
    preview = preview_of(draft, found[0], editor=request.user, at=now)
    drawn = render_to_string("digest/mail/weekly.html", trial_context(draft, preview.items, at=now))
    looks = "&amp;".join(f"{name}=yes" for name in ("narrow", "dark") if request.GET.get(name) == "yes")
    sheet = f'<link rel="stylesheet" href="{reverse("digest:letter_styles")}?{looks}">'
    return HttpResponse(_STYLE.sub("", drawn).replace(_LAST_STYLE_ENDS, sheet + _LAST_STYLE_ENDS, 1))


@login_required
@require_safe
def letter_styles(request: HttpRequest) -> HttpResponse:
    """The styles of a mail; `narrow` as on a telephone, `dark` as in the dark, whatever the window."""
    can_edit_weekly(request.user).enforce()
    styles = "\n".join(_STYLE.findall(render_to_string("mail/base.html")))
    if request.GET.get("narrow") == "yes":
        styles = styles.replace("(max-width: 480px)", "all") + "\n.inner { max-width: 360px; }"
    if request.GET.get("dark") == "yes":
        styles = styles.replace("(prefers-color-scheme: dark)", "all")
    return HttpResponse(styles, content_type="text/css; charset=utf-8")


def _thing(kind: str, pk: int) -> Thing:
    if kind not in SOURCES:
        raise Http404("There is nothing of this kind.")
    return kind, pk


def _back(stream: str, kind: str, pk: int) -> HttpResponse:
    return redirect(f"{desk_path(stream)}#item-{kind.replace('.', '-')}-{pk}")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
