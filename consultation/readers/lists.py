"""Consultations as lists: for the front page, the weekly and the pages of our own. Each is one statement."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.db.models.query import QuerySet

from accounts.standing import Anyone, standing_of
from accounts.statements import ReadersStatement
from consultation.models import Consultation, Draft, State
from consultation.readers.holders import confidential_drafts


def consultation_for(user: Anyone, slug: str) -> Consultation | None:
    """The one of this address if this person may know of it, with its topic and category. One statement."""
    return _BY_SLUG.first(user, slug=slug)


def _by_slug(user: Anyone, *, slug: str) -> "QuerySet[Consultation]":
    return Consultation.objects.visible_to(user).filter(slug=slug).select_related("topic__category", "for_group")


_BY_SLUG: Final = ReadersStatement(_by_slug)


def open_consultations(user: Anyone, *, at: datetime) -> list[Consultation]:
    """Those that take answers now, the one that closes first on top."""
    return list(Consultation.objects.visible_to(user).accepting_at(at).closing_soonest_first())


def closing_soon(user: Anyone, *, at: datetime, within: timedelta = timedelta(days=7)) -> list[Consultation]:
    """Of those, the ones that close within a time."""
    open_now = Consultation.objects.visible_to(user).accepting_at(at)
    return list(open_now.filter(closes_at__lte=at + within).closing_soonest_first())


def my_unfinished(user: Anyone, *, at: datetime) -> list[Draft]:
    """This person's drafts that can still be sent, with their consultation; the one that closes first on top."""
    standing = standing_of(user)
    if standing.user_id is None:
        return []
    accepting = Consultation.objects.accepting_at(at)
    named = Draft.objects.filter(user=standing.user_id, version__consultation__in=accepting)
    drafts = [*named.select_related("version__consultation"), *confidential_drafts(standing.user_id, accepting)]
    return sorted(drafts, key=lambda draft: (draft.version.consultation.closes_at or at, draft.pk))


def published(user: Anyone, *, limit: int | None = None) -> list[Consultation]:
    """Outcomes, the latest first."""
    return _PUBLISHED.rows(user, limit)


def _published(user: Anyone, limit: int | None) -> "QuerySet[Consultation]":
    return Consultation.objects.visible_to(user).published().latest_published_first()[:limit]


_PUBLISHED: Final = ReadersStatement(_published, a_moment_old=True)


def awaiting_results(user: Anyone, *, at: datetime) -> list[Consultation]:
    """Closed, not withdrawn, results not yet published; the one that closed last on top."""
    closed = Consultation.objects.visible_to(user).filter(closes_at__lte=at, published_at=None, withdrawn_at=None, paused_at=None)
    return list(closed.order_by("-closes_at", "-pk"))


def being_written(user: Anyone) -> list[Consultation]:
    """Drafts, for whoever may see them; the latest first."""
    return list(Consultation.objects.visible_to(user).drafts().order_by("-created_at", "-pk"))


def withdrawn(user: Anyone) -> list[Consultation]:
    """Withdrawn ones, the latest first."""
    return list(Consultation.objects.visible_to(user).filter(withdrawn_at__isnull=False).order_by("-withdrawn_at", "-pk"))


def waiting(user: Anyone) -> tuple[list[Consultation], list[Consultation]]:
    """Scheduled, the one that opens first on top; and paused, the one that closes first on top. One statement."""
    either = Q(opened_at=None, scheduled_at__isnull=False) | Q(paused_at__isnull=False)
    rows = Consultation.objects.visible_to(user).filter(either, withdrawn_at=None).order_by("opens_at", "closes_at", "pk")
    found = list(rows)
    paused = sorted((each for each in found if each.paused_at), key=lambda each: (each.closes_at, each.pk))
    return [each for each in found if not each.paused_at], paused


def by_state(user: Anyone, *, at: datetime) -> dict[State, list[Consultation]]:
    """All that this person may see, by where each stands, in the order of a consultation's life; empty states are left out. One
    statement."""
    found: dict[State, list[Consultation]] = {state: [] for state in State}
    for consultation in Consultation.objects.visible_to(user).order_by("-created_at", "-pk"):
        found[consultation.state_at(at)].append(consultation)
    return {state: consultations for state, consultations in found.items() if consultations}
