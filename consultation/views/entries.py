"""What comes on paper or by e-mail: the queue, typing it in, checking it against its source."""

import json
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from common.clock import london_day
from common.errors import DomainError
from common.pdf import pdf_of
from consultation.actions import entries as actions
from consultation.actions.organisations import NameAlreadyThere
from consultation.models import Consultation, Entry
from consultation.party_forms import MemberForm, OrganisationForm, PublicForm, ReturnForm, SourceForm
from consultation.permissions import can_check_entry, can_enter, can_fill_in, can_hand_out_receipt, can_look_into, can_read_source
from consultation.printing import ANSWER, told_of
from consultation.proof.receipts import Receipt
from consultation.readers.entries import has_draft, queue_of, typed_of
from consultation.readers.holders import is_confidential
from consultation.readers.questionnaires import published_versions
from consultation.readers.receipts import receipt_of
from consultation.readers.seats import seat_of_entry
from consultation.views.files import handed_out
from consultation.views.loading import load_for_organiser

_MOST_READ: Final = settings.FILE_MAX_MB * 1_000_000 + 1


@login_required
@require_safe
def entries(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits for a check, what was sent back, what is being typed, what was released."""
    consultation, user = _load(request, slug)
    shown = {
        "consultation": consultation,
        "queue": queue_of(consultation),
        "may_enter": can_enter(user, consultation, timezone.now()),
        "me": user,
    }
    return render(request, "consultation/entries.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str, whose: str) -> HttpResponse:
    """Say whose it is and how it came: `member`, or `organisation` where organisations are asked."""
    consultation, user = _load(request, slug)
    now = timezone.now()
    can_enter(user, consultation, now).enforce()
    about = _about(request, consultation, whose)
    days = {"opened": london_day(consultation.opened_at or now), "today": london_day(now)}
    form = SourceForm(request.POST or None, request.FILES or None, versions=published_versions(consultation), **days)
    if request.method == "POST" and all([about.is_valid(), form.is_valid()]):
        try:
            entry = _begin(request, consultation, about, form, by=user)
        except NameAlreadyThere as problem:
            about.refuse(problem)
        except (actions.NotOnTheList, actions.AnsweredThemselves) as problem:
            about.add_error(None if whose != "member" else "whose", str(problem))
        except DomainError as problem:
            form.add_error("scans", str(problem))
        else:
            messages.success(request, "Now type what it says. What is left open stays open.")
            return redirect(f"{consultation.get_absolute_url()}for/paper-{entry.pk}/answer/1/")
    shown = {"consultation": consultation, "about": about, "form": form, "whose": whose, "most_mb": settings.FILE_MAX_MB}
    return render(request, "consultation/entry_new.html", shown)


@login_required
@require_safe
def entry(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The source and what was typed from it, side by side."""
    consultation, user = _load(request, slug)
    found, now = _entry(consultation, pk), timezone.now()
    return render(request, "consultation/entry.html", _shown(consultation, found, user, ReturnForm()) | {"now": now})


@login_required
@require_POST
def look(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Open it, which is written down."""
    consultation, user = _load(request, slug)
    actions.look_into_entry(_entry(consultation, pk), by=user, at=timezone.now())
    return redirect("consultation:entry", slug, pk)


@login_required
@require_POST
def release(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """It agrees: it counts."""
    consultation, user = _load(request, slug)
    found = _entry(consultation, pk)
    try:
        actions.release_entry(found, by=user, at=timezone.now())
    except DomainError as problem:
        messages.error(request, str(problem))
        return redirect("consultation:entry", slug, pk)
    messages.success(request, "Released: it counts.")
    return redirect("consultation:entries", slug)


@login_required
@require_POST
def send_back(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """It does not: back to whoever typed it, with a word."""
    consultation, user = _load(request, slug)
    found, form = _entry(consultation, pk), ReturnForm(request.POST)
    can_check_entry(user, found, timezone.now()).enforce()
    if not form.is_valid():
        return render(request, "consultation/entry.html", _shown(consultation, found, user, form) | {"now": timezone.now()})
    actions.return_entry(found, by=user, at=timezone.now(), **form.cleaned_data)
    messages.success(request, f"Sent back to {found.entered_by.display_name}.")
    return redirect("consultation:entries", slug)


@login_required
@require_http_methods(["GET", "POST"])
def drop(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Throw it away, after a page that says what that means."""
    consultation, user = _load(request, slug)
    found = _entry(consultation, pk)
    can_fill_in(seat_of_entry(found, user), consultation, timezone.now()).enforce()
    if request.method == "POST":
        actions.drop_entry(found, by=user, at=timezone.now())
        messages.success(request, "Thrown away.")
        return redirect("consultation:entries", slug)
    ticks = ("What was typed is deleted, and the copy of what came.", "Nothing of it was counted. It can be entered anew.")
    shown = {"consultation": consultation, "title": "Throw this entry away?", "verb": "Throw it away", "ticks": ticks}
    return render(request, "consultation/step.html", shown | {"danger": True})


@login_required
@require_safe
def receipt(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What was entered for an organisation or for one of the public, as a PDF to send to them."""
    found, receipt = _receipted(request, slug, pk)
    typed = typed_of(found)
    told = told_of(found.response, typed.lines, holds=receipt is None or receipt.holds(), at=timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="answer-{slug}-{pk}.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(pdf_of(ANSWER, told), content_type="application/pdf", headers=headers)


@login_required
@require_safe
def receipt_file(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Its receipt, to send to them."""
    _, receipt = _receipted(request, slug, pk)
    if receipt is None:
        raise Http404("no receipt")
    headers = {"Content-Disposition": f'attachment; filename="receipt-{slug}-{pk}.json"', "Cache-Control": "private, no-store"}
    text = json.dumps(receipt.as_dict(), indent=2, ensure_ascii=False) + "\n"
    return HttpResponse(text, content_type="application/json", headers=headers)


def _receipted(request: HttpRequest, slug: str, pk: int) -> tuple[Any, Receipt | None]:
    consultation, user = _load(request, slug)
    found = _entry(consultation, pk)
    can_hand_out_receipt(user, found).enforce()
    can_look_into(user, found).enforce()
    assert found.response is not None
    return found, receipt_of(found.response)


@login_required
@require_safe
def source(request: HttpRequest, slug: str, pk: int, file: UUID) -> HttpResponseBase:
    """A file that it came as."""
    consultation, user = _load(request, slug)
    found = _entry(consultation, pk)
    can_look_into(user, found).enforce()
    can_read_source(user, found).enforce()
    row = get_object_or_404(found.sources.filter(sealed=False, harmful=False), pk=file)
    if settings.FILE_SCANNER and not row.scanned_with:
        raise Http404("not scanned")
    return handed_out(row)


def _load(request: HttpRequest, slug: str) -> tuple[Consultation, User]:
    consultation, user = load_for_organiser(request, slug)
    if consultation.opened_at is None:
        raise Http404("nothing comes before it opens")
    return consultation, user


def _entry(consultation: Consultation, pk: int) -> Entry:
    rows = Entry.objects.select_related(
        "consultation", "version", "user", "party", "entered_by", "returned_by", "released_by", "response"
    )
    return get_object_or_404(rows, consultation=consultation, pk=pk)


def _about(request: HttpRequest, consultation: Consultation, whose: str) -> Any:
    posted = request.POST or None
    if whose == "member":
        return MemberForm(posted)
    if whose == "organisation" and consultation.for_organisations:
        return OrganisationForm(posted)
    if whose == "public" and consultation.for_public:
        return PublicForm(posted, named=not is_confidential(consultation))
    raise Http404("it asks nobody of that kind")


def _begin(request: HttpRequest, consultation: Consultation, about: Any, form: SourceForm, *, by: User) -> Entry:
    now = timezone.now()
    sent = request.FILES.getlist("scans")[: actions.MOST_SOURCES + 1]
    source = form.source([(file.name or "file", file.read(_MOST_READ)) for file in sent])
    if isinstance(about, MemberForm):
        return actions.begin_entry(consultation, about.person, source, by=by, at=now)
    if isinstance(about, PublicForm):
        return actions.begin_publics_entry(consultation, source, by=by, at=now, **about.told)
    statement, is_another = about.statement, about.is_another
    return actions.begin_organisations_entry(consultation, statement, source, by=by, at=now, is_another=is_another)


def _shown(consultation: Consultation, found: Entry, user: User, form: Form) -> dict[str, Any]:
    now = timezone.now()
    typing = can_fill_in(seat_of_entry(found, user), consultation, now)
    may_look = can_look_into(user, found)
    if not may_look:
        return {"consultation": consultation, "entry": found, "may_look": may_look}
    return {
        "may_look": may_look,
        "consultation": consultation,
        "entry": found,
        "typed": typed_of(found),
        "is_of_several": len(published_versions(consultation)) > 1,
        "has_draft": has_draft(found),
        "base": f"{consultation.get_absolute_url()}for/paper-{found.pk}/answer/",
        "may_type": typing,
        "may_check": can_check_entry(user, found, now),
        "may_read": can_read_source(user, found),
        "may_hand_out": can_hand_out_receipt(user, found),
        "form": form,
    }
