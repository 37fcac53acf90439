"""Where answers are while somebody writes them: in rows of theirs; or, in a detached consultation, sealed with a key that this
browser alone holds, in a cookie that no script reads and that goes to this consultation's own pages only. There nobody writes
but members for themselves."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from consultation.actions.answering import save_answers
from consultation.actions.casting import cast_ballot
from consultation.actions.sealing import seal_answers
from consultation.actions.submitting import submit_response
from consultation.detachment import KEY_BYTES, new_key
from consultation.models import Consultation, Version
from consultation.readers.answers import Paper, paper_of, sealed_paper_of
from consultation.readers.ballots import begun_by, mark_of_member
from consultation.readers.holders import is_detached
from consultation.requests import Answers, WrittenBy, publication_in, version_in
from consultation.views.loading import Place

AFTER_THE_CLOSE: Final = timedelta(days=1)


def paper_for(request: HttpRequest, place: Place) -> Paper:
    """What was answered here, as far as this browser may know. As many statements as `paper_of` at most."""
    consultation, writer = place.consultation, place.writer
    if is_detached(consultation) and isinstance(writer, User):
        return sealed_paper_of(writer, consultation, begun_by(writer.pk, consultation, key_of(request, consultation)))
    return paper_of(writer, consultation)


def keep(
    request: HttpRequest, place: Place, answers: Answers, *, at: datetime, page: int, shown: Version, written_by: WrittenBy
) -> int:
    """The id of the version that is asked by now: a detached consultation has one. Raises what `save_answers` raises."""
    consultation, writer = place.consultation, place.writer
    if is_detached(consultation) and isinstance(writer, User):
        key = key_of(request, consultation) or _make_key(request, consultation)
        seal_answers(consultation, answers, by=writer, at=at, key=key, page=page, **written_by)
        return shown.pk
    return save_answers(consultation, answers, by=writer, at=at, page=page, shown=shown, **written_by).version_id


def send(request: HttpRequest, place: Place, *, at: datetime) -> None:
    """Raises what `submit_response` raises."""
    consultation, writer = place.consultation, place.writer
    if is_detached(consultation) and isinstance(writer, User):
        cast_ballot(consultation, by=writer, at=at, key=key_of(request, consultation))
    else:
        submit_response(consultation, by=writer, at=at, shown=version_in(request.POST), **publication_in(request.POST))


def ballot_is_in(place: Place) -> bool:
    """One statement where it is detached, else none."""
    consultation, writer = place.consultation, place.writer
    return is_detached(consultation) and isinstance(writer, User) and mark_of_member(consultation, writer.pk) == "took part"


def key_of(request: HttpRequest, consultation: Consultation) -> bytes | None:
    """What this browser brought along."""
    try:
        key = urlsafe_b64decode(request.COOKIES.get(_name(consultation), ""))
    except (Error, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def with_key(request: HttpRequest, consultation: Consultation, response: HttpResponse) -> HttpResponse:
    """The page of a detached consultation on which somebody answers leaves a key in the browser, where there is none yet; it is
    there before anything is written, so that two windows have one. The browser keeps the page itself nowhere."""
    if not is_detached(consultation):
        return response
    key = key_of(request, consultation) or _make_key(request, consultation)
    ends = (consultation.closes_at or timezone.now()) + AFTER_THE_CLOSE
    response.set_cookie(
        _name(consultation),
        _told(key),
        max_age=max(ends - timezone.now(), AFTER_THE_CLOSE),
        path=consultation.get_absolute_url(),
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    response["Cache-Control"] = "private, no-store"
    return response


def without_key(consultation: Consultation, response: HttpResponse) -> HttpResponse:
    """What it opened was sent."""
    if is_detached(consultation):
        response.delete_cookie(_name(consultation), path=consultation.get_absolute_url(), samesite="Lax")
    return response


def _make_key(request: HttpRequest, consultation: Consultation) -> bytes:
    """For the rest of this request; `with_key` hands it out."""
    key = new_key()
    request.COOKIES[_name(consultation)] = _told(key)
    return key


def _told(key: bytes) -> str:
    return urlsafe_b64encode(key).decode()


def _name(consultation: Consultation) -> str:
    return f"plenary_ballot_{consultation.pk}"
