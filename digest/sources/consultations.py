"""What is being asked, until when, and what became of it. Once opened, a consultation is for everybody to read."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse

from accounts.standing import Anyone
from consultation.models import Consultation, Root
from consultation.models.consultation import ConsultationQuerySet
from digest.sources.shape import Candidate

CLOSES_WITHIN: Final = timedelta(days=14)
"""From the cut: an edition is read up to a week later."""


class Opened:
    """Opened within the week."""

    kind = "consultation.opened"
    by_the_clock = True
    why = "It opened this week."

    def candidates(self, starts: datetime, ends: datetime, *, at: datetime) -> Sequence[Candidate]:
        """One statement."""
        found = _asked_at(ends).filter(opened_at__gte=starts)
        return [self._candidate(each) for each in found.closing_soonest_first()]

    def named(self, object_ids: Collection[int], *, at: datetime) -> Sequence[Candidate]:
        """One statement."""
        return [self._candidate(each) for each in _asked_at(at).filter(pk__in=object_ids)]

    def visible(self, quoted: Mapping[int, int | None], reader: Anyone) -> set[int]:
        """What was withdrawn asks nobody any more. One statement."""
        seen = Consultation.objects.visible_to(reader).filter(pk__in=quoted, opened_at__isnull=False, withdrawn_at=None)
        return set(seen.values_list("pk", flat=True))

    def _candidate(self, asked: Consultation) -> Candidate:
        """A paused one has no deadline to tell: it gets back the days of its pause."""
        paused = asked.paused_at is not None
        return Candidate(
            kind=self.kind,
            object_id=asked.pk,
            section="consultations",
            title=asked.title,
            url=settings.SITE_URL + asked.get_absolute_url(),
            lede=asked.lede,
            facts=f"Asked by {asked.asked_by}" if asked.asked_by else "",
            why=f"{self.why} Answers are paused for the moment." if paused else self.why,
            closes_at=None if paused else asked.closes_at,
            action="Read it" if paused else "Read it and answer",
            is_public=True,
            weight=-(asked.closes_at.timestamp() if asked.closes_at else 0),
            rank="What closes first stands first.",
        )


class Closing(Opened):
    """Closes soon. Not while it is paused: then it closes later, nobody knows when."""

    kind = "consultation.closing"
    why = "It closes soon."

    def candidates(self, starts: datetime, ends: datetime, *, at: datetime) -> Sequence[Candidate]:
        """One statement."""
        found = _asked_at(ends).filter(opened_at__lt=starts, closes_at__lte=ends + CLOSES_WITHIN)
        return [self._candidate(each) for each in found.filter(paused_at=None).closing_soonest_first()]

    def visible(self, quoted: Mapping[int, int | None], reader: Anyone) -> set[int]:
        """One statement."""
        seen = Consultation.objects.visible_to(reader).filter(
            pk__in=quoted, opened_at__isnull=False, withdrawn_at=None, paused_at=None
        )
        return set(seen.values_list("pk", flat=True))


class Outcomes:
    """Results published within the week."""

    kind = "outcome"
    by_the_clock = True

    def candidates(self, starts: datetime, ends: datetime, *, at: datetime) -> Sequence[Candidate]:
        """One statement."""
        found = Consultation.objects.published().filter(published_at__gte=starts, published_at__lt=ends)
        return [_outcome(each, "Its results were published this week.") for each in found.latest_published_first()]

    def named(self, object_ids: Collection[int], *, at: datetime) -> Sequence[Candidate]:
        """One statement."""
        found = Consultation.objects.published().filter(pk__in=object_ids, published_at__lt=at)
        return [_outcome(each, "Picked by the editor.") for each in found]

    def visible(self, quoted: Mapping[int, int | None], reader: Anyone) -> set[int]:
        """One statement."""
        seen = Consultation.objects.visible_to(reader).published().filter(pk__in=quoted)
        return set(seen.values_list("pk", flat=True))


class Fixed:
    """Closed within the week: the root over all answers, which readers can compare with the one on the site."""

    kind = "consultation.root"
    by_the_clock = True

    def candidates(self, starts: datetime, ends: datetime, *, at: datetime) -> Sequence[Candidate]:
        """One statement."""
        found = Root.objects.filter(fixed_at__gte=starts, fixed_at__lt=ends, consultation__withdrawn_at=None)
        found = found.select_related("consultation").order_by("fixed_at", "pk")
        return [_fixed(each, "It closed this week.") for each in found]

    def named(self, object_ids: Collection[int], *, at: datetime) -> Sequence[Candidate]:
        """One statement."""
        found = Root.objects.filter(pk__in=object_ids, fixed_at__lt=at).select_related("consultation")
        return [_fixed(each, "Picked by the editor.") for each in found]

    def visible(self, quoted: Mapping[int, int | None], reader: Anyone) -> set[int]:
        """One statement."""
        seen = Consultation.objects.visible_to(reader).filter(pk__in=quoted, closed_at__isnull=False)
        return set(seen.values_list("pk", flat=True))


def _fixed(root: Root, why: str) -> Candidate:
    groups = " ".join(root.spelt[at : at + 16] for at in range(0, 64, 16))
    answers = f"{root.size:,} {'answer was' if root.size == 1 else 'answers were'}"
    return Candidate(
        kind="consultation.root",
        object_id=root.pk,
        section="outcomes",
        title=root.consultation.title,
        url=settings.SITE_URL + reverse("consultation:verify", args=[root.consultation.slug]),
        facts=f"{answers} fixed at the close. Root of the list: {groups}",
        why=why,
        action="Check a receipt",
        is_public=True,
    )


def _asked_at(moment: datetime) -> ConsultationQuerySet:
    """Took answers then; whatever became of it since, an edition of that time told of it."""
    return Consultation.objects.filter(opened_at__lt=moment, closes_at__gt=moment, withdrawn_at=None)


def _outcome(asked: Consultation, why: str) -> Candidate:
    counted = asked.responses_counted or 0
    return Candidate(
        kind="outcome",
        object_id=asked.pk,
        section="outcomes",
        title=asked.title,
        url=settings.SITE_URL + asked.get_absolute_url(),
        facts=f"{counted:,} {'response was' if counted == 1 else 'responses were'} counted",
        why=why,
        action="See the results",
        is_public=True,
    )
