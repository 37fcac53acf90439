from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions.people import change_profile
from accounts.directory import facts_shown, public_roles
from accounts.forms import ProfileForm
from accounts.models import Block, Facts, Membership, Sanction, User
from accounts.permissions import can_block, can_give_role, can_keep_register, can_sanction, can_see_person, why_not_a_member
from accounts.standing import standing_of
from mail.returned import trouble_with


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Everything about your account, one link each."""
    standing, now = standing_of(request.user), timezone.now()
    suspensions = Sanction.objects.in_force_at(now).filter(user=request.user.pk).order_by("-ends_at", "-pk")
    suspension = suspensions.first() if standing.suspended_until else None
    context = {
        "why_not": "" if suspension else why_not_a_member(standing),
        "lapsed_at": standing.lapsed_at,
        "membership": Membership.objects.filter(user=request.user.pk).first(),
        "suspension": suspension,
        "office": settings.REPLY_TO,
        "mail_trouble": trouble_with(request.user.pk, at=now) if request.user.pk else None,
        "now": now,
    }
    return render(request, "accounts/account.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    facts = Facts.objects.filter(user=user).first()
    form = ProfileForm(request.POST or None, instance=facts, initial={"display_name": user.display_name})
    if request.method == "POST" and form.is_valid():
        change_profile(user, display_name=form.cleaned_data["display_name"], facts=form.facts(), at=timezone.now())
        messages.success(request, "Your profile is saved.")
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})


@require_safe
def person(request: HttpRequest, handle: str) -> HttpResponse:
    """A member as other members see them."""
    can_see_person(request.user).enforce()
    people = User.objects.select_related("facts", "membership")
    person, now = get_object_or_404(people, handle=handle, is_active=True), timezone.now()
    facts, membership = getattr(person, "facts", None), getattr(person, "membership", None)
    context = {
        "person": person,
        "facts": facts,
        "shown": facts_shown(facts, to_oneself=person == request.user),
        "membership": membership if membership and membership.ended_at is None else None,
        "roles": public_roles(person, at=now),
        "may_give": can_give_role(request.user, to=person.pk),
        "may_report": standing_of(request.user).takes_part,
        "may_sanction": can_sanction(request.user, person),
        "may_keep": can_keep_register(request.user),
        "may_block": can_block(request.user, person),
        "is_blocked": Block.objects.filter(user=request.user.pk, blocked=person).exists(),
        "now": now,
    }
    return render(request, "accounts/person.html", context)
