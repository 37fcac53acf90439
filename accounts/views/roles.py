"""The desk for roles: who holds what, and two persons for what weighs."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions.proposals import (
    NotToBeProposed,
    ProposedAlready,
    decline_proposal,
    grant_proposal,
    propose_role,
    withdraw_proposal,
)
from accounts.actions.roles import grant_role, revoke_role
from accounts.directory import SHORTEST, members_named, open_proposals, roles_held
from accounts.forms import RoleForm
from accounts.models import RoleGrant, RoleProposal, User
from accounts.models.roles import WEIGHTY
from accounts.permissions import can_decide_on_roles, can_give_role, can_look_at_desks, can_second, can_withdraw_proposal
from common.clock import after_london_day, london_day


@login_required
@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """Who holds what, since when, until when, and by whom."""
    can_look_at_desks(request.user).enforce()
    now = timezone.now()
    waiting = [
        (proposal, can_second(request.user, proposal), can_withdraw_proposal(request.user, proposal))
        for proposal in open_proposals()
    ]
    held = roles_held(now)
    context = {"grants": held, "waiting": waiting, "may_decide": can_decide_on_roles(request.user), "now": now}
    return render(request, "accounts/roles.html", context)


@login_required
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Whom is the role for?"""
    can_decide_on_roles(request.user).enforce()
    words = request.GET.get("q", "")
    found = members_named(words, at=timezone.now())
    matches = [(person, can_give_role(request.user, to=person.pk)) for person in found]
    context = {"q": words, "matches": matches, "too_short": len(words.strip()) < SHORTEST}
    return render(request, "accounts/role_find.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, handle: str) -> HttpResponse:
    """Give a role at once, or propose a weighty one to the other officers."""
    person, by, now = get_object_or_404(User, handle=handle, is_active=True), _reader(request), timezone.now()
    can_give_role(by, to=person.pk).enforce()
    form = RoleForm(request.POST or None, today=london_day(now))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        role, label = told["role"], str(RoleGrant.Role(told["role"]).label).lower()
        ends_at = after_london_day(told["until"]) if told["until"] else None
        if role not in WEIGHTY:
            grant_role(person, role=role, by=by, at=now, ends_at=ends_at)
            messages.success(request, f"{person.display_name} is {label} now.")
            return redirect("accounts:roles")
        assert ends_at is not None
        try:
            propose_role(person, role=role, reason=told["reason"], ends_at=ends_at, by=by, at=now)
        except (NotToBeProposed, ProposedAlready) as error:
            form.add_error("role", str(error))
        else:
            messages.success(request, f"{person.display_name} is proposed as {label}. Another officer decides.")
            return redirect("accounts:roles")
    return render(request, "accounts/role_give.html", {"form": form, "person": person})


@login_required
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """One officer is enough to take a role away."""
    can_decide_on_roles(request.user).enforce()
    now = timezone.now()
    grant = get_object_or_404(RoleGrant.objects.held_at(now).of_staff().select_related("user"), pk=pk)
    if request.method == "POST":
        revoke_role(grant.user, role=grant.role, by=_reader(request), at=now)
        messages.success(request, f"{grant.user.display_name} no longer is {grant.get_role_display().lower()}.")
        return redirect("accounts:roles")
    return render(request, "accounts/role_take.html", {"grant": grant, "is_weighty": grant.role in WEIGHTY})


@login_required
@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = _proposal(pk)
    given = grant_proposal(proposal, by=_reader(request), at=timezone.now())
    messages.success(request, f"{proposal.user.display_name} is {given.get_role_display().lower()} now.")
    return redirect("accounts:roles")


@login_required
@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    decline_proposal(_proposal(pk), by=_reader(request), at=timezone.now())
    messages.success(request, "The proposal is declined. Whoever made it is told.")
    return redirect("accounts:roles")


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    withdraw_proposal(_proposal(pk), by=_reader(request), at=timezone.now())
    messages.success(request, "Your proposal is withdrawn.")
    return redirect("accounts:roles")


def _reader(request: HttpRequest) -> User:
    return cast("User", request.user)


def _proposal(pk: int) -> RoleProposal:
    return get_object_or_404(RoleProposal.objects.select_related("user"), pk=pk)
