"""Who hears of a step of a consultation."""

from collections.abc import Sequence
from datetime import datetime

from consultation.models import Consultation, Draft, Evidence, Response
from notifications.kinds import LiveMessage, Recipient
from notifications.models import Event


class _Step:
    """`event.data` holds the consultation's id."""

    def live(self, event: Event) -> Sequence[LiveMessage]:
        return ()

    def ready(self, event: Event, at: datetime) -> bool:
        return True


class Opened(_Step):
    """Nobody by notice: the front page, the forum and the weekly tell of it."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        return ()


class Closed(_Step):
    """Whoever opened it, because there is work to do; and who had begun and not sent, because only what was sent counts."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        pk = event.data["consultation"]
        unsent = Draft.objects.filter(version__consultation=pk, user__gt=after).order_by("user").values_list("user", flat=True)
        told = {user: Recipient(user, "consultation.unsent", f"consultation.unsent:{pk}") for user in unsent[:limit]}
        opener = Consultation.objects.values_list("opened_by", flat=True).get(pk=pk)
        if opener is not None and opener > after:
            told[opener] = Recipient(opener, "consultation.closed", f"consultation.closed:{pk}")
        return [told[user] for user in sorted(told)][:limit]


class Published(_Step):
    """Everybody who answered."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        pk = event.data["consultation"]
        answered = Response.objects.filter(consultation=pk, is_current=True, user__gt=after, user__is_active=True)
        ids = answered.order_by("user").values_list("user", flat=True)[:limit]
        return [Recipient(user, "consultation.published", f"consultation.published:{pk}") for user in ids]


class EvidenceAsked(_Step):
    """The author of the post, where it has one: under a pseudonym nobody is told. `event.data` holds the evidence's id."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        pk = event.data["evidence"]
        authors = Evidence.objects.filter(pk=pk, post__author__gt=after, post__author__is_active=True)
        ids = authors.values_list("post__author", flat=True)[:limit]
        return [Recipient(user, "consultation.evidence", f"consultation.evidence:{pk}") for user in ids if user is not None]
