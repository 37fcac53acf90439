"""Every kind of reader of design.md, in and out of the groups that a private category belongs to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser

from accounts.actions.practice import state_practice
from accounts.actions.roles import revoke_role
from accounts.models import Group, Sanction, User
from accounts.models.roles import STAFF
from accounts.standing import Anyone
from tests.accounts.factories import GroupFactory, UserFactory

KINDS = {
    "subscriber": (),
    "member": ("member",),
    "other member": ("member",),
    "lapsed member": ("member",),
    "suspended member": ("member",),
    "group member": ("member",),
    "group owner": ("member",),
    "category moderator": ("member",),
    "moderator": ("member", "moderator"),
    "organiser": ("member", "organiser"),
    "director": ("member", "director"),
    "administrator": ("member", "administrator"),
    "trustee": ("trustee",),
    "sleeping moderator": ("member", "moderator"),
    "sleeping director": ("director",),
}
"""Roles held. What else makes a reader what they are is done in `people_and_groups`."""

PRACTICES = {"other member": "V81998", "member": "V81998", "group member": "V81999"}
"""Two colleagues, and somebody at another practice; of nobody else it is known where they work."""

READERS = ("visitor", *KINDS)


@dataclass(frozen=True)
class Population:
    """`panel` is the group that a private category belongs to, `keepers` the one that keeps categories in order."""

    people: dict[str, Anyone]
    panel: Group
    keepers: Group


def people_and_groups(*, at: datetime) -> Population:
    """Wants `STAFF_NEED_SECOND_FACTOR`: whoever sleeps has no second step, all other staff have."""
    made = {kind: UserFactory(**dict.fromkeys(roles, True)) for kind, roles in KINDS.items()}
    awake = [user for kind, user in made.items() if STAFF & set(KINDS[kind]) and not kind.startswith("sleeping")]
    Authenticator.objects.bulk_create(Authenticator(user=user, type="totp", data={}) for user in awake)
    inside = [made["group member"], made["lapsed member"], made["suspended member"], made["sleeping director"]]
    panel = GroupFactory(members=inside, owners=[made["group owner"]])
    keepers = GroupFactory(members=[made["category moderator"]])
    revoke_role(made["lapsed member"], role="member", by=None, at=at)
    Sanction.objects.create(
        user=made["suspended member"],
        kind="suspension",
        reason="Named a patient.",
        imposed_at=at - timedelta(days=1),
        imposed_by=made["moderator"],
        ends_at=at + timedelta(days=7),
    )
    for kind, code in PRACTICES.items():
        state_practice(code, by=made[kind], at=at)
    people = {"visitor": AnonymousUser()} | {kind: with_standing(user) for kind, user in made.items()}
    return Population(people, panel, keepers)


def with_standing(user: User) -> User:
    """As a request would load it."""
    found: User = User.objects.with_roles().get(pk=user.pk)
    return found
