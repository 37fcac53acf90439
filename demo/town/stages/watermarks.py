"""Up to when members have seen the categories that they go to."""

from collections.abc import Iterator
from datetime import timedelta

from demo.town.categories import places
from demo.town.chance import chance
from demo.town.copying import Row, copy_rows
from demo.town.plan import Plan
from demo.town.stages.shape import Rows, Stage
from forum.models import CategoryMember


def _parts(plan: Plan) -> list[range]:
    return [range(first, min(first + 5_000, plan.registered + 1)) for first in range(1, plan.registered + 1, 5_000)]


def _load(plan: Plan, users: range) -> Rows:
    yield "watermarks", copy_rows(CategoryMember, ("user_id", "category_id", "watermark"), _rows(plan, users))


def _rows(plan: Plan, users: range) -> Iterator[Row]:
    luck = chance(plan, "watermarks", users.start)
    open_to_members = [place.id for place in places(plan) if not place.panel]
    for user in users:
        for category in luck.sample(open_to_members, luck.randint(0, 8)):
            yield user, category, plan.end - timedelta(hours=luck.randint(1, 2_000))


WATERMARKS = Stage("watermarks", _parts, _load)
