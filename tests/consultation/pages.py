"""How tests open the pages of consultations."""

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User


def address(name: str, *args: object) -> str:
    """Of a page of this room."""
    return reverse(f"consultation:{name}", args=args)


def client_of(user: User | None) -> Client:
    """Signed in; a visitor's for None."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def text_of(response: HttpResponse) -> str:
    return response.content.decode()
