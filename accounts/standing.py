"""Who somebody is to the rules: the roles they hold now. Permissions everywhere ask this and no model."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from accounts.models import User

Anyone = AbstractBaseUser | AnonymousUser
"""Whoever sends a request: a signed-in `User` or nobody in particular."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`user_id` is None for a visitor; `roles` are the names held now."""

    user_id: int | None
    roles: frozenset[str]

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def is_member(self) -> bool:
        """Members and whoever works for them read what is for members only."""
        return bool(self.roles)

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
    def is_staff(self) -> bool:
        return bool(self.roles & {"moderator", "organiser", "director"})


VISITOR = Standing(None, frozenset())


def standing_of(user: Anyone) -> Standing:
    """The standing of a request's user. No statement where the user came with `role_names` (as `request.user` does)."""
    if not isinstance(user, User) or not user.is_active:
        return VISITOR
    names = getattr(user, "role_names", None)
    if names is None:
        names = User.objects.with_roles().values_list("role_names", flat=True).get(pk=user.pk)
        user.role_names = names  # type: ignore[attr-defined]
    return Standing(user.pk, frozenset(names))
