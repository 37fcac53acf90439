from typing import Final

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User
from accounts.models.user import UserQuerySet
from common.statements import Shape, Statement


class AddressBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's sign-in by address; brings the roles along in the statement that loads the user."""

    def get_user(self, user_id: int) -> User | None:
        return _IN_USE.first(None, user=int(user_id))


def _in_use(_: Shape, *, user: int) -> UserQuerySet:
    people: UserQuerySet = User.objects.with_roles().filter(is_active=True, pk=user)
    return people


_IN_USE: Final = Statement(_in_use)
"""Asked at every request of somebody signed in."""
