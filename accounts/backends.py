from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User


class AddressBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's sign-in by address; brings the roles along in the statement that loads the user."""

    def get_user(self, user_id: int) -> User | None:
        user: User | None = User.objects.with_roles().filter(pk=user_id, is_active=True).first()
        return user
