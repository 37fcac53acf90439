"""Categories: made and changed by administrators. None is ever deleted: topics stand in it, and links lead there."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from accounts.models import User
from common import audit
from common.errors import DomainError
from common.verdicts import Refused
from forum.models import Category, Topic
from forum.models.plan import GROUPS, CategoryPlan
from forum.permissions import can_keep_categories, can_see_category

LETS_ONESELF_IN: Final = (
    "You would open to yourself what was written for a group. Have an owner of the group add you first, which its people see."
)


class GroupMissing(DomainError):
    """A private category belongs to a group, and no other does."""


@transaction.atomic
def create_category(plan: CategoryPlan, *, by: User, at: datetime) -> Category:
    """A new category, last in the list unless a position is given. Raises GroupMissing."""
    can_keep_categories(by).enforce()
    _refuse(plan)
    category = Category(slug=_free_slug(plan.name))
    _fill(category, plan)
    if plan.position is None:
        category.position = (Category.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    category.save()
    audit.record("category.create", subject=("category", category.pk), by=by.pk, at=at, rights=plan.rights)
    return category


@transaction.atomic
def change_category(category: Category, plan: CategoryPlan, *, by: User, at: datetime) -> Category:
    """Other words, another place, other rights; its address stays. Rights hold at once and are audited, with what they were.
    Nobody opens to themselves what was written for a group. Raises GroupMissing."""
    can_keep_categories(by).enforce()
    _refuse(plan)
    category = Category.objects.select_for_update().get(pk=category.pk)
    before, could_read = rights_of(category), can_see_category(by, category)
    _fill(category, plan)
    if not could_read and can_see_category(by, category) and Topic.objects.filter(category=category).exists():
        raise Refused(LETS_ONESELF_IN)
    category.save()
    if before != plan.rights:
        audit.record("category.rights", subject=("category", category.pk), by=by.pk, at=at, before=before, after=plan.rights)
    else:
        audit.record("category.change", subject=("category", category.pk), by=by.pk, at=at)
    return category


def rights_of(category: Category) -> dict[str, object]:
    """As `CategoryPlan.rights`, of what stands."""
    return {"access": category.access, **{name: getattr(category, f"{name}_id") for name in GROUPS}}


def _refuse(plan: CategoryPlan) -> None:
    if (plan.access == Category.Access.GROUP) != (plan.group is not None):
        raise GroupMissing("Choose the group that a private category belongs to, and none for any other.")


def _fill(category: Category, plan: CategoryPlan) -> None:
    category.name, category.description, category.access = plan.name.strip(), plan.description.strip(), plan.access
    category.group, category.start_group = plan.group, plan.start_group
    category.reply_group, category.moderate_group = plan.reply_group, plan.moderate_group
    if plan.position is not None:
        category.position = plan.position


def _free_slug(name: str) -> str:
    """The name's own, or the first of `name-2`, `name-3` … that is free."""
    base = slugify(name)[:50] or "category"
    taken = set(Category.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))) if slug not in taken)
