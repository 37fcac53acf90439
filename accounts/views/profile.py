from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions.people import change_profile
from accounts.forms import ProfileForm
from accounts.models import Facts, Sanction, User
from accounts.permissions import can_sanction, can_see_person
from accounts.standing import standing_of


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Everything about your account, one link each."""
    now = timezone.now()
    suspension = None
    if standing_of(request.user).suspended_until is not None:
        suspensions = Sanction.objects.in_force_at(now).filter(user=request.user.pk)
        suspension = suspensions.order_by("-ends_at", "-pk").first()
    context = {"suspension": suspension, "office": settings.REPLY_TO, "now": now}
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
    person = get_object_or_404(User.objects.select_related("facts"), handle=handle, is_active=True)
    return render(
        request,
        "accounts/person.html",
        {
            "person": person,
            "facts": getattr(person, "facts", None),
            "may_report": standing_of(request.user).takes_part,
            "may_sanction": can_sanction(request.user, person),
        },
    )
