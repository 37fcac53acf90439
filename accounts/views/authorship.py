"""“That was me on the old forum”: asked by a member, decided by an administrator."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions.authorship import AskedAlready, NoSuchAuthor, claim_authorship, decide_authorship
from accounts.claim_forms import AuthorshipForm, DecisionForm
from accounts.models import AuthorshipClaim
from accounts.permissions import can_claim_authorship, can_decide_authorship, can_keep_register

_SHOWN = 50


@login_required
@require_http_methods(["GET", "POST"])
def authorship(request: HttpRequest) -> HttpResponse:
    """Say who one was, and see what became of it."""
    can_claim_authorship(request.user).enforce()
    form = AuthorshipForm(request.POST or None, initial={"name": request.GET.get("name", "")[:60]})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            claim_authorship(name=told["name"], proof=told["proof"], by=request.user, at=timezone.now())  # type: ignore[arg-type]
        except (NoSuchAuthor, AskedAlready) as problem:
            form.add_error("name", str(problem))
        else:
            messages.success(request, "An administrator will look at it. The answer will stand on this page.")
            return redirect("accounts:authorship")
    mine = AuthorshipClaim.objects.filter(user=request.user.pk).select_related("author").order_by("-pk")[:_SHOWN]
    return render(request, "accounts/authorship.html", {"form": form, "mine": mine})


@login_required
@require_safe
def authorship_claims(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, the oldest first."""
    can_keep_register(request.user).enforce()
    open_ones = AuthorshipClaim.objects.filter(outcome="").select_related("user", "author").order_by("pk")[:_SHOWN]
    decided = AuthorshipClaim.objects.exclude(outcome="").select_related("user", "author", "decided_by")
    told = {"claims": open_ones, "decided": decided.order_by("-decided_at", "-pk")[:10]}
    return render(request, "accounts/authorship_claims.html", told)


@login_required
@require_http_methods(["GET", "POST"])
def authorship_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim, and the decision."""
    can_keep_register(request.user).enforce()
    claim = get_object_or_404(AuthorshipClaim.objects.select_related("user", "author", "decided_by"), pk=pk)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        granted, reason = form.cleaned_data["grant"] == "yes", form.cleaned_data["reason"]
        decide_authorship(claim, grant=granted, reason=reason, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, "Decided. The member can read the reason.")
        return redirect("accounts:authorship_claims")
    told = {"claim": claim, "form": form, "may_decide": can_decide_authorship(request.user, claim)}
    return render(request, "accounts/authorship_claim.html", told)
