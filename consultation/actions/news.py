"""Letters to those of the public who answer: of what concerns what they began or sent, by the link that they have."""

from datetime import datetime
from functools import partial
from typing import Final

from django.db import transaction

from consultation.actions.troubles import each_for_itself
from consultation.models import Consultation, Guest, News
from consultation.permissions import can_use_link
from consultation.readers.guests import addresses_told
from consultation.readers.seats import Seat
from mail.outbox import queue_mails

NEWS_MAIL: Final = "consultation.news"
_BATCH: Final = 1_000


def write_to_the_public(consultation: Consultation, kind: str, *, at: datetime) -> None:
    """Inside a transaction: have the clock write to those of the public whom it concerns, where they are asked."""
    if consultation.for_public:
        News.objects.create(consultation=consultation, kind=kind, at=at)


def write_what_is_due(*, at: datetime) -> int:
    """Put the letters of all news into the outbox. Returns how many letters. Safe twice, in parallel and when it dies: a letter
    is one by news and address."""
    due = News.objects.filter(queued_at=None).order_by("consultation").values_list("consultation", flat=True).distinct()
    return each_for_itself(due, partial(_write_all, at=at), at=at)


def _write_all(consultation_id: int, *, at: datetime) -> int:
    due = News.objects.filter(consultation=consultation_id, queued_at=None).order_by("pk").values_list("pk", flat=True)
    return sum(_write(pk, at=at) for pk in list(due))


@transaction.atomic
def _write(pk: int, *, at: datetime) -> int:
    """By address, so that the order of the letters says nothing of the order of the answers. What is written to them may have
    changed until it is handed over: it is asked again then."""
    rows = News.objects.select_for_update(skip_locked=True, of=["self"]).select_related("consultation")
    news = rows.filter(pk=pk).first()
    if news is None or news.queued_at is not None:
        return 0
    told: dict[str, int | str] = {"consultation": news.consultation_id, "news": news.pk}
    addresses = list(addresses_told(news))
    for begin in range(0, len(addresses), _BATCH):
        batch = addresses[begin : begin + _BATCH]
        queue_mails(NEWS_MAIL, [(address, f"{NEWS_MAIL}:{news.pk}", told) for address in batch], at=at)
    news.queued_at = at
    news.save(update_fields=["queued_at"])
    return len(addresses)


@transaction.atomic
def choose_news(seat: Seat, consultation: Consultation, *, wanted: bool) -> None:
    """Somebody of the public wants such letters, or wants none. Safe twice. Raises Refused."""
    can_use_link(seat, consultation).enforce()
    Guest.objects.filter(party=seat.party).update(wants_news=wanted)
