"""Who somebody is to the rules: the roles and groups they hold now. Permissions everywhere ask this and no model."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import LazyObject

from accounts.models import User
from accounts.models.roles import STAFF

Anyone = AbstractBaseUser | AnonymousUser
"""Whoever sends a request: a signed-in `User` or nobody in particular."""

_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """`user_id` is None for a visitor; `roles` are the names in force now. `groups` and `owns` are ids of groups that somebody
    belongs to and runs. `asleep`: staff roles without force until a second factor is set up. `suspended_until` and
    `lapsed_at` say why nothing is left. `terms_due`: has not accepted the terms as they stand, so reads but does not write.
    `practices`: the codes of those that somebody said they work or worked at."""

    user_id: int | None
    roles: frozenset[str]
    groups: frozenset[int] = _NONE
    owns: frozenset[int] = _NONE
    asleep: frozenset[str] = frozenset()
    suspended_until: datetime | None = None
    lapsed_at: datetime | None = None
    terms_due: bool = False
    practices: frozenset[str] = frozenset()

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
        """A name for what somebody may read: two of one sight may read the same, but for what is their own, and for what is
        kept from the one's or the other's practice."""
        if not self.is_signed_in:
            return "visitor"
        groups = ",".join(map(str, sorted(self.groups)))
        owns = ",".join(map(str, sorted(self.owns)))
        return f"{'+'.join(sorted(self.roles)) or 'signed-in'}/{groups}/{owns}"


VISITOR = Standing(None, frozenset())


def standing_of(user: Anyone) -> Standing:
    """The standing of a request's user. No statement where the user came through `with_roles` (as `request.user` does).

    Asked hundreds of times for one page, so it is kept on the user, beside what may change while a request runs."""
    user = themselves(user)
    kept: tuple[object, Standing] | None = user.__dict__.get("_standing")
    if kept is not None and kept[0] == _changeable(user):
        return kept[1]
    if not isinstance(user, User) or not user.is_active:
        return VISITOR
    if not hasattr(user, "role_names"):
        told = User.objects.with_roles().get(pk=user.pk)
        for name in (
            "role_names",
            "group_ids",
            "owned_ids",
            "suspended_until",
            "member_ended_at",
            "has_second_factor",
            "practice_codes",
        ):
            setattr(user, name, getattr(told, name))
    standing = _read(user)
    user.__dict__["_standing"] = (_changeable(user), standing)
    return standing


def themselves(user: Anyone) -> Anyone:
    """The same person without the laziness of `request.user`, through which each of hundreds of questions takes a detour."""
    if issubclass(type(user), LazyObject):
        user.is_authenticated  # noqa: B018 - has them loaded
        found: Anyone = user._wrapped  # type: ignore[union-attr]  # noqa: SLF001 - Django has no other way
        return found
    return user


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
    practices = frozenset[str](user.practice_codes or ())  # type: ignore[attr-defined]
    return Standing(user.pk, roles, groups, owns, asleep, terms_due=due, practices=practices)


def shape_of(user: Anyone) -> Standing:
    """What the SQL of the rules hangs on: everything of a standing but who it is. For `common.statements`."""
    return _shape(standing_of(user))


@lru_cache(1_000)
def _shape(standing: Standing) -> Standing:
    return replace(standing, user_id=0) if standing.is_signed_in else standing


def somebody_of(shape: Standing, user_id: int = 0, *, created_at: Any = None) -> Anyone:
    """A stand-in of this shape for the rules to ask about; no row of the database, and no statement."""
    if not shape.is_signed_in:
        return AnonymousUser()
    somebody = User(pk=user_id, created_at=created_at)
    somebody.__dict__["_standing"] = (_changeable(somebody), replace(shape, user_id=user_id))
    return somebody


def standing_now(user_id: int) -> User:
    """The person as they stand at this statement. Asked under a lock, where what a request brought along may be out of date."""
    found: User = User.objects.with_roles().get(pk=user_id)
    return found
