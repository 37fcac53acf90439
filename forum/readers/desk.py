"""Categories as their desk shows them, and what a plan for one would mean."""

from datetime import datetime

from django.db.models import Count

from accounts.models import Group, GroupMember, RoleGrant
from forum.models import Category
from forum.models.category import CategoryQuerySet
from forum.models.plan import GROUPS, CategoryPlan


def all_categories() -> CategoryQuerySet:
    """In order, with their groups and `topics_there`."""
    found: CategoryQuerySet = Category.objects.select_related(*GROUPS).annotate(topics_there=Count("topics")).in_order()
    return found


def sentences_about(plan: CategoryPlan, *, at: datetime) -> list[str]:
    """Who will read, start, answer and keep order, in plain words with the numbers of now."""
    told = [_readers(plan, at)]
    for group, does in ((plan.start_group, "start topics"), (plan.reply_group, "reply")):
        who = (
            f"The {_people(group)} of {group.name}, and whoever keeps it in order,"
            if group
            else "Whoever reads it and takes part"
        )
        told.append(f"{who} can {does}.")
    owners = "the owners of the group" if plan.access == Category.Access.GROUP else "the site’s moderators"
    also = f" and the {_people(plan.moderate_group)} of {plan.moderate_group.name}" if plan.moderate_group else ""
    told.append(f"It is kept in order by {owners}{also}.")
    return told


def _readers(plan: CategoryPlan, at: datetime) -> str:
    if plan.access == Category.Access.PUBLIC:
        return "Everybody can read it, also visitors without an account and search engines."
    if plan.access == Category.Access.MEMBERS:
        number = RoleGrant.objects.held_at(at).filter(user__is_active=True).values("user").distinct().count()
        return f"All members can read it: {number:,} {'person' if number == 1 else 'people'} now."
    assert plan.group is not None
    also = f", and the {_people(plan.moderate_group)} of {plan.moderate_group.name}" if plan.moderate_group else ""
    return (
        f"The {_people(plan.group)} of {plan.group.name} can read it{also}. Nobody else, also no moderator and no administrator."
    )


def _people(group: Group) -> str:
    number = GroupMember.objects.standing().filter(group=group).count()
    return f"{number:,} {'person' if number == 1 else 'people'}"
