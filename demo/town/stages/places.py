"""Categories: public, for members, private to a group; some kept in order by a group of their own."""

from collections.abc import Iterator

from demo.town.categories import places
from demo.town.copying import Row, copy_rows
from demo.town.people import panels
from demo.town.plan import Plan
from demo.town.stages.shape import Rows, Stage, in_one_part
from forum.models import Category

_WHO = {"public": "Everybody reads along.", "members": "For members.", "group": "For the people of one group."}


def _load(plan: Plan, _: range) -> Rows:
    names = ("id", "slug", "name", "description", "access", "group_id", "moderate_group_id", "position")
    yield "categories", copy_rows(Category, names, _rows(plan))


def _rows(plan: Plan) -> Iterator[Row]:
    keepers = panels(plan)[-1].id
    for place in places(plan):
        kept = keepers if place.kept else None
        yield place.id, place.slug, place.name, _WHO[place.access], place.access, place.panel or None, kept, place.id


PLACES = Stage("places", in_one_part, _load)
