"""Who hears of a case."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from accounts.models import GroupMember, RoleGrant, User
from moderation.models import Case, Report
from moderation.permissions import keeps_in_order
from notifications.kinds import LiveMessage, Recipient
from notifications.models import Event


class _OfCase:
    """`event.data` holds the case's id."""

    def live(self, event: Event) -> Sequence[LiveMessage]:
        return ()

    def ready(self, event: Event, at: datetime) -> bool:
        return True


class Opened(_OfCase):
    """Those who may decide it, but for the person concerned."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        case = Case.objects.select_related("topic__category").filter(pk=event.data["case"]).first()
        if case is None or not case.is_open:
            return ()
        told: list[Recipient] = []
        candidates = User.objects.with_roles().filter(_candidates(case), is_active=True).exclude(pk=case.about_id)
        while not told:
            people = list(candidates.filter(pk__gt=after).order_by("pk")[:limit])
            if not people:
                break
            after = people[-1].pk
            key = f"moderation.case:{case.pk}"
            told = [Recipient(person.pk, "moderation.case", key) for person in people if keeps_in_order(person, case)]
        return told


class Decided(_OfCase):
    """The person concerned, with the reason, unless nothing came of it; and whoever reported, that it is decided."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        case = Case.objects.select_related("decision").filter(pk=event.data["case"]).first()
        if case is None:
            return ()
        reporters = Report.objects.filter(case=case, reporter__gt=after).order_by("reporter").values_list("reporter", flat=True)
        key = f"moderation.decided:{case.pk}"
        told = {pk: Recipient(pk, "moderation.answered", key) for pk in reporters[:limit]}
        if case.decision.told_to_author and case.about_id is not None and case.about_id > after:
            told[case.about_id] = Recipient(case.about_id, "moderation.decision", key)
        return [told[pk] for pk in sorted(told)][:limit]


class Reversed(_OfCase):
    """The person concerned."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        about = Case.objects.filter(pk=event.data["case"], about__gt=after).values_list("about", flat=True).first()
        return [] if about is None else [Recipient(about, "moderation.decision", f"moderation.reversed:{event.data['case']}")]


def _candidates(case: Case) -> Q:
    """Whoever might keep its category in order; each is asked by the rule itself."""
    moderators = Q(pk__in=RoleGrant.objects.filter(role="moderator", revoked_at=None).values("user"))
    if case.topic is None:
        return moderators
    category = case.topic.category
    groups = [pk for pk in (category.group_id, category.moderate_group_id) if pk is not None]
    return moderators | Q(pk__in=GroupMember.objects.standing().filter(group__in=groups).values("user"))
