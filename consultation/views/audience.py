"""Who may answer: the rule, the list, and how many they are."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.directory import SHORTEST, members_named
from accounts.models import User
from consultation.actions.audience import change_audience, invite_addresses, take_off_list
from consultation.models import Consultation, Invited
from consultation.overtaken_form import unsaved
from consultation.permissions import can_write
from consultation.readers.audience import Audience, audience_of, count_entitled, in_a_sentence
from consultation.step_forms import AddressesForm, AudienceForm
from consultation.views.loading import load_for_organiser


@login_required
@require_http_methods(["GET", "POST"])
def audience(request: HttpRequest, slug: str) -> HttpResponse:
    """The rule. Counting again changes nothing; without script it is a button of its own."""
    consultation, user = load_for_organiser(request, slug)
    can_write(user, consultation).enforce()
    now = timezone.now()
    form = unsaved(
        AudienceForm(request.POST or None, instance=consultation),
        lambda sent: change_audience(consultation, as_seen=sent.as_seen, by=user, at=now, **sent.rule, **sent.others),
    )
    if form is None:
        if request.POST["whom"] == "list":
            return redirect("consultation:invited", slug)
        messages.success(request, "Saved. It is frozen with the list of people when the consultation opens.")
        return redirect("consultation:audience", slug)
    shown = {"consultation": consultation, "form": form, **_counted(audience_of(consultation))}
    return render(request, "consultation/audience.html", shown)


@login_required
@require_safe
def count(request: HttpRequest, slug: str) -> HttpResponse:
    """How many a rule names that is not saved yet: a part of the page, or a page of its own."""
    consultation, user = load_for_organiser(request, slug)
    can_write(user, consultation).enforce()
    asked = request.GET.copy()
    asked.pop("seen", None)  # who counts writes over nothing
    form = AudienceForm(asked, instance=consultation)
    wanted = Audience(consultation.pk, **form.rule) if form.is_valid() else audience_of(consultation)
    template = "_audience_count" if request.headers.get("HX-Request") else "audience_count"
    return render(request, f"consultation/{template}.html", {"consultation": consultation, **_counted(wanted)})


@login_required
@require_http_methods(["GET", "POST"])
def invited(request: HttpRequest, slug: str) -> HttpResponse:
    """The list of a consultation that asks only those on it."""
    consultation, user = load_for_organiser(request, slug)
    can_write(user, consultation).enforce()
    form = AddressesForm(request.POST or None)
    unknown: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        added = invite_addresses(consultation, addresses=form.found, by=user, at=timezone.now())
        there = f" {added.already} stood there already." if added.already else ""
        messages.success(request, f"{added.people} member{'' if added.people == 1 else 's'} added to the list.{there}")
        if not added.unknown:
            return redirect("consultation:invited", slug)
        unknown, form = added.unknown, AddressesForm()
    return render(request, "consultation/invited.html", _list(request, consultation, form, unknown))


@login_required
@require_POST
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody who was looked up by name."""
    consultation, user = load_for_organiser(request, slug)
    can_write(user, consultation).enforce()
    person = get_object_or_404(User.objects.filter(is_active=True), handle=request.POST.get("handle", ""))
    invite_addresses(consultation, addresses=[person.email], by=user, at=timezone.now())
    messages.success(request, f"{person.display_name} is on the list.")
    return redirect("consultation:invited", slug)


@login_required
@require_POST
def uninvite(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    consultation, user = load_for_organiser(request, slug)
    row = get_object_or_404(Invited.objects.select_related("user"), consultation=consultation, pk=pk)
    take_off_list(row, by=user, at=timezone.now())
    messages.success(request, f"{row.user} is off the list.")
    return redirect("consultation:invited", slug)


MOST_SHOWN = 200


def _list(request: HttpRequest, consultation: Consultation, form: AddressesForm, unknown: tuple[str, ...]) -> dict[str, object]:
    words = request.GET.get("q", "").strip()
    rows = consultation.invited.select_related("user").order_by("user__sort_key", "pk")
    return {
        "consultation": consultation,
        "form": form,
        "unknown": unknown,
        "rows": list(rows[:MOST_SHOWN]),
        "number": rows.count(),
        "q": words,
        "too_short": len(words.removeprefix("@")) < SHORTEST,
        "matches": members_named(words, at=timezone.now()),
    }


def _counted(audience: Audience) -> dict[str, object]:
    return {"number": count_entitled(audience, at=timezone.now()), "sentence": in_a_sentence(audience), "audience": audience}
