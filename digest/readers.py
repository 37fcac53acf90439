"""What the pages need."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Count
from django.db.models.query import QuerySet

from accounts.models import User
from accounts.standing import Anyone
from common.statements import Statement
from digest.choosing import Choice, choose
from digest.models import Edition, Item, Run, Subscription
from digest.personal import personal_of
from digest.readership import Reader, Sight, reader_for
from digest.sections import Section, sections_of
from digest.streams import WEEKLY


def latest_edition(user: Anyone) -> Edition | None:
    """The newest edition that is out; its note and number are for everybody. One statement."""
    return _NEWEST.first(None)


def _newest(_: None) -> "QuerySet[Edition]":
    return Edition.objects.cut().filter(stream=WEEKLY).newest_first()[:1]


_NEWEST: Final = Statement(_newest)


def latest_editions(count: int = 12) -> Sequence[Edition]:
    return list(Edition.objects.cut().filter(stream=WEEKLY).newest_first().defer("editors_note", "editors_note_html")[:count])


def my_subscription(user: Anyone) -> Subscription | None:
    """The open subscription of an account's address. One statement; none for a visitor."""
    if not isinstance(user, User):
        return None
    found: Subscription | None = (
        Subscription.objects.open().filter(address__account=user, stream=WEEKLY).select_related("address").first()
    )
    return found


def last_left(user: User) -> Subscription | None:
    """The subscription that an account ended last: what can be undone."""
    found: Subscription | None = (
        Subscription.objects.filter(address__account=user, stream=WEEKLY, state="ended", ended_reason="asked")
        .select_related("address")
        .order_by("-ended_at")
        .first()
    )
    return found


def web_sections(edition: Edition, user: Anyone, *, at: datetime) -> list[Section]:
    """An edition as somebody may read it now: items visible to them, and, signed in, replies to their own topics."""
    items = list(Item.objects.filter(edition=edition).order_by("position"))
    reader = reader_for(user)
    mine = my_subscription(user)
    chosen = _chosen(items, reader, mine.categories if mine else ())
    personal = personal_of(edition, user.pk, reader, chosen, at=at) if isinstance(user, User) else []
    return sections_of(chosen, at=at, personal=personal)


def recent_runs(count: int = 50) -> list[Run]:
    return list(Run.objects.select_related("edition").order_by("-slot", "-pk")[:count])


def subscribers_now() -> dict[str, int]:
    """Open subscriptions by state."""
    return dict(Subscription.objects.open().values_list("state").annotate(count=Count("pk")))


def _chosen(items: Sequence[Item], reader: Reader, categories: Sequence[int]) -> list[Item]:
    choices = (Choice(item.pk, item.section, item.category_id) for item in items)
    wanted = choose(choices, visible=Sight(items).of(reader), categories=categories)
    by_id = {item.pk: item for item in items}
    return [by_id[each] for each in wanted]
