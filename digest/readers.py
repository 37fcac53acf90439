"""What the pages need."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.query import QuerySet

from accounts.models import User
from accounts.standing import Anyone
from common.statements import Statement
from digest.choosing import Choice, choose
from digest.deadlines import up_to_date
from digest.models import AddressChange, Edition, Item, Run, Subscription
from digest.offers import UNNAMED, offer_for, offers
from digest.personal import personal_of
from digest.readership import VISITOR, Reader, Sight, reader_for
from digest.sections import Section, sections_of
from digest.streams import WEEKLY
from mail.mailboxes import mailbox_of, same_mailbox
from mail.models import Address, ConsentEvent, Mail

MOVE_WITHIN: Final = timedelta(days=7)
"""So long a new address has to say yes."""
NOT_ASKED_FOR: Final = timedelta(days=30)
"""So long nobody can have an address asked again whose owner said that it was not they."""
ASKED_A_DAY: Final = 3
"""Mails that ask one address for its word: whoever never answers is left alone."""
_ASKS: Final = ("digest.confirm", "digest.move")
NOT_ME_REASON: Final = "it was not they who asked"


def latest_edition(user: Anyone) -> Edition | None:
    """The newest edition that is out; its note and number are for everybody. One statement."""
    return _NEWEST.first(None)


def _newest(_: None) -> "QuerySet[Edition]":
    return Edition.objects.cut().filter(stream=WEEKLY).newest_first()[:1]


_NEWEST: Final = Statement(_newest, a_moment_old=True)


def latest_editions(
    stream: str = WEEKLY, *, before: int | None = None, count: int = 12, whole: bool = False
) -> Sequence[Edition]:
    """What is out of a stream, newest first; `before`: older than that number; `whole`: with note and editor."""
    editions = Edition.objects.cut().filter(stream=stream).newest_first()
    editions = editions.select_related("editor") if whole else editions.defer("editors_note", "editors_note_html")
    return list((editions if before is None else editions.filter(number__lt=before))[:count])


def my_subscription(user: Anyone, stream: str = WEEKLY) -> Subscription | None:
    """The open subscription of an account's address. One statement; none for a visitor."""
    if not isinstance(user, User):
        return None
    found: Subscription | None = (
        Subscription.objects.open().filter(address__account=user, stream=stream).select_related("address").first()
    )
    return found


def my_streams(user: User) -> Mapping[str, Subscription]:
    """All that an account's address gets or asked for, by stream. One statement."""
    mine = Subscription.objects.open().filter(address__account=user).select_related("address")
    return {each.stream: each for each in mine}


def last_left(user: User, stream: str = WEEKLY) -> Subscription | None:
    """The subscription that an account ended last: what can be undone."""
    found: Subscription | None = (
        Subscription.objects.filter(address__account=user, stream=stream, state="ended", ended_reason="asked")
        .select_related("address")
        .order_by("-ended_at")
        .first()
    )
    return found


def beside(mine: Subscription) -> Mapping[str, Subscription]:
    """The newest subscription of each stream that this one's address has or had, without its own. One statement."""
    rows = Subscription.objects.filter(address=mine.address_id).exclude(stream=mine.stream).order_by("stream", "-made_at")
    return {each.stream: each for each in rows.distinct("stream").select_related("address")}


def spellings_of(email: str, *, stream: str) -> list[Address]:
    """Rows of this mailbox under whatever spelling its provider takes for the same: those that get the stream or are asked about
    it, then that of an account. None where only one spelling reaches it. One statement."""
    pattern = same_mailbox(email)
    if pattern is None:
        return []
    has_it = Exists(Subscription.objects.open().filter(address=OuterRef("pk"), stream=stream))
    rows = Address.objects.filter(email__startswith=email[:1].lower(), email__regex=pattern).annotate(has_it=has_it)
    known = rows.filter(Q(has_it=True) | Q(account__isnull=False))
    return list(known.order_by("-has_it", F("account").asc(nulls_last=True), "pk"))


def twins_of(mine: Subscription) -> Sequence[Subscription]:
    """Open ones of the same stream that go to the same mailbox under another spelling, locked."""
    email = mine.address.email
    pattern = same_mailbox(email)
    if pattern is None:
        return []
    there = Address.objects.filter(email__startswith=email[:1], email__regex=pattern).exclude(pk=mine.address_id)
    rows = Subscription.objects.open().filter(stream=mine.stream, address__in=there).select_for_update(of=("self",))
    return list(rows.select_related("address").order_by("pk"))


