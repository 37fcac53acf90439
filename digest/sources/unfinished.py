"""What a reader has begun to answer and not sent."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from accounts.standing import Anyone
from consultation.models import Draft
from consultation.readers.holders import drafts_of_each
from digest.sources.shape import Candidate, Quoted, Told

SOON: Final = timedelta(days=8)
"""Closes before the next edition has come to everybody."""


class Unfinished:
    """A consultation, its deadline and the way back to it; of what was answered not a word. Told in the week in which it was
    begun, and again when it is about to close. Of a detached one nobody knows who has begun it."""

    section = "unfinished"

    def to(
        self,
        viewers: Mapping[int, Anyone],
        starts: datetime,
        ends: datetime,
        *,
        told: Mapping[int, Quoted],
        at: datetime,
    ) -> Mapping[int, Told]:
        """Three statements."""
        out = {}
        for reader, drafts in drafts_of_each(list(viewers), at=at).items():
            due = [draft for draft in drafts if _is_news(draft, starts, ends)]
            if due:
                out[reader] = Told([_candidate(draft) for draft in due])
        return out


def _is_news(draft: Draft, starts: datetime, ends: datetime) -> bool:
    closes_at = draft.version.consultation.closes_at
    return starts <= draft.saved_at < ends or (closes_at is not None and closes_at < ends + SOON)


def _candidate(draft: Draft) -> Candidate:
    asked = draft.version.consultation
    return Candidate(
        kind="unfinished",
        object_id=asked.pk,
        section="unfinished",
        title=asked.title,
        url=settings.SITE_URL + asked.get_absolute_url(),
        facts="What you gave is kept",
        why="You began to answer and have not sent it.",
        closes_at=asked.closes_at,
        action="Carry on answering",
    )
