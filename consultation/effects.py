"""Who hears of a step of a consultation."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.query import QuerySet

from accounts.models import RoleGrant
from consultation.models import Colleague, Consultation, Draft, Eligible, Evidence, Reminder, Response, Review, Version
from consultation.readers.answered import answered_by_each, who_answered
from consultation.readers.holders import held_by_each, holders_of, is_confidential
from consultation.readers.organisations import colleagues_with
from consultation.readers.participation import NOT_STATED
from notifications.kinds import LiveMessage, Recipient
from notifications.models import Event, Notice


class _Step:
    """`event.data` holds the consultation's id."""

    def live(self, event: Event) -> Sequence[LiveMessage]:
        return ()

    def ready(self, event: Event, at: datetime) -> bool:
        return True


class Opened(_Step):
    """Everybody on the list of those who may answer, but who has answered already."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        pk = event.data["consultation"]
        ids = _listed(Consultation.objects.get(pk=pk), after).values_list("user", flat=True)[:limit]
        return [Recipient(user, "consultation.invitation", f"consultation.opened:{pk}") for user in ids]


class Reminded(_Step):
    """`event.data["what"]`: `three_days` and `one_day` go to who has begun and not sent; `silent` to who may answer and has not
    begun; `segment` to who is of that nation and list size and has not answered, twice at most."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        pk, what = event.data["consultation"], event.data["what"]
        reminder = Reminder.objects.select_related("consultation").get(pk=event.data["reminder"])
        consultation, drafts = reminder.consultation, Draft.objects.filter(version__consultation=pk)
        key = f"consultation.reminder:{reminder.pk}"
        if what == "segment":
            ids = self._segment(reminder, after)
            return [Recipient(user, "consultation.invitation", key) for user in ids[:limit]]
        if what == "silent":
            begun = drafts.filter(held_by_each(consultation, "user"))
            silent = _listed(consultation, after).filter(~Exists(begun)).values_list("user", flat=True)
            return [Recipient(user, "consultation.reminder", key) for user in silent[:limit]]
        begun_by = _all_with(drafts, consultation, after=after, limit=limit)
        return [Recipient(user, "consultation.reminder", key) for user in begun_by]

    def _segment(self, reminder: Reminder, after: int) -> "QuerySet[Eligible, int]":
        nation, size = ("" if name == NOT_STATED else name for name in (reminder.nation, reminder.list_size))
        theirs = {"user": OuterRef("user"), "kind": "consultation.invitation", "event__kind": "consultation.reminder"}
        told = Notice.objects.filter(**theirs, event__data__consultation=reminder.consultation_id)
        found = _listed(reminder.consultation, after).filter(on_supplement=False, nation=nation, list_size=size)
        times = Coalesce(Subquery(told.order_by().values("user").annotate(n=Count("pk")).values("n")), 0)
        return found.annotate(times=times).filter(times__lt=MOST_INVITATIONS).values_list("user", flat=True)


MOST_INVITATIONS: Final = 2
"""Of one person as somebody little heard, in one consultation."""


def _listed(consultation: Consultation, after: int) -> "QuerySet[Eligible]":
    """Who may answer and has not, by rising id."""
    found = Eligible.objects.filter(~answered_by_each(consultation, "user"), consultation=consultation)
    found = found.filter(user__gt=after, user__is_active=True)
    return found.order_by("user")


def _all_with(rows: "QuerySet[Draft] | QuerySet[Response]", consultation: Consultation, *, after: int, limit: int) -> list[int]:
    """Members whose these drafts or responses are, and those who write for an organisation that has one, by rising id."""
    own = holders_of(rows, consultation, after=after, limit=limit)
    return sorted({*own, *colleagues_with(rows, after=after, limit=limit)})[:limit]


class Closed(_Step):
    """Whoever opened it, because there is work to do; and who had begun and not sent, because only what was sent counts."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        pk = event.data["consultation"]
        consultation = Consultation.objects.get(pk=pk)
        unsent = _all_with(Draft.objects.filter(version__consultation=pk), consultation, after=after, limit=limit)
        told = {user: Recipient(user, "consultation.unsent", f"consultation.unsent:{pk}") for user in unsent}
        opener = consultation.opened_by_id
        if opener is not None and opener > after:
            told[opener] = Recipient(opener, "consultation.closed", f"consultation.closed:{pk}")
        return [told[user] for user in sorted(told)][:limit]


class Published(_Step):
    """Everybody who answered, or wrote for an organisation that did."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        pk = event.data["consultation"]
        own = who_answered(Consultation.objects.get(pk=pk), after=after, limit=limit)
        sent = Response.objects.filter(consultation=pk, is_current=True)
        ids = sorted({*own, *colleagues_with(sent, after=after, limit=limit)})[:limit]
        return [Recipient(user, "consultation.published", f"consultation.published:{pk}") for user in ids]


