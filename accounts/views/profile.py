from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions.people import change_profile
from accounts.forms import ProfileForm
from accounts.models import Facts, Membership, User
from accounts.permissions import can_keep_register, can_see_person
from accounts.provenance import stated_facts


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Everything about your account, one link each."""
    membership = Membership.objects.filter(user=request.user.pk).first()
    return render(request, "accounts/account.html", {"membership": membership})


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
    person = get_object_or_404(User.objects.select_related("facts"), handle=handle, is_active=True)
    facts = getattr(person, "facts", None)
    told = {
        "person": person,
        "facts": facts,
        "sources": {fact.name: fact for fact in stated_facts(facts)},
        "may_keep": can_keep_register(request.user),
    }
    return render(request, "accounts/person.html", told)
