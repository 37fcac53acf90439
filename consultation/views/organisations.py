"""Answering for an organisation: its page, its colleagues, what it says of itself."""

from copy import copy

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.directory import SHORTEST, members_named
from accounts.models import User
from common.errors import DomainError
from consultation.actions import organisations as actions
from consultation.models import Consultation
from consultation.overtaken_form import unsaved
from consultation.party_forms import OrganisationForm
from consultation.permissions import can_answer, can_begin_for_organisation, can_fill_in, can_speak_for
from consultation.readers.organisations import Table, mine_among_organisations, table_of
from consultation.readers.seats import Seat, seat_at
from consultation.views.loading import load, signed_in


@login_required
@require_safe
def organisations(request: HttpRequest, slug: str) -> HttpResponse:
    """What it means to answer for one, and those that one writes for."""
    consultation = _load(request, slug)
    shown = {
        "consultation": consultation,
        "mine": mine_among_organisations(request.user, consultation),
        "may_begin": can_begin_for_organisation(request.user, consultation, timezone.now()),
    }
    return render(request, "consultation/organisations.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Say for whom one answers."""
    consultation, user, now = _load(request, slug), signed_in(request), timezone.now()
    can_begin_for_organisation(user, consultation, now).enforce()
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            party = actions.begin_for_organisation(consultation, form.statement, by=user, at=now, is_another=form.is_another)
        except actions.NameAlreadyThere as problem:
            form.refuse(problem)
        else:
            messages.success(request, "Begun. Ask colleagues to write it with you, or answer at once.")
            return redirect("consultation:organisation", slug, party.pk)
    shown = {"consultation": consultation, "form": form, "verb": "Begin the answer", "home": consultation.get_absolute_url()}
    return render(request, "consultation/organisation_form.html", shown)


@login_required
@require_safe
def organisation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The table at which colleagues write: who is in, what is answered by whom, what was sent."""
    consultation, table = _table(request, slug, pk)
    seat, now = seat_at(table.party, signed_in(request)), timezone.now()
    words = request.GET.get("q", "").strip()
    may_write = can_fill_in(seat, consultation, now)
    known = {row.user_id for row in table.colleagues if row.ended_at is None}
    shown = {
        "consultation": consultation,
        "table": table,
        "party": table.party,
        "base": f"{consultation.get_absolute_url()}for/{seat.key}/answer/",
        "may_write": may_write,
        "may_answer": can_answer(seat, consultation, now),
        "may_speak": can_speak_for(seat),
        "q": words,
        "too_short": len(words.removeprefix("@")) < SHORTEST,
        "matches": [person for person in members_named(words, at=now) if person.pk not in known] if may_write else [],
        "now": now,
    }
    return render(request, "consultation/organisation.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def statement(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What the organisation says of itself."""
    consultation, table = _table(request, slug, pk)
    user, now = signed_in(request), timezone.now()
    seat = seat_at(table.party, user)
    can_fill_in(seat, consultation, now).enforce()
    can_speak_for(seat).enforce()
    form = unsaved(
        OrganisationForm(request.POST or None, instance=copy(table.party)),
        lambda sent: actions.change_statement(
            seat, sent.statement, as_seen=sent.as_seen, by=user, at=now, is_another=sent.is_another
        ),
    )
    if form is None:
        messages.success(request, "Saved.")
        return redirect("consultation:organisation", slug, pk)
    home = f"{consultation.get_absolute_url()}organisations/{pk}/"
    shown = {"consultation": consultation, "form": form, "party": table.party, "verb": "Save", "home": home}
    return render(request, "consultation/organisation_form.html", shown)


@login_required
@require_POST
def ask_colleague(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Somebody who was looked up by name."""
    seat, _ = _seat(request, slug, pk)
    person = get_object_or_404(User.objects.with_roles().filter(is_active=True), handle=request.POST.get("handle", ""))
    actions.ask_colleague(seat, person, by=signed_in(request), at=timezone.now())
    messages.success(request, f"{person.display_name} is asked. They are in once they say yes.")
    return redirect("consultation:organisation", slug, pk)


@login_required
@require_POST
def join(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say yes to whoever asked."""
    _, table = _table(request, slug, pk)
    actions.join_colleagues(table.party, by=signed_in(request), at=timezone.now())
    messages.success(request, "You are in. What you answer stands here for your colleagues at once.")
    return redirect("consultation:organisation", slug, pk)


@login_required
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Leave, or say no to whoever asked, after a page that says what that means."""
    consultation, table = _table(request, slug, pk)
    problem = ""
    if request.method == "POST":
        try:
            actions.leave_colleagues(table.party, by=signed_in(request), at=timezone.now())
        except DomainError as refusal:
            problem = str(refusal)
        else:
            messages.success(request, f"You write the answer of {table.party.name} no more.")
            return redirect("consultation:detail", slug)
    alone = len(table.present) == 1 and table.mine.is_in
    ticks = (
        "You do not see any more what is written, nor the receipt.",
        "What you answered stays in the draft, for your colleagues.",
        "Nobody else is in: what was sent counts, and nobody can change it or take it back."
        if alone
        else "They see that you left.",
    )
    shown = {
        "consultation": consultation,
        "title": f"Leave the answer of {table.party.name}?",
        "verb": "Leave" if table.mine.is_in else "Say no",
        "ticks": ticks,
        "problem": problem,
        "danger": True,
    }
    return render(request, "consultation/step.html", shown)


@login_required
@require_POST
def take_out(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    """End a colleague's part, or take back that they were asked."""
    seat, table = _seat(request, slug, pk)
    row = get_object_or_404(table.party.colleagues.select_related("user"), pk=number)
    actions.take_out_colleague(seat, row, by=signed_in(request), at=timezone.now())
    messages.success(request, f"{row.user.display_name} is not in any more.")
    return redirect("consultation:organisation", slug, pk)


@login_required
@require_POST
def let_send(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    """A colleague may send it too."""
    seat, table = _seat(request, slug, pk)
    row = get_object_or_404(table.party.colleagues.select_related("user"), pk=number)
    actions.let_send(seat, row, by=signed_in(request), at=timezone.now())
    messages.success(request, f"{row.user.display_name} may send it.")
    return redirect("consultation:organisation", slug, pk)


def _load(request: HttpRequest, slug: str) -> Consultation:
    consultation = load(request, slug)
    if not consultation.for_organisations:
        raise Http404("it asks no organisations")
    return consultation


def _table(request: HttpRequest, slug: str, pk: int) -> tuple[Consultation, Table]:
    """404 for whoever is neither in nor asked, organisers included."""
    consultation = _load(request, slug)
    table = table_of(request.user, consultation, pk)
    if table is None:
        raise Http404("not among those who write it")
    return consultation, table


def _seat(request: HttpRequest, slug: str, pk: int) -> tuple[Seat, Table]:
    _, table = _table(request, slug, pk)
    return seat_at(table.party, signed_in(request)), table
