"""Warnings, suspensions in force and over, one lifted; and who blocks whom."""

from collections.abc import Iterator
from datetime import timedelta

from accounts.models import Block, Sanction
from demo.town.chance import chance
from demo.town.copying import Row, copy_rows
from demo.town.people import offices, pairs
from demo.town.plan import Plan
from demo.town.stages.shape import Rows, Stage, in_one_part

_WHY = "What was said about a colleague went beyond the argument."


def _load(plan: Plan, _: range) -> Rows:
    names = (
        *("id", "user_id", "kind", "reason", "imposed_at", "imposed_by_id", "ends_at"),
        *("lifted_at", "lifted_by_id", "lift_reason"),
    )
    yield "sanctions", copy_rows(Sanction, names, _sanctions(plan))
    members = range(1, plan.registered + 1)
    blocks = pairs(plan, "blocks", plan.scaled(600, least=2), members)
    yield "blocks", copy_rows(Block, ("user_id", "blocked_id", "created_at"), ((*pair, plan.end) for pair in blocks))


def _sanctions(plan: Plan) -> Iterator[Row]:
    held = offices(plan)
    first = held.trustees[-1] + 1
    warned, out, was_out = plan.scaled(40), plan.scaled(12), plan.scaled(20, least=2)
    users = chance(plan, "sanctions").sample(range(first, plan.registered + 1), warned + out + was_out)
    for place, user in enumerate(users):
        by = held.moderators[place % len(held.moderators)]
        imposed = plan.end - timedelta(days=3 + place)
        head = (place + 1, user)
        if place < warned:
            yield *head, "warning", _WHY, imposed, by, None, None, None, ""
        elif place < warned + out:
            yield *head, "suspension", _WHY, imposed, by, plan.end + timedelta(days=60 + place), None, None, ""
        else:
            lifted = place == warned + out
            yield (
                *(*head, "suspension", _WHY, imposed - timedelta(days=90), by, imposed - timedelta(days=60)),
                *((imposed - timedelta(days=80), by, "It was somebody else's post.") if lifted else (None, None, "")),
            )


SANCTIONS = Stage("sanctions", in_one_part, _load)
