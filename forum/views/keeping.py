"""The draft beside a form that was sent: kept when the page comes back, let go when it was posted."""

from contextlib import suppress
from typing import cast

from django.forms import Form
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from accounts.models import User
from common.errors import DomainError
from forum.actions.drafts import finish_draft, forget_draft, save_draft
from forum.requests import sequence_of, whole_number


def keep_draft(request: HttpRequest, form: Form, key: str) -> None:
    """A form that comes back (preview, an error, replies meanwhile) is kept on the server as well: a browser that dies now loses
    nothing. Not what is to be posted under a pseudonym. A newer draft from elsewhere stays as it is."""
    if request.method != "POST" or not request.POST.get("body", "").strip():
        return
    if request.POST.get("voice", "own") != "own":
        forget_draft(by=_writer(request), key=key, text=request.POST.get("body", ""))
        _put_sequence(form, 0)
        return
    with suppress(DomainError):
        kept = save_draft(
            by=_writer(request),
            key=key,
            seen=sequence_of(request.POST.get("draft_sequence")),
            title=request.POST.get("title", ""),
            body=request.POST["body"].replace("\r\n", "\n"),
            parent_number=whole_number(request.POST.get("to")) or None,
            at=timezone.now(),
        )
        _put_sequence(form, kept)


def _put_sequence(form: Form, sequence: int) -> None:
    told = cast("QueryDict", form.data).copy()
    told["draft_sequence"] = str(sequence)
    form.data = told


def let_draft_go(request: HttpRequest, form: Form, key: str) -> None:
    """It was posted. What another device wrote under the same name and was not posted stays a draft."""
    if request.POST.get("voice", "own") != "own":
        forget_draft(by=_writer(request), key=key, text=request.POST.get("body", ""))
        return
    seen = sequence_of(request.POST.get("draft_sequence"))
    finish_draft(by=_writer(request), key=key, text=form.cleaned_data["body"], seen=seen, at=timezone.now())


def _writer(request: HttpRequest) -> User:
    return cast("User", request.user)
