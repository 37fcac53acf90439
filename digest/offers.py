"""What a reader can ask for: each stream by its name, and what is promised of it."""

from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import AnonymousUser

from accounts.standing import Anyone
from digest.streams import OUTCOMES, WEEKLY, category_of, daily_of
from forum.models import Category


@dataclass(frozen=True, slots=True)
class Offer:
    """A stream as it is shown. `name` stands within a sentence (“the weekly”), `title` stands alone."""

    stream: str
    name: str
    title: str
    promise: str
    is_daily: bool = False


UNNAMED: Final = "A daily for members"
"""What a daily is called to who may not know of its category."""
_ALWAYS: Final = {
    WEEKLY: Offer(
        WEEKLY,
        "the weekly",
        "The weekly",
        "What practice managers debate, what is being asked of them, and what became of it. Put together on Monday at six, sent"
        " on the day you choose.",
    ),
    OUTCOMES: Offer(
        OUTCOMES,
        "the outcomes",
        "Outcomes only",
        "Once a week and no more than this: what became of what members were asked. Put together on Monday at six, sent on the"
        " day you choose.",
    ),
}


def offers(reader: Anyone) -> list[Offer]:
    """All that this reader may ask for: the streams for everybody, then the daily of each category that they may read. One
    statement."""
    rooms = Category.objects.visible_to(reader).in_order().values_list("pk", "name")
    return [*_ALWAYS.values(), *(_daily(pk, name) for pk, name in rooms)]


def offer_for(stream: str, reader: Anyone) -> Offer | None:
    """One of them; None where there is none, or where this reader must not know of it."""
    category = category_of(stream)
    if category is None:
        return _ALWAYS.get(stream)
    name = Category.objects.visible_to(reader).filter(pk=category).values_list("name", flat=True).first()
    return None if name is None else _daily(category, name)


def name_of(stream: str) -> str:
    """What a stream is called in a mail or on a page behind a link, whoever reads it: a category that visitors see is named."""
    offer = offer_for(stream, AnonymousUser())
    return offer.name if offer else "the daily"


def _daily(category: int, name: str) -> Offer:
    promise = f"Every day on which something new stands in {name}: what it is, and which threads moved."
    return Offer(daily_of(category), f"the daily of {name}", f"Daily: {name}", promise, is_daily=True)
