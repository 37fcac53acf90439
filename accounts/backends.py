from typing import Final

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Exists, OuterRef

from accounts.models import User
from accounts.models.user import UserQuerySet
from common.statements import Shape, Statement
from notifications.models import Notice


class AddressBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's sign-in by address; brings the roles along in the statement that loads the user, and whether any notice is unread
    (`has_unread`): most have read all of theirs, and need not be counted for."""

    def get_user(self, user_id: int) -> User | None:
        return _IN_USE.first(None, user=int(user_id))


def _in_use(_: Shape, *, user: int) -> UserQuerySet:
    people: UserQuerySet = User.objects.with_roles().filter(is_active=True, pk=user)
    unread = Notice.objects.unread().filter(user=OuterRef("pk"))
    return people.annotate(has_unread=Exists(unread))


_IN_USE: Final = Statement(_in_use)
"""Asked at every request of somebody signed in."""
