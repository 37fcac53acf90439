"""Who somebody is to the rules: the roles and groups they hold now. Permissions everywhere ask this and no model."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.models.roles import STAFF

Anyone = AbstractBaseUser | AnonymousUser
"""Whoever sends a request: a signed-in `User` or nobody in particular."""

_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """`user_id` is None for a visitor; `roles` are the names in force now. `groups` and `owns` are ids of groups that somebody
    belongs to and runs. `asleep`: staff roles without force until a second factor is set up. `suspended_until` and
    `lapsed_at` say why nothing is left. `terms_due`: has not accepted the terms as they stand, so reads but does not write."""

    user_id: int | None
    roles: frozenset[str]
    groups: frozenset[int] = _NONE
    owns: frozenset[int] = _NONE
    asleep: frozenset[str] = frozenset()
    suspended_until: datetime | None = None
    lapsed_at: datetime | None = None
    terms_due: bool = False

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def is_member(self) -> bool:
        """Members and whoever works for them read what is for members only."""
        return bool(self.roles)

    @property
    def takes_part(self) -> bool:
        """Writes and answers. A trustee, who is nothing else, only reads."""
        return bool(self.roles - {"trustee"}) and not self.terms_due

    @property
    def is_moderator(self) -> bool:
        return "moderator" in self.roles

    @property
    def is_organiser(self) -> bool:
        """Directors may do what organisers may."""
        return bool(self.roles & {"organiser", "director"})

    @property
    def is_director(self) -> bool:
        return "director" in self.roles

    @property
    def is_administrator(self) -> bool:
        return "administrator" in self.roles

    @property
    def is_trustee(self) -> bool:
        return "trustee" in self.roles

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF)

    @property
    def sight(self) -> str:
        """A name for what somebody may read: two of one sight may read the same, but for what is their own."""
        if not self.is_signed_in:
            return "visitor"
        groups = ",".join(map(str, sorted(self.groups)))
        owns = ",".join(map(str, sorted(self.owns)))
        return f"{'+'.join(sorted(self.roles)) or 'signed-in'}/{groups}/{owns}"


VISITOR = Standing(None, frozenset())


def standing_of(user: Anyone) -> Standing:
    """The standing of a request's user. No statement where the user came through `with_roles` (as `request.user` does).

    Asked hundreds of times for one page, so it is kept on the user, beside what may change while a request runs."""
    kept: tuple[object, Standing] | None = user.__dict__.get("_standing")
    if kept is not None and kept[0] == _changeable(user):
        return kept[1]
    if not isinstance(user, User) or not user.is_active:
        return VISITOR
    if not hasattr(user, "role_names"):
        told = User.objects.with_roles().get(pk=user.pk)
        for name in ("role_names", "group_ids", "owned_ids", "suspended_until", "member_ended_at", "has_second_factor"):
            setattr(user, name, getattr(told, name))
    standing = _read(user)
    user.__dict__["_standing"] = (_changeable(user), standing)
    return standing


def _changeable(user: Anyone) -> object:
    return user.is_active, user.terms_version, settings.TERMS_VERSION, settings.STAFF_NEED_SECOND_FACTOR  # type: ignore[union-attr]


def _read(user: User) -> Standing:
    held = frozenset[str](user.role_names)  # type: ignore[attr-defined]
    if user.suspended_until is not None:  # type: ignore[attr-defined]
        return Standing(user.pk, frozenset(), suspended_until=user.suspended_until)  # type: ignore[attr-defined]
    awake = user.has_second_factor or not settings.STAFF_NEED_SECOND_FACTOR  # type: ignore[attr-defined]
    asleep = frozenset() if awake else held & STAFF
    roles = held - asleep
    due = user.terms_version != settings.TERMS_VERSION
    if not roles:
        return Standing(user.pk, roles, asleep=asleep, lapsed_at=user.member_ended_at, terms_due=due)  # type: ignore[attr-defined]
    groups, owns = frozenset(user.group_ids), frozenset(user.owned_ids)  # type: ignore[attr-defined]
    return Standing(user.pk, roles, groups, owns, asleep, terms_due=due)


def standing_now(user_id: int) -> User:
    """The person as they stand at this statement. Asked under a lock, where what a request brought along may be out of date."""
    found: User = User.objects.with_roles().get(pk=user_id)
    return found