def was_not_them(address: Address, *, at: datetime) -> bool:
    """Whoever reads this mailbox said lately that they did not ask."""
    pattern = same_mailbox(address.email)
    where = Q(address=address)
    if pattern is not None:
        where |= Q(address__email__startswith=address.email[:1], address__email__regex=pattern)
    said = Subscription.objects.filter(where, ended_reason=NOT_ME_REASON, ended_at__gt=at - NOT_ASKED_FOR)
    return said.exists()


def disowned(emails: Iterable[str], *, at: datetime) -> set[str]:
    """Those of these addresses whose owner said lately that they had not asked. One statement."""
    said = Subscription.objects.filter(ended_reason=NOT_ME_REASON, ended_at__gt=at - NOT_ASKED_FOR)
    theirs = {mailbox_of(email) for email in said.values_list("address__email", flat=True)}
    return {email for email in emails if mailbox_of(email) in theirs}


def was_asked_enough(address: Address, *, at: datetime) -> bool:
    """ASKED_A_DAY mails within a day asked this address whether it wants something."""
    return Mail.objects.filter(address=address, kind__in=_ASKS, created_at__gt=at - timedelta(days=1)).count() >= ASKED_A_DAY


def address_change_of(mine: Subscription, *, at: datetime) -> AddressChange | None:
    """The new address that waits for its owner's word."""
    waiting = AddressChange.objects.waiting_since(at - MOVE_WITHIN).filter(before=mine.address_id)
    return waiting.select_related("after").first()


def proofs_of(address: Address, stream: str | None = None) -> Sequence[ConsentEvent]:
    """What is written down of an address, oldest first; `stream`: of that one alone."""
    told = ConsentEvent.objects.filter(address=address).order_by("pk")
    return list(told if stream is None else told.filter(stream=stream))


def web_sections(edition: Edition, user: Anyone, *, at: datetime) -> list[Section]:
    """An edition as somebody may read it now: items visible to them, and, signed in, replies to their own topics."""
    items = up_to_date(list(Item.objects.filter(edition=edition).order_by("position")))
    reader = reader_for(user)
    mine = my_subscription(user, edition.stream)
    chosen = _chosen(items, reader, mine.categories if mine else ())
    personal = personal_of(edition, user.pk, reader, chosen, at=at) if isinstance(user, User) else []
    return sections_of(chosen, at=at, personal=personal)


def public_sections(editions: Sequence[Edition], *, at: datetime) -> Mapping[int, list[Section]]:
    """What a visitor may read of each edition now, by its id."""
    items = up_to_date(list(Item.objects.filter(edition__in=editions).order_by("edition", "position")))
    sight = Sight(items).of(VISITOR)
    told = {}
    for edition in editions:
        own = [item for item in items if item.edition_id == edition.pk]
        wanted = set(choose((Choice(item.pk, item.section, item.category_id) for item in own), visible=sight, categories=()))
        told[edition.pk] = sections_of((item for item in own if item.pk in wanted), at=at)
    return told


def recent_runs(viewer: Anyone, *, count: int = 50) -> list[tuple[Run, str]]:
    """The last ones, each with what its stream is called. Two statements."""
    titles = {offer.stream: offer.title for offer in offers(viewer)}
    runs = Run.objects.select_related("edition").order_by("-slot", "-pk")[:count]
    return [(run, titles.get(run.edition.stream, UNNAMED)) for run in runs]


def title_for(viewer: Anyone, stream: str) -> str:
    """What a stream is called to this reader. One statement."""
    offer = offer_for(stream, viewer)
    return offer.title if offer else UNNAMED


def subscribers_now(stream: str) -> dict[str, int]:
    """Open subscriptions to a stream, by state."""
    return dict(Subscription.objects.open().filter(stream=stream).values_list("state").annotate(count=Count("pk")))


def _chosen(items: Sequence[Item], reader: Reader, categories: Sequence[int]) -> list[Item]:
    choices = (Choice(item.pk, item.section, item.category_id) for item in items)
    wanted = choose(choices, visible=Sight(items).of(reader), categories=categories)
    by_id = {item.pk: item for item in items}
    return [by_id[each] for each in wanted]
