from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def reader_of(request: HttpRequest) -> AbstractBaseUser:
    """Whoever is signed in. Raises PermissionDenied for a visitor; views ask sign-in before."""
    if isinstance(request.user, AnonymousUser):
        raise PermissionDenied("Sign in to see your notices.")
    return request.user