class WritersAsked(_Step):
    """Of a confidential one everybody who answered: a notice to the writer alone would lead from them to the response that was
    asked about. Of a named one whoever has a question to answer. `event.data["day"]`: once a day, however much is asked."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        pk = event.data["consultation"]
        consultation = Consultation.objects.get(pk=pk)
        if is_confidential(consultation):
            ids = who_answered(consultation, after=after, limit=limit)
        else:
            asked = Response.objects.filter(consultation=pk, inquiries__isnull=False, inquiries__answered_at=None)
            ids = holders_of(asked, consultation, after=after, limit=limit)
        return [Recipient(user, "consultation.inquiry", f"consultation.inquiry:{pk}:{event.data['day']}") for user in ids]


class Excluded(_Step):
    """Whoever sent the response `event.data["response"]`, where names are kept."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        sent = Response.objects.filter(pk=event.data["response"], user__gt=after, user__is_active=True)
        key = f"consultation.excluded:{event.pk}"
        ids = sent.values_list("user", flat=True)
        return [Recipient(user, "consultation.excluded", key) for user in ids if user is not None]


class Changed(_Step):
    """Whoever answered before a material change, or had begun. `event.data["version"]` is the version's id, `event.data["whose"]`
    says which: `own` (nothing: their own answer), `begun` (their own draft; not whoever answered too, who is told already),
    `organisation` (what colleagues wrote or sent)."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        version = Version.objects.select_related("consultation").get(pk=event.data["version"])
        consultation, whose = version.consultation, event.data.get("whose", "own")
        sent = Response.objects.filter(consultation=consultation, is_current=True, version__number__lt=version.number)
        begun = Draft.objects.filter(version__consultation=consultation, begun_under__number__lt=version.number)
        if whose == "organisation":
            both = (colleagues_with(rows, after=after, limit=limit) for rows in (sent, begun))
            ids: Sequence[int] = sorted({user for users in both for user in users})[:limit]
        else:
            theirs = sent.filter(Q(user=OuterRef("user")) | Q(holder_tag=OuterRef("holder_tag")))
            rows = begun.filter(~Exists(theirs)) if whose == "begun" else sent
            ids = holders_of(rows, consultation, after=after, limit=limit)
        key = f"consultation.changed:{version.pk}" + ("" if whose == "own" else f":{whose}")
        return [Recipient(user, "consultation.changed", key) for user in ids]


class Reviewed(_Step):
    """`event.data["what"]`: `asked` and `version_asked` go to every organiser and director but who asked, `wrong_key` to all;
    what was decided, or that it could not open by itself, to who began the draft and who asked."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        if event.data["what"] in {"asked", "version_asked", "wrong_key"}:
            grants = RoleGrant.objects.held_at(event.at).filter(role__in=["organiser", "director"], user__is_active=True)
            ids = set(grants.filter(user__gt=after).order_by("user").values_list("user", flat=True)[: limit * 2 + 2])
        else:
            asked = Consultation.objects.filter(pk=event.data["consultation"]).values_list("created_by", "scheduled_by")
            reviews = Review.objects.filter(consultation=event.data["consultation"]).values_list("asked_by", flat=True)
            ids = {user for row in asked for user in row if user is not None} | set(reviews)
        ids.discard(event.actor_id or 0)
        told = sorted(user for user in ids if user > after)[:limit]
        return [Recipient(user, "consultation.review", f"consultation.review:{event.pk}") for user in told]


class EvidenceAsked(_Step):
    """The author of the post, where it has one: under a pseudonym nobody is told. `event.data` holds the evidence's id."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        pk = event.data["evidence"]
        authors = Evidence.objects.filter(pk=pk, post__author__gt=after, post__author__is_active=True)
        ids = authors.values_list("post__author", flat=True)[:limit]
        return [Recipient(user, "consultation.evidence", f"consultation.evidence:{pk}") for user in ids if user is not None]


class ColleagueAsked(_Step):
    """Whoever is asked to write an organisation's answer, as long as they have not answered. `event.data` holds the row's id."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        pk = event.data["colleague"]
        ids = Colleague.objects.filter(pk=pk, user__gt=after, user__is_active=True, joined_at=None, ended_at=None)
        return [
            Recipient(user, "consultation.colleague", f"consultation.colleague:{pk}")
            for user in ids.values_list("user", flat=True)
        ]
