"""The desk for categories."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.permissions import can_look_at_desks
from forum.actions.categories import change_category, create_category, rights_of
from forum.forms import CategoryForm
from forum.models import Category
from forum.permissions import can_keep_categories
from forum.readers.desk import all_categories, sentences_about


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Every category there is, and who reads it; what stands in a private one is not shown."""
    can_look_at_desks(request.user).enforce()
    context = {"categories": all_categories(), "may_keep": can_keep_categories(request.user)}
    return render(request, "forum/desk.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    can_keep_categories(request.user).enforce()
    form = CategoryForm(request.POST or None, initial={"position": None, "access": Category.Access.MEMBERS})
    checked: list[str] = []
    if request.method == "POST" and form.is_valid():
        checked = sentences_about(form.plan(), at=timezone.now())
        if "check" not in request.POST:
            made = create_category(form.plan(), by=_reader(request), at=timezone.now())
            messages.success(request, f"“{made.name}” is there.")
            return redirect("forum:desk")
    return render(request, "forum/category_form.html", _around(form, checked, None))


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Whoever changes who may read or write is first told what will be."""
    can_keep_categories(request.user).enforce()
    category = get_object_or_404(Category, slug=slug)
    form = CategoryForm(request.POST or None, instance=category)
    checked: list[str] = []
    if request.method == "POST" and form.is_valid():
        plan = form.plan()
        checked = sentences_about(plan, at=timezone.now())
        is_sure = "sure" in request.POST or plan.rights == rights_of(category)
        if "check" not in request.POST and is_sure:
            change_category(category, plan, by=_reader(request), at=timezone.now())
            messages.success(request, f"“{plan.name}” is changed. It holds at once.")
            return redirect("forum:desk")
    return render(request, "forum/category_form.html", _around(form, checked, category))


def _around(form: CategoryForm, checked: list[str], category: Category | None) -> dict[str, Any]:
    return {"form": form, "checked": checked, "category": category, "must_be_sure": bool(checked) and category is not None}


def _reader(request: HttpRequest) -> User:
    return cast("User", request.user)
