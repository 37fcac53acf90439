"""Groups, their owners and people, and who left them."""

from collections.abc import Iterator
from datetime import timedelta

from accounts.models import Group, GroupMember
from demo.town.copying import Row, copy_rows
from demo.town.people import panels
from demo.town.plan import Plan
from demo.town.stages.shape import Rows, Stage, in_one_part


def _load(plan: Plan, _: range) -> Rows:
    rows = ((each.id, _slug(each.name), each.name, plan.begin) for each in panels(plan))
    yield "groups", copy_rows(Group, ("id", "slug", "name", "created_at"), rows)
    names = ("id", "group_id", "user_id", "is_owner", "added_at", "added_by_id", "removed_at", "removed_by_id")
    yield "group_members", copy_rows(GroupMember, names, _members(plan))


def _members(plan: Plan) -> Iterator[Row]:
    number, left_at = 0, plan.end - timedelta(days=50)
    for panel in panels(plan):
        owner = panel.owners[0]
        for user in (*panel.all, *panel.left):
            number += 1
            gone = user in panel.left
            yield (
                *(number, panel.id, user, user in panel.owners, plan.begin, owner),
                *((left_at, owner) if gone else (None, None)),
            )


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


GROUPS = Stage("groups", in_one_part, _load)
