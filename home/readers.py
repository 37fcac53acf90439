"""What stands on the front page: what waits for the reader, then what is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)

from accounts.standing import Anyone, standing_of
from accounts.statements import ReadersStatement
from consultation.models import Consultation, Draft, Ledger, Response
from consultation.readers.audience import asks
from consultation.readers.holders import mine_among
from consultation.readers.lists import published
from digest.models import Edition
from digest.readers import latest_edition
from forum.readers.latest import front_topics
from forum.readers.listed import TopicRow

FOLLOWED, LATEST, OUTCOMES = 5, 8, 3


@dataclass(frozen=True, slots=True)
class Front:
    """`waiting`: the consultation to answer or carry on with first, None where nothing waits. Open consultations come by their
    close, topics by their last post."""

    waiting: Consultation | None
    open: Sequence[Consultation]
    followed: Sequence[TopicRow]
    latest: Sequence[TopicRow]
    outcomes: Sequence[Consultation]
    edition: Edition | None


def front_page(user: Anyone, *, at: datetime) -> Front:
    """Four statements; one more for a reader who holds drafts or answers."""
    standing = standing_of(user)
    open_now = _open_with_mine(user, at=at)
    unanswered = [each for each in open_now if each.asks_me and not each.answered]  # type: ignore[attr-defined]
    unanswered.sort(key=lambda consultation: consultation.my_page is None)  # type: ignore[attr-defined]
    followed, latest = front_topics(user, unread=FOLLOWED, latest=LATEST, at=at)
    return Front(
        waiting=unanswered[0] if unanswered and standing.is_member else None,
        open=open_now,
        followed=followed,
        latest=latest,
        outcomes=published(user, limit=OUTCOMES),
        edition=latest_edition(user),
    )


def _open_with_mine(user: Anyone, *, at: datetime) -> list[Consultation]:
    """Open consultations with `asks_me`, `answered`, `my_page` (where the reader stopped, None where not begun) and
    `my_saved_at`."""
    rows = _OPEN.rows(user, at=at)
    user_id = standing_of(user).user_id
    held = mine_among(user_id, rows) if user_id is not None else {}
    for consultation in rows:
        draft, sent = held.get(consultation.pk, (None, None))
        if sent is not None:
            consultation.answered = True  # type: ignore[attr-defined]
        if draft is not None:
            consultation.my_page, consultation.my_saved_at = draft.page, draft.saved_at  # type: ignore[attr-defined]
    return rows


def _open(user: Anyone, *, at: datetime) -> "QuerySet[Consultation]":
    rows = Consultation.objects.visible_to(user).accepting_at(at).closing_soonest_first()
    user_id = standing_of(user).user_id
    if user_id is None:
        no, nowhere = Value(False, BooleanField()), Value(None, IntegerField())
        return rows.annotate(asks_me=no, answered=no, my_page=nowhere, my_saved_at=Value(None, DateTimeField()))
    mine = Draft.objects.filter(version__consultation=OuterRef("pk"), user=user_id).order_by("-pk")
    answered = Response.objects.filter(consultation=OuterRef("pk"), user=user_id, is_current=True)
    took_part = Ledger.objects.filter(consultation=OuterRef("pk"), user=user_id, took_part=True)
    return rows.annotate(
        asks_me=ExpressionWrapper(asks(user_id), BooleanField()),
        answered=Exists(answered) | Exists(took_part),
        my_page=Subquery(mine.values("page")[:1]),
        my_saved_at=Subquery(mine.values("saved_at")[:1]),
    )


_OPEN: Final = ReadersStatement(_open)
