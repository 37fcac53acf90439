"""Opening pseudonyms: the desk of the officers, and where a moderator asks."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from common.errors import DomainError
from forum import permissions
from forum.actions.handovers import HandedOver, hand_over_seals
from forum.actions.openings import agree_to_open, ask_to_open, decline_opening, look_again, set_passphrase
from forum.models import OfficerKey, Opening
from forum.models.opening import OpeningQuerySet
from forum.officer_forms import AgreeForm, AskForm, LookForm, PassphraseForm
from forum.readers.handovers import begun_by_others, key_rows
from forum.views.loading import post_or_404


@login_required
@require_safe
def openings(request: HttpRequest) -> HttpResponse:
    """What was asked, by whom and why, and which officers have keys."""
    permissions.can_see_openings(request.user).enforce()
    rows = Opening.objects.select_related("persona", "asked_by", "first_by", "second_by").newest_first()[:100]
    keys = key_rows()
    context = {
        "rows": rows,
        "keys": keys,
        "may_hold": permissions.can_hold_a_key(request.user),
        "has_key": any(row.key.user_id == request.user.pk for row in keys),
        "now": timezone.now(),
    }
    return render(request, "forum/openings.html", context)


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def passphrase(request: HttpRequest) -> HttpResponse:
    """An officer sets the passphrase for their part."""
    permissions.can_hold_a_key(request.user).enforce()
    form = PassphraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        set_passphrase(by=_reader(request), passphrase=form.cleaned_data["passphrase"], at=timezone.now())
        messages.success(
            request,
            "Your passphrase is set. Pseudonyms taken from now on are sealed to you too; "
            "two other officers let you in on earlier ones.",
        )
        return redirect("forum:openings")
    standing = OfficerKey.objects.standing().filter(user=request.user.pk).first()
    return render(request, "forum/passphrase.html", {"form": form, "standing": standing})


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A moderator or an officer asks who is behind the pseudonym of a post."""
    post = post_or_404(request, pk, number)
    if post.persona is None:
        raise Http404
    persona = post.persona
    persona.topic = post.topic
    permissions.can_ask_to_open(request.user, persona).enforce()
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_to_open(persona, by=_reader(request), reason=form.cleaned_data["reason"], at=timezone.now())
        except DomainError as problem:
            form.add_error("reason", str(problem))
        else:
            messages.success(request, "The officers have it. You are not told who it is: they decide what is to be done.")
            return redirect(post.get_absolute_url())
    return render(request, "forum/opening_ask.html", {"form": form, "post": post, "persona": persona})


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def opening(request: HttpRequest, pk: int) -> HttpResponse:
    """One that was asked for: agree to it, or look again at what was opened. Who it is stands in the answer to the form alone."""
    permissions.can_see_openings(request.user).enforce()
    found = get_object_or_404(_openings(), pk=pk)
    now = timezone.now()
    again = permissions.can_look_again(request.user, found)
    form = LookForm(request.POST or None) if again else AgreeForm(request.POST or None)
    person: User | None = None
    if request.method == "POST" and form.is_valid():
        told, by = form.cleaned_data, _reader(request)
        try:
            if again:
                person = look_again(found, by=by, passphrase=told["passphrase"], at=now)
            else:
                person = agree_to_open(found, by=by, passphrase=told["passphrase"], reason=told["reason"], at=now)
        except DomainError as problem:
            form.add_error("passphrase", str(problem))
        else:
            if person is None:
                messages.success(request, "You have agreed. A second officer opens it, or it lapses.")
                return redirect("forum:openings")
            found = get_object_or_404(_openings(), pk=pk)
    context = {
        "opening": found,
        "form": form,
        "person": person,
        "again": again,
        "over": found.is_over(now),
        "may_see": permissions.can_see_topic(request.user, found.persona.topic),
        "may_agree": permissions.can_agree_to_open(request.user, found),
        "may_decline": permissions.can_decline_opening(request.user, found),
    }
    response = render(request, "forum/opening.html", context)
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    permissions.can_see_openings(request.user).enforce()
    decline_opening(get_object_or_404(Opening, pk=pk), by=_reader(request), at=timezone.now())
    messages.success(request, "Closed: the pseudonym stays closed.")
    return redirect("forum:openings")


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def key_handover(request: HttpRequest, pk: int) -> HttpResponse:
    """Letting an officer's key in on pseudonyms taken before it: how far it is, and this officer's half, a batch at a time."""
    permissions.can_see_openings(request.user).enforce()
    key = get_object_or_404(OfficerKey.objects.standing().select_related("user"), pk=pk)
    may = permissions.can_let_in(request.user, key)
    form = LookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = hand_over_seals(key, by=_reader(request), passphrase=form.cleaned_data["passphrase"], at=timezone.now())
        except DomainError as problem:
            form.add_error("passphrase", str(problem))
        else:
            messages.success(request, _handed_over(done))
            return redirect("forum:key_handover", pk)
    row = next(row for row in key_rows() if row.key.pk == key.pk)
    begun = begun_by_others(key, request.user.pk)
    return render(request, "forum/key_handover.html", {"row": row, "form": form, "may": may, "begun": begun})


def _handed_over(done: HandedOver) -> str:
    if not (done.begun or done.finished):
        return "Nothing was left for you to do: what is open is for another officer, or was never sealed to you."
    told = [f"{done.finished:,} are open to them now."] * bool(done.finished)
    told += [f"Your half of {done.begun:,} is done; they wait for a second officer."] * bool(done.begun)
    return " ".join(told)


def _openings() -> OpeningQuerySet:
    return Opening.objects.select_related("persona__topic__category", "asked_by", "first_by", "second_by")


def _reader(request: HttpRequest) -> User:
    return cast("User", request.user)
