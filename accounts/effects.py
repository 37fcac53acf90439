"""Who hears of a change in groups and roles."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import RoleGrant
from accounts.models.roles import WEIGHTY
from notifications.kinds import LiveMessage, Recipient
from notifications.models import Event


class _Quiet:
    """No page waits for it."""

    def live(self, event: Event) -> Sequence[LiveMessage]:
        return ()

    def ready(self, event: Event, at: datetime) -> bool:
        return True


class GroupChanged(_Quiet):
    """`event.data`: group, user, what (`joined` or `owner`). Told: the person."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        user = event.data["user"]
        return [Recipient(user, "accounts.group_joined", f"accounts.group:{event.pk}")] if user > after else []


class RoleChanged(_Quiet):
    """`event.data`: what, user, role, proposer (0: nobody proposed). Told: the person, but for what is not decided in their
    favour; and every officer but the one who did it."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        key, person = f"accounts.role:{event.pk}", event.data["user"]
        officers = RoleGrant.objects.held_at(event.at).filter(role__in=sorted(WEIGHTY), user__is_active=True, user__gt=after)
        ids = set(officers.order_by("user").values_list("user", flat=True)[: limit + 2])
        told = {officer: Recipient(officer, "accounts.officers", key) for officer in ids}
        told.pop(person, None)
        if event.data["what"] in {"given", "taken", "ending"} and person > after:
            told[person] = Recipient(person, "accounts.role", key)
        told.pop(event.actor_id or 0, None)
        return [told[user] for user in sorted(told)][:limit]


class ClosingAsked(_Quiet):
    """`event.data`: closing, user. Told: every officer but the one who asked, and whose account it is."""

    def people(self, event: Event, *, after: int, limit: int) -> Sequence[Recipient]:
        officers = RoleGrant.objects.held_at(event.at).filter(role__in=sorted(WEIGHTY), user__is_active=True, user__gt=after)
        others = officers.exclude(user__in=[event.actor_id or 0, event.data["user"]]).order_by("user")
        ids = dict.fromkeys(others.values_list("user", flat=True)[: 2 * limit])
        return [Recipient(officer, "accounts.closing", f"accounts.closing:{event.pk}") for officer in ids][:limit]
