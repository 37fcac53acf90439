"""Where a run stands, as staff watch it: numbers, never an address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import CharField, Count, F, Func, Value

from accounts.standing import Anyone
from digest.balance import ENDED, WAITING, Line, Trouble, lines_of, trouble_of
from digest.models import Delivery, Item, Run
from digest.readership import Sight, reader_for

LATELY: Final = timedelta(minutes=1)
DOMAINS: Final = 20
_DOMAIN: Final = Func(F("address__email"), Value("@"), Value(2), function="split_part", output_field=CharField())


@dataclass(frozen=True, slots=True)
class Refused:
    """So many letters to a domain were refused with this code, or put off."""

    domain: str
    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """`ends_at`: when the last letter goes at the pace of the last minute; None where that says nothing. `warnings`: a sentence
    each, where more than settings.WEEKLY_WARN_COMPLAINED_PERCENT reported it as unwanted, or servers turn away what it is."""

    lines: Sequence[Line]
    candidates: int | None
    waiting: int
    accepted: int
    a_minute: int
    ends_at: datetime | None
    first: int
    first_waiting: int
    warnings: Sequence[str]

    @property
    def total(self) -> int:
        return sum(line.count for line in self.lines)

    @property
    def balances(self) -> bool:
        """Every candidate is in one of the lines."""
        return self.total == self.candidates

    @property
    def percent(self) -> int:
        ended = sum(line.count for line in self.lines if line.state in ENDED)
        return 100 * ended // self.total if self.total else 0


def progress_of(run: Run, *, at: datetime) -> Progress:
    """Six statements, seven where there were complaints."""
    lines = lines_of(run)
    waiting = sum(line.count for line in lines if line.state in WAITING)
    lately = Delivery.objects.filter(run=run, accepted_at__gt=at - LATELY).count()
    first = dict(Delivery.objects.filter(run=run, is_canary=True).values_list("state").annotate(count=Count("pk")))
    trouble = trouble_of(run)
    return Progress(
        lines=lines,
        candidates=run.counts.get("candidates"),
        waiting=waiting,
        accepted=sum(line.count for line in lines if line.state == "accepted"),
        a_minute=lately,
        ends_at=at + LATELY * (waiting / lately) if lately and waiting and run.state in Run.GOING_OUT else None,
        first=sum(first.values()),
        first_waiting=sum(count for state, count in first.items() if state in WAITING),
        warnings=_warnings(trouble),
    )


def _warnings(trouble: Trouble) -> list[str]:
    complained = trouble.is_complained_of(percent=settings.WEEKLY_WARN_COMPLAINED_PERCENT)
    told = ((complained, trouble.complained), (trouble.is_turned_away, trouble.turned_away_in_words))
    return [sentence for is_so, sentence in told if is_so]


def refusals_of(run: Run) -> list[Refused]:
    """By domain and code, most first. One statement."""
    found = Delivery.objects.filter(run=run, state__in=("failed", "deferred", "expired"), smtp_code__isnull=False)
    counted = found.annotate(domain=_DOMAIN).values_list("domain", "smtp_code", "enh_code")
    told = counted.annotate(count=Count("pk")).order_by("-count", "domain", "smtp_code", "enh_code")[:DOMAINS]
    return [Refused(domain, f"{code} {enhanced}".strip(), count) for domain, code, enhanced, count in told]


@dataclass(frozen=True, slots=True)
class Recallable:
    """`title`: empty where it belongs to a group that the viewer is not in; it can be recalled all the same."""

    item: Item
    title: str


def items_of(run: Run, viewer: Anyone) -> list[Recallable]:
    """What can be recalled, in the order of the edition. The statements do not grow with it."""
    items = list(Item.objects.filter(edition=run.edition_id).order_by("position"))
    seen = Sight(items).of(reader_for(viewer))
    return [Recallable(item, item.title if item.pk in seen or item.is_public else "") for item in items]


def books_of(run: Run) -> Iterator[list[object]]:
    """The books of a run, every row with its reason: by number, no address."""
    yield ["delivery", "state", "reason", "attempts", "code", "first attempt", "accepted", "sent again"]
    rows = Delivery.objects.filter(run=run).order_by("pk")
    told = rows.values_list("pk", "state", "reason", "attempts", "smtp_code", "first_attempt_at", "accepted_at", "resent_at")
    for *plain, began, accepted, again in told.iterator(chunk_size=2_000):
        yield [*plain, *(each.isoformat(timespec="seconds") if each else "" for each in (began, accepted, again))]
