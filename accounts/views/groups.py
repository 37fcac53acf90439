"""Groups: one's own, one for its people, and the administrators' desk."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions.groups import (
    add_to_group,
    change_group,
    close_group,
    create_group,
    leave_group,
    make_owner,
    name_owner,
    remove_from_group,
    unmake_owner,
)
from accounts.directory import SHORTEST, all_groups, groups_of, members_named, people_of
from accounts.forms import GroupForm
from accounts.models import Group, User
from accounts.permissions import can_keep_groups, can_look_at_desks, can_run_group, can_see_group
from accounts.standing import standing_of


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The groups that the reader belongs to; while suspended or lapsed, none."""
    standing = standing_of(request.user)
    rows = [row for row in groups_of(_reader(request).pk) if row.group_id in standing.groups]
    return render(request, "accounts/groups.html", {"rows": rows})


@login_required
@require_safe
def group(request: HttpRequest, slug: str) -> HttpResponse:
    """A group for its people: who is in it, since when, and who runs it."""
    found = _group_or_404(request, slug)
    people = people_of(found)
    context = {
        "group": found,
        "people": people,
        "may_run": can_run_group(request.user, found),
        "may_keep": can_keep_groups(request.user),
        "is_mine": any(row.user_id == request.user.pk for row in people),
        "now": timezone.now(),
    }
    return render(request, "accounts/group.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Find a member by name, and let them in."""
    found, reader = _group_or_404(request, slug), _reader(request)
    may_run, may_keep = can_run_group(reader, found), can_keep_groups(reader)
    if not may_run:
        may_keep.enforce()
    if request.method == "POST":
        person = _person(request.POST.get("handle", ""))
        if may_run:
            add_to_group(found, person, by=reader, at=timezone.now())
            messages.success(request, f"{person.display_name} is in the group now, and is told.")
        else:
            name_owner(found, person, by=reader, at=timezone.now())
            messages.success(request, f"{person.display_name} runs the group now, and is told.")
        return redirect("accounts:group", found.slug)
    words = request.GET.get("q", "")
    inside = {row.user_id for row in people_of(found)}
    matches = [(person, person.pk in inside) for person in members_named(words, at=timezone.now())]
    context = {"group": found, "q": words, "matches": matches, "too_short": len(words.strip()) < SHORTEST, "may_run": may_run}
    return render(request, "accounts/group_add.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, slug: str, handle: str) -> HttpResponse:
    """Asks first: what is private to the group is closed to them at once."""
    found, person = _group_or_404(request, slug), _person(handle)
    can_run_group(request.user, found).enforce()
    if request.method == "POST":
        remove_from_group(found, person, by=_reader(request), at=timezone.now())
        messages.success(request, f"{person.display_name} is no longer in the group.")
        return redirect("accounts:groups") if person == request.user else redirect(found)
    context = {
        "group": found,
        "title": f"Remove {person.display_name}?",
        "text": "From then on they cannot open what is private to this group. What they wrote stays. They can be added again.",
        "button": "Remove from the group",
    }
    return render(request, "accounts/group_sure.html", context)


@login_required
@require_POST
def owner(request: HttpRequest, slug: str, handle: str) -> HttpResponse:
    found, person = _group_or_404(request, slug), _person(handle)
    make_owner(found, person, by=_reader(request), at=timezone.now())
    messages.success(request, f"{person.display_name} is an owner now.")
    return redirect(found)


@login_required
@require_POST
def owner_no_more(request: HttpRequest, slug: str, handle: str) -> HttpResponse:
    found, person = _group_or_404(request, slug), _person(handle)
    unmake_owner(found, person, by=_reader(request), at=timezone.now())
    messages.success(request, f"{person.display_name} is no longer an owner, and stays in the group.")
    return redirect(found)


@login_required
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    found, reader = _group_or_404(request, slug), _reader(request)
    if request.method == "POST":
        leave_group(found, by=reader, at=timezone.now())
        messages.success(request, f"You have left {found.name}.")
        return redirect("accounts:groups")
    context = {
        "group": found,
        "title": f"Leave {found.name}?",
        "text": "You can no longer open what is private to this group. What you wrote stays. Only an owner can add you again.",
        "button": "Leave the group",
    }
    return render(request, "accounts/group_sure.html", context)


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Every group there is."""
    can_look_at_desks(request.user).enforce()
    context = {"groups": all_groups(), "may_keep": can_keep_groups(request.user), "now": timezone.now()}
    return render(request, "accounts/group_desk.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    can_keep_groups(request.user).enforce()
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = create_group(**form.cleaned_data, by=_reader(request), at=timezone.now())
        messages.success(request, "The group is there. Name its first owner.")
        return redirect("accounts:group_add", made.slug)
    return render(request, "accounts/group_form.html", {"form": form, "title": "A new group", "button": "Make the group"})


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    found = _group_or_404(request, slug)
    can_keep_groups(request.user).enforce()
    form = GroupForm(request.POST or None, initial={"name": found.name, "description": found.description})
    if request.method == "POST" and form.is_valid():
        change_group(found, **form.cleaned_data, by=_reader(request), at=timezone.now())
        messages.success(request, "The group is changed.")
        return redirect(found)
    context = {"form": form, "group": found, "title": f"Change {found.name}", "button": "Save"}
    return render(request, "accounts/group_form.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, slug: str) -> HttpResponse:
    found = _group_or_404(request, slug)
    can_keep_groups(request.user).enforce()
    if request.method == "POST":
        close_group(found, by=_reader(request), at=timezone.now())
        messages.success(request, f"{found.name} is closed.")
        return redirect("accounts:group_desk")
    context = {
        "group": found,
        "title": f"Close {found.name}?",
        "text": "Nobody belongs to it any more, and categories private to it can be opened by nobody until they are given to "
        "another group. This cannot be undone.",
        "button": "Close the group",
    }
    return render(request, "accounts/group_sure.html", context)


def _reader(request: HttpRequest) -> User:
    return cast("User", request.user)


def _person(handle: str) -> User:
    return get_object_or_404(User, handle=handle.replace("\0", ""), is_active=True)


def _group_or_404(request: HttpRequest, slug: str) -> Group:
    """A group that the reader may know of; a closed one only at the desk."""
    found = Group.objects.filter(slug=slug).first()
    if found is None or not can_see_group(request.user, found):
        raise Http404
    return found
